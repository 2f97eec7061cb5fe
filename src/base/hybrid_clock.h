#ifndef KINDRED_BASE_HYBRID_CLOCK_H_
#define KINDRED_BASE_HYBRID_CLOCK_H_

// A hybrid logical clock (Kulkarni et al. 2014): it names times that grow strictly, follow the wall
// clock while that runs, and are above every time heard from others. One time is 48 bits of
// milliseconds since 1970 and 16 bits of count. A node has one such clock for all its dots; it is
// plain data and whoever shares it brings the lock.

#include <algorithm>
#include <cstdint>

namespace kindred {

inline constexpr int kTimeCountBits = 16;

// The first time of a millisecond.
constexpr uint64_t TimeOfMs(uint64_t ms) { return ms << kTimeCountBits; }
constexpr uint64_t MsOfTime(uint64_t time) { return time >> kTimeCountBits; }

class HybridClock {
 public:
  explicit HybridClock(uint64_t max_drift_ms) : max_drift_ms_(max_drift_ms) {}

  // Names a time: above all named and heard before, and not before now_ms.
  uint64_t Next(uint64_t now_ms) { return last_ = Peek(now_ms); }

  // The time that Next would name.
  uint64_t Peek(uint64_t now_ms) const { return std::max(last_ + 1, TimeOfMs(now_ms)); }

  // Somebody else has named this time: ours will be above it. The caller has asked TooFarAhead
  // first, as a single absurd time would lift the clock for good.
  void Hear(uint64_t time) { last_ = std::max(last_, time); }

  // From now on no time below this one is named.
  void NotBefore(uint64_t time) {
    if (time > 0) Hear(time - 1);
  }

  // Whether a time told by somebody else is further ahead of our wall clock than is allowed.
  bool TooFarAhead(uint64_t time, uint64_t now_ms) const {
    return MsOfTime(time) > now_ms + max_drift_ms_;
  }

  // The largest time named or heard.
  uint64_t last() const { return last_; }

 private:
  uint64_t max_drift_ms_;
  uint64_t last_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_BASE_HYBRID_CLOCK_H_
