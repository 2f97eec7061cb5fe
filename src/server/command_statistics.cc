#include "server/command_statistics.h"

#include "base/check.h"

namespace kindred {

void CommandCounters::AddCall(uint64_t ns, bool failed, bool tracked) {
  Add(calls_, 1);
  Add(ns_, ns);
  if (failed) Add(failed_, 1);
  if (!tracked) return;
  LatencyHistogram* histogram = histogram_.load(std::memory_order_relaxed);
  if (histogram == nullptr) {
    histogram = new LatencyHistogram();
    histogram_.store(histogram, std::memory_order_release);
  }
  histogram->Add(ns);
}

LoopCommandStatistics::LoopCommandStatistics(const CommandTable& table) {
  for (const CommandRow* row : table.rows()) {
    counters_.emplace(row, std::make_unique<CommandCounters>());
  }
}

CommandCounters& LoopCommandStatistics::Of(const CommandRow& row) {
  const auto found = counters_.find(&row);
  CHECK(found != counters_.end());
  return *found->second;
}

LoopCommandStatistics& CommandStatistics::OfLoop(uint32_t loop) {
  std::lock_guard lock(mutex_);
  if (loops_.size() <= loop) loops_.resize(loop + 1);
  if (loops_[loop] == nullptr) loops_[loop] = std::make_unique<LoopCommandStatistics>(table_);
  return *loops_[loop];
}

std::vector<CommandTotals> CommandStatistics::SumLocked() const {
  std::vector<CommandTotals> sum;
  for (const CommandRow* row : table_.rows()) {
    CommandTotals& totals = sum.emplace_back();
    totals.row = row;
    for (const auto& loop : loops_) {
      if (loop == nullptr) continue;
      const CommandCounters& counters = *loop->counters_.find(row)->second;
      totals.calls += counters.calls_.load(std::memory_order_relaxed);
      totals.ns += counters.ns_.load(std::memory_order_relaxed);
      totals.rejected += counters.rejected_.load(std::memory_order_relaxed);
      totals.failed += counters.failed_.load(std::memory_order_relaxed);
      const LatencyHistogram* histogram = counters.histogram_.load(std::memory_order_acquire);
      if (histogram != nullptr) totals.times.Add(*histogram);
    }
  }
  return sum;
}

std::vector<CommandTotals> CommandStatistics::totals() const {
  std::lock_guard lock(mutex_);
  std::vector<CommandTotals> totals = SumLocked();
  for (size_t i = 0; i < base_.size(); ++i) {
    totals[i].calls -= base_[i].calls;
    totals[i].ns -= base_[i].ns;
    totals[i].rejected -= base_[i].rejected;
    totals[i].failed -= base_[i].failed;
    totals[i].times.Subtract(base_[i].times);
  }
  return totals;
}

void CommandStatistics::Reset() {
  std::lock_guard lock(mutex_);
  base_ = SumLocked();
}

}  // namespace kindred
