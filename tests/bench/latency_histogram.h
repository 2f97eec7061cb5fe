#ifndef KINDRED_TESTS_BENCH_LATENCY_HISTOGRAM_H_
#define KINDRED_TESTS_BENCH_LATENCY_HISTOGRAM_H_

// Counts of latencies, in buckets whose width is at most 1/64 of what they hold, so that a
// percentile is right to 1.6 % at any size and no sample is kept. One thread.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace kindred {

class LatencyHistogram {
 public:
  void Add(int64_t latency_us) {
    const uint64_t value = static_cast<uint64_t>(std::max<int64_t>(latency_us, 0));
    ++buckets_[std::min(BucketOf(value), kBuckets - 1)];
    ++count_;
    max_us_ = std::max(max_us_, value);
  }

  uint64_t count() const { return count_; }
  uint64_t max_us() const { return max_us_; }

  // The upper end of the bucket below which `share` (0 to 1) of all samples lie; 0 without samples.
  uint64_t PercentileUs(double share) const {
    const uint64_t wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
      seen += buckets_[bucket];
      if (seen > 0 && seen >= wanted) return std::min(UpperEndOf(bucket), max_us_);
    }
    return max_us_;
  }

 private:
  // Values below 2^(kBits + 1) have a bucket each; each further power of two has 2^kBits of them.
  static constexpr int kBits = 6;
  static constexpr size_t kBuckets = 32 << kBits;

  static size_t BucketOf(uint64_t value) {
    if (value < (2u << kBits)) return value;
    const int shift = std::bit_width(value) - (kBits + 1);
    return (static_cast<size_t>(shift) << kBits) + (value >> shift);
  }

  static uint64_t UpperEndOf(size_t bucket) {
    if (bucket < (2u << kBits)) return bucket;
    const int shift = static_cast<int>(bucket >> kBits) - 1;
    const uint64_t head = bucket - (static_cast<size_t>(shift) << kBits);
    return ((head + 1) << shift) - 1;
  }

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_us_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_BENCH_LATENCY_HISTOGRAM_H_
