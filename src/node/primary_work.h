// The work of a primary on one key; private to primary*.cc.
#ifndef KINDRED_NODE_PRIMARY_WORK_H_
#define KINDRED_NODE_PRIMARY_WORK_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "node/primary.h"

namespace kindred {

// How long a question waits for answers before it is asked again, which makes late answers to it
// worthless: longer each time, or peers that are slower than that would never be heard.
constexpr uint64_t AskAgainMs(uint32_t times) { return uint64_t{100} << std::min(times, 3u); }

// How often what nobody took is run again before it is refused.
inline constexpr uint32_t kWriteTriesMax = 8;

struct Primary::Work {
  std::string key;
  CachedRecord* entry = nullptr;  // pinned as long as the work lives
  uint32_t vnode = 0;

  State state = State::kIdle;
  GroupWork* group = nullptr;     // that it is reserved for
  std::vector<Operation> batch;   // what runs now
  std::deque<Operation> waiting;  // what has arrived meanwhile
  uint64_t round = 0;             // what answers have to name; 0: none is out
  uint64_t round_ms = 0;
  uint32_t tries = 0;
  bool has_to_write = false;  // replicas differ: even a batch that changes nothing is written

  uint32_t asked_again = 0;  // times; after the first a majority has to do

  ReadTally reads;                      // kBase, kCheck
  std::vector<GuardedGroup> undecided;  // kBase, kCheck: that replicas told with their records
  WriteTally writes;                    // kWrite, kUnguarded
  Context base;                         // kWrite: what the version was computed from
  Dot dot;
  Record record;  // as it will be at everyone who takes it
  // What the own record was in step with. While the write is on its way others may all have it
  // that this node has not heard of.
  uint64_t step = 0;
  bool decided = false;
  bool withdrawn = false;  // the own copy, for good (Withdraw)
  bool confirming =
      false;  // what the record holds is made decided, before an unguarded write that spreads it
};

inline bool AllAnswered(const std::vector<Operation>& batch) {
  return std::all_of(batch.begin(), batch.end(), [](const Operation& o) { return o.answered; });
}

}  // namespace kindred

#endif  // KINDRED_NODE_PRIMARY_WORK_H_
