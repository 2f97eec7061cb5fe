// Clients that run commands on three keys of one slot: alone, or several of them as one, on keys
// that overlap with those of others in every way. All three keys together are one register for the
// checker, so that a group which shows in part, at any moment, is no group.
#ifndef KINDRED_TESTS_SIM_TRANSACTIONS_H_
#define KINDRED_TESTS_SIM_TRANSACTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/lincheck.h"
#include "tests/sim/world.h"

namespace kindred {

class Transactions {
 public:
  Transactions(World& world, uint64_t timeout_ms) : world_(world), timeout_ms_(timeout_ms) {}
  static std::vector<std::string> Keys() { return {"t{t}0", "t{t}1", "t{t}2"}; }

  // A command, or a group of them, at a node.
  void Run(size_t node);
  // Reads of all keys at a node: one by one, and as one.
  void ReadAll(size_t node, const Consistency& consistency);
  void OnCrash(size_t node);

  const std::vector<Op>& history() const { return history_; }
  size_t open() const { return open_.size(); }

 private:
  void Issue(size_t node, std::vector<std::vector<std::string>> commands,
             const Consistency& consistency);
  void OnReply(size_t op, bool is_array, const std::string& reply);

  World& world_;
  const uint64_t timeout_ms_;
  uint64_t last_value_ = 0;
  std::vector<Op> history_;
  std::map<size_t, size_t> open_;  // operations that have not been answered, and their nodes
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_TRANSACTIONS_H_
