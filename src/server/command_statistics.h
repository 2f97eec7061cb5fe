#ifndef KINDRED_SERVER_COMMAND_STATISTICS_H_
#define KINDRED_SERVER_COMMAND_STATISTICS_H_

// How often each command was called and how long it took. Each loop counts into numbers of its own,
// without locks; whoever asks adds them up. What CONFIG RESETSTAT does is as in
// server/statistics.h: it remembers the sums and subtracts them from then on.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "command/table.h"
#include "server/latency_histogram.h"

namespace kindred {

// The numbers of one command on one loop: written by that loop, read by any thread.
class CommandCounters {
 public:
  CommandCounters() = default;
  ~CommandCounters() { delete histogram_.load(std::memory_order_relaxed); }
  CommandCounters(const CommandCounters&) = delete;
  CommandCounters& operator=(const CommandCounters&) = delete;

  // `tracked`: its time goes into the histogram, too.
  void AddCall(uint64_t ns, bool failed, bool tracked);
  void AddRejected() { Add(rejected_, 1); }

 private:
  friend class CommandStatistics;
  static void Add(std::atomic<uint64_t>& number, uint64_t n) {
    number.store(number.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::atomic<uint64_t> calls_{0};
  std::atomic<uint64_t> ns_{0};
  std::atomic<uint64_t> rejected_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<LatencyHistogram*> histogram_{nullptr};  // From the first tracked call on.
};

// The commands of one loop.
class LoopCommandStatistics {
 public:
  explicit LoopCommandStatistics(const CommandTable& table);
  CommandCounters& Of(const CommandRow& row);

 private:
  friend class CommandStatistics;
  absl::flat_hash_map<const CommandRow*, std::unique_ptr<CommandCounters>> counters_;  // Constant.
};

struct CommandTotals {
  const CommandRow* row = nullptr;
  uint64_t calls = 0;
  uint64_t ns = 0;
  uint64_t rejected = 0;
  uint64_t failed = 0;
  LatencyCounts times;
};

// Any thread; one lock, which the loops do not take to count.
class CommandStatistics {
 public:
  // `table` outlives it.
  explicit CommandStatistics(const CommandTable& table) : table_(table) {}

  // The numbers of one loop; they live as long as this.
  LoopCommandStatistics& OfLoop(uint32_t loop);

  // Of every row, in the order of the table.
  std::vector<CommandTotals> totals() const;
  void Reset();

 private:
  std::vector<CommandTotals> SumLocked() const;

  const CommandTable& table_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<LoopCommandStatistics>> loops_;  // Null: not asked for yet.
  std::vector<CommandTotals> base_;  // At the last Reset; empty: there was none.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_COMMAND_STATISTICS_H_
