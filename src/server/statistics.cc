#include "server/statistics.h"

namespace kindred {

LoopStatistics& Statistics::OfLoop(uint32_t loop) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<LoopStatistics>& statistics = loops_[loop];
  if (statistics == nullptr) statistics = std::make_unique<LoopStatistics>();
  return *statistics;
}

Totals Statistics::Sum() const {
  Totals sum;
  for (const auto& [loop, statistics] : loops_) {
    for (size_t i = 0; i < kCounters; ++i) {
      Counter counter = static_cast<Counter>(i);
      sum[counter] += statistics->Get(counter);
    }
  }
  return sum;
}

Totals Statistics::total() const {
  std::lock_guard lock(mutex_);
  Totals total = Sum();
  for (size_t i = 0; i < kCounters; ++i) {
    Counter counter = static_cast<Counter>(i);
    total[counter] -= base_[counter];
  }
  return total;
}

void Statistics::Reset() {
  std::lock_guard lock(mutex_);
  base_ = Sum();
}

void Statistics::OnSecond(uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  Totals sum = Sum();
  if (before_ms_ != 0 && now_ms > before_ms_) {
    double seconds = static_cast<double>(now_ms - before_ms_) / 1000.0;
    auto rate = [&](Counter counter) {
      return static_cast<double>(sum[counter] - before_[counter]) / seconds;
    };
    rates_ = {rate(Counter::kCommands), rate(Counter::kInputBytes), rate(Counter::kOutputBytes)};
  }
  before_ = sum;
  before_ms_ = now_ms;
}

Statistics::Rates Statistics::rates() const {
  std::lock_guard lock(mutex_);
  return rates_;
}

}  // namespace kindred
