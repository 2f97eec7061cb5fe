#ifndef KINDRED_SERVER_LATENCY_HISTOGRAM_H_
#define KINDRED_SERVER_LATENCY_HISTOGRAM_H_

// How often which time was taken. Times up to a second are counted in buckets that are at most one
// part in 128 wide, the geometry of HdrHistogram (Tene) with two digits: Redis has the same, so
// that percentiles and distributions are the same numbers.
//
// Written by one thread, read by any.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace kindred {

class LatencyHistogram {
 public:
  static constexpr uint64_t kMaxNs = 1'000'000'000;  // Longer times count as this.
  static constexpr size_t kBuckets = 3072;

  static size_t BucketOf(uint64_t ns);
  // The longest time of a bucket.
  static uint64_t LongestNs(size_t bucket);

  void Add(uint64_t ns) {
    std::atomic<uint64_t>& count = counts_[BucketOf(ns)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  uint64_t CountOf(size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<uint64_t>, kBuckets> counts_{};
};

// Counts that were added up, by bucket. A value.
class LatencyCounts {
 public:
  void Add(const LatencyHistogram& histogram);
  // REQUIRES: `other` has been a part of this one.
  void Subtract(const LatencyCounts& other);

  uint64_t total() const { return total_; }
  // The time within which `percentile` percent of all were. REQUIRES: total() > 0
  uint64_t PercentileNs(double percentile) const;
  // (microseconds, how many took at most as long), at powers of two, as far as the number grows.
  std::vector<std::pair<uint64_t, uint64_t>> Distribution() const;

 private:
  std::vector<uint64_t> counts_;  // Empty, or one for each bucket.
  uint64_t total_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_LATENCY_HISTOGRAM_H_
