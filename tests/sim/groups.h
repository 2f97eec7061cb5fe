// Checks what it means that a group is one, on four keys of one slot, by what their values mean.
// Groups that overlap, and commands on one key beside them, are for transactions.h.
//
//   m{g}a, m{g}b   counters; a group increments both: whoever reads both sees the same number, no
//                  less than what was acknowledged before, no more than what was begun
//   m{g}c, m{g}d   a thing that RENAME moves to and fro: it is in one place
#ifndef KINDRED_TESTS_SIM_GROUPS_H_
#define KINDRED_TESTS_SIM_GROUPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "message/message.h"
#include "resp/reply_parser.h"

namespace kindred {

class GroupsCheck {
 public:
  enum class Kind { kIncr, kPut, kMove, kRead };
  static std::vector<std::string> Keys() { return {"m{g}a", "m{g}b", "m{g}c", "m{g}d"}; }
  // The commands of a group. `back`: which way to move.
  static std::vector<std::vector<std::string>> CommandsOf(Kind kind, bool back);

  // A group is on its way; returns its number.
  uint64_t OnBegin(Kind kind, uint64_t now_us);
  // `reply`: of a group that was done.
  void OnReply(uint64_t event, Outcome outcome, const ReplyNode& reply, uint64_t now_us);
  // Says what is wrong; empty: nothing.
  const std::string& Wrong() const { return wrong_; }

 private:
  struct Event {
    Kind kind;
    uint64_t start = 0, end = UINT64_MAX;
    Outcome outcome = Outcome::kUnknown;
  };
  void CheckRead(const Event& read, const ReplyNode& reply);
  void CheckNumber(const Event& event, int64_t number);

  std::vector<Event> events_;  // numbered from 1
  std::string wrong_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_GROUPS_H_
