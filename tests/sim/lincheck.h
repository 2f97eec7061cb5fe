#ifndef KINDRED_TESTS_SIM_LINCHECK_H_
#define KINDRED_TESTS_SIM_LINCHECK_H_

// A linearizability checker for the history of one key: is there one order of the operations that
// respects real time and in which a single register would have given every answer that was seen?
// Wing and Gong's depth-first search ("Testing and Verifying Concurrent Objects", 1993) with
// Lowe's memo of visited states ("Testing for linearizability", 2017). Pure and deterministic; any
// thread may use it.
//
// Times come from one monotonic clock that all clients share. An operation that ends at the very
// time another starts is concurrent with it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kindred {

// kind     arg         arg2   value (when done)          flag (when done)
// kRead                       what was seen; nullopt: no such key
// kWrite   new value
// kIfEq    expected    new                               whether it was replaced
// kSetNx   new value                                     whether it was set
// kGetSet  new value          what was there before
// kDel                                                   whether the key existed
// kIncr    delta              the new number, as text
// kAppend  suffix             the new length, as text
// kGroup   commands           their answers
//
// A group's commands are `get` and `set`, each with the number of a key, 0 to 2, and separated by
// semicolons, as their answers are: "get 0;set 2 v17" -> "v3;OK". A history that holds one consists
// of them, and no value is set twice.
enum class OpKind { kRead, kWrite, kIfEq, kSetNx, kGetSet, kDel, kIncr, kAppend, kGroup };

enum class OpOutcome {
  kDone,     // the answer is known
  kRefused,  // certainly not done: left out of the history
  kUnknown,  // may take effect at any time after its start, or never; `end` means nothing
};

struct Op {
  std::string key;
  OpKind kind = OpKind::kRead;
  std::string arg;
  std::string arg2;
  uint64_t start = 0;
  uint64_t end = 0;
  OpOutcome outcome = OpOutcome::kDone;
  std::optional<std::string> value;
  bool flag = false;
};

enum class Verdict { kLinearizable, kNot, kUndecided };

struct Finding {
  Verdict verdict = Verdict::kLinearizable;
  std::string key;
  std::string details;  // one line; for kNot it names an operation that the best order cannot pass
};

// Checks the operations of one key, which starts out missing. After `max_steps` steps of the search
// it gives up and says kUndecided.
// REQUIRES: all operations name the same key; each ends no earlier than it starts.
Finding CheckKey(std::vector<Op> ops, uint64_t max_steps);

// What a register holds; nullopt: no such key.
using Content = std::optional<std::string>;

// Runs `op` on `content`; nullopt when its answer is impossible there. The answer of an operation
// whose outcome is unknown fits anywhere.
std::optional<Content> RunOn(const Content& content, const Op& op);
// The same for a group (lincheck_group.cc).
std::optional<Content> RunGroupOn(const Content& content, const Op& op);

// Leaves out the groups of unknown outcome of which nobody has seen anything: whatever they did
// made no difference to anybody.
void ForgetUnseenGroups(std::vector<Op>* ops);

// Whatever its answer is, it changes nothing.
bool OnlyReads(const Op& op);

// One line, as `ifeq "a" "b" -> true [12, 15]`.
std::string ToString(const Op& op);

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_LINCHECK_H_
