#ifndef KINDRED_SERVER_STATISTICS_H_
#define KINDRED_SERVER_STATISTICS_H_

// What INFO counts. Each loop counts into numbers of its own, without locks and without sharing
// cache lines; whoever asks adds them up. CONFIG RESETSTAT remembers the totals and subtracts them
// from then on, so that nobody but its loop ever writes a number.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace kindred {

enum class Counter : uint8_t {
  kCommands,
  kErrors,       // Error replies, as far as the session wrote or passed them.
  kHits,         // Keys that were looked up and found ...
  kMisses,       // ... or not (value/lookups.h).
  kConnections,  // Accepted.
  kRejected,     // Refused: maxclients, protected mode.
  kInputBytes,
  kOutputBytes,
  kReads,   // Times that bytes arrived ...
  kWrites,  // ... or left.
};
inline constexpr size_t kCounters = 10;

// Written by one loop, read by any thread.
class alignas(64) LoopStatistics {
 public:
  void Add(Counter counter, uint64_t n = 1) {
    std::atomic<uint64_t>& number = numbers_[static_cast<size_t>(counter)];
    number.store(number.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  uint64_t Get(Counter counter) const {
    return numbers_[static_cast<size_t>(counter)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, kCounters> numbers_{};
};

class Totals {
 public:
  uint64_t operator[](Counter counter) const { return numbers_[static_cast<size_t>(counter)]; }
  uint64_t& operator[](Counter counter) { return numbers_[static_cast<size_t>(counter)]; }

 private:
  std::array<uint64_t, kCounters> numbers_{};
};

// Any thread; one lock.
class Statistics {
 public:
  // The numbers of one loop; they live as long as this.
  LoopStatistics& OfLoop(uint32_t loop);

  Totals total() const;
  void Reset();

  // Once a second, by one thread: from then on rates() are those of the time since the last call.
  struct Rates {
    double commands = 0;  // Each of them in one second.
    double input_bytes = 0;
    double output_bytes = 0;
  };
  void OnSecond(uint64_t now_ms);
  Rates rates() const;

 private:
  Totals Sum() const;

  mutable std::mutex mutex_;
  std::map<uint32_t, std::unique_ptr<LoopStatistics>> loops_;
  Totals base_;    // At the last Reset.
  Totals before_;  // At the last OnSecond.
  uint64_t before_ms_ = 0;
  Rates rates_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_STATISTICS_H_
