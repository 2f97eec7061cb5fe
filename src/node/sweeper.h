// Buries what has expired: walks the `expiry` column up to now, a bounded number of entries at a
// time, and turns expired versions into tombstones of the same dot. Every replica does this for
// itself; nothing is sent, because expired and buried count as equal everywhere.
//
// RocksDB passes over what was deleted one by one, so each pass begins where the last one ended,
// and a bit earlier, for what has come in late. What comes later still waits for the pass from the
// column's start that there is once a minute.
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
  bool MayRun() const;
  void BeginPass(const Turn& turn);
  void NextPage(const Turn& turn);
  void Bury(const std::string& expiry_key, const Turn& turn);

  Node& node_;
  Shared& shared_;
  bool scanning_ = false;
  std::string from_;            // where the next page begins
  uint64_t next_ms_ = 0;        // when the next pass does
  uint64_t last_ms_ = 0;        // when the last one did; 0: the next one begins at the start
  uint64_t from_start_ms_ = 0;  // when it has to
};

}  // namespace kindred

#endif  // KINDRED_NODE_SWEEPER_H_
