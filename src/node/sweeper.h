// Buries what has expired: walks the `expiry` column from its start up to now, a bounded number of
// entries at a time, and turns expired versions into tombstones of the same dot. Every replica does
// this for itself; nothing is sent, because expired and buried count as equal everywhere.
//
// Owned by loop 0's Node.
#ifndef KINDRED_NODE_SWEEPER_H_
#define KINDRED_NODE_SWEEPER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "node/operation.h"
#include "store/store.h"

namespace kindred {

class Node;
class Shared;

class Sweeper {
 public:
  Sweeper(Node& node, Shared& shared) : node_(node), shared_(shared) {}

  void OnTick(const Turn& turn);
  void OnScanned(std::vector<Entry> entries, const Turn& turn);

  static constexpr uint64_t kTicket = 1;  // of its scans; the keyspace's are even

 private:
  void Look(const Turn& turn);
  void Bury(const std::string& expiry_key, const Turn& turn);

  Node& node_;
  Shared& shared_;
  bool scanning_ = false;
  uint64_t next_ms_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_NODE_SWEEPER_H_
