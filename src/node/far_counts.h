// How many keys there are in the vnodes that this node does not hold, as others told last: for
// INFO, which speaks of the whole cluster and waits for nobody. The numbers are some seconds old,
// and stay as they are while a vnode has no live replica, or one does not answer; DBSIZE asks anew.
//
// Owned by loop 0's Node.
#ifndef KINDRED_NODE_FAR_COUNTS_H_
#define KINDRED_NODE_FAR_COUNTS_H_

#include <cstdint>
#include <set>
#include <vector>

#include "node/operation.h"
#include "store/counts.h"

namespace kindred {

class Shared;

class FarCounts {
 public:
  explicit FarCounts(Shared& shared) : shared_(shared) {}

  // Asks now and then. What has not been answered of the last time is void.
  void OnSecond(const Turn& turn);
  // Once all have answered it is told to Shared.
  void OnCountTell(Peer from, const CountTell& tell);

 private:
  void Ask(const Turn& turn);

  Shared& shared_;
  uint64_t next_ms_ = 0;
  uint64_t round_ = 0;  // names the questions; those of the keyspace have the top bit
  std::set<Peer> open_;
  std::vector<Counts::Number> by_db_;
};

}  // namespace kindred

#endif  // KINDRED_NODE_FAR_COUNTS_H_
