#ifndef KINDRED_SERVER_PAUSE_H_
#define KINDRED_SERVER_PAUSE_H_

// CLIENT PAUSE: until when which commands of this node's clients wait. What other nodes pass on to
// this one is not held up: a pause of the whole cluster is one of each of its nodes.
//
// Any thread, without a lock: one number holds both.

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "command/row.h"

namespace kindred {

class Pause {
 public:
  enum class What : uint8_t { kNothing = 0, kWrites = 1, kAll = 2 };

  // One that is still on is only made longer and stricter.
  void Begin(What what, uint64_t until_ms, uint64_t now_ms) {
    const uint64_t begun = (until_ms << 2) | static_cast<uint64_t>(what);
    uint64_t old = state_.load(std::memory_order_relaxed);
    uint64_t next = 0;
    do {
      next = IsOn(old, now_ms) ? Both(old, begun) : begun;
    } while (!state_.compare_exchange_weak(old, next, std::memory_order_relaxed));
  }
  void End() { state_.store(0, std::memory_order_relaxed); }

  bool Holds(const CommandRow& row, uint64_t now_ms) const {
    const uint64_t state = state_.load(std::memory_order_relaxed);
    if (state == 0 || !IsOn(state, now_ms)) return false;
    return (state & 3) == static_cast<uint64_t>(What::kAll) || (row.flags & kFlagWrite) != 0;
  }

 private:
  static bool IsOn(uint64_t state, uint64_t now_ms) { return state >> 2 > now_ms; }
  static uint64_t Both(uint64_t a, uint64_t b) {
    return (std::max(a >> 2, b >> 2) << 2) | std::max(a & 3, b & 3);
  }

  std::atomic<uint64_t> state_{0};  // Milliseconds, and in the last two bits what.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_PAUSE_H_
