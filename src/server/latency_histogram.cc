#include "server/latency_histogram.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace kindred {
namespace {

// Times below 256 ns have a bucket each; from there on each doubling is cut into 128.
constexpr int kExactBits = 8;
constexpr size_t kHalf = size_t{1} << (kExactBits - 1);
// The first step of a distribution.
constexpr uint64_t kFirstStepNs = 1024;

}  // namespace

size_t LatencyHistogram::BucketOf(uint64_t ns) {
  ns = std::min(ns, kMaxNs);
  const int doublings = std::max(0, static_cast<int>(std::bit_width(ns)) - kExactBits);
  return static_cast<size_t>(doublings) * kHalf + static_cast<size_t>(ns >> doublings);
}

uint64_t LatencyHistogram::LongestNs(size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const size_t doublings = bucket / kHalf - 1;
  return ((uint64_t{bucket % kHalf} + kHalf + 1) << doublings) - 1;
}

void LatencyCounts::Add(const LatencyHistogram& histogram) {
  counts_.resize(LatencyHistogram::kBuckets);
  for (size_t i = 0; i < counts_.size(); ++i) {
    const uint64_t count = histogram.CountOf(i);
    counts_[i] += count;
    total_ += count;
  }
}

void LatencyCounts::Subtract(const LatencyCounts& other) {
  for (size_t i = 0; i < other.counts_.size(); ++i) counts_[i] -= other.counts_[i];
  total_ -= other.total_;
}

uint64_t LatencyCounts::PercentileNs(double percentile) const {
  CHECK(total_ > 0);
  const auto wanted = static_cast<uint64_t>(percentile / 100 * static_cast<double>(total_) + 0.5);
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= std::max<uint64_t>(wanted, 1)) return LatencyHistogram::LongestNs(i);
  }
  return LatencyHistogram::kMaxNs;
}

std::vector<std::pair<uint64_t, uint64_t>> LatencyCounts::Distribution() const {
  std::vector<std::pair<uint64_t, uint64_t>> steps;
  uint64_t seen = 0;
  size_t bucket = 0;
  for (uint64_t step_ns = kFirstStepNs; seen < total_; step_ns *= 2) {
    const size_t last = step_ns < LatencyHistogram::kMaxNs ? LatencyHistogram::BucketOf(step_ns)
                                                           : LatencyHistogram::kBuckets - 1;
    const uint64_t before = seen;
    for (; bucket <= last; ++bucket) seen += counts_[bucket];
    if (seen > before) steps.emplace_back(LatencyHistogram::LongestNs(last) / 1000, seen);
  }
  return steps;
}

}  // namespace kindred
