#include "server/latency_histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace kindred {
namespace {

LatencyCounts CountsOf(const std::vector<uint64_t>& times_ns) {
  LatencyHistogram histogram;
  for (uint64_t ns : times_ns) histogram.Add(ns);
  LatencyCounts counts;
  counts.Add(histogram);
  return counts;
}

TEST(LatencyHistogram, BucketsFollowEachOtherWithoutGaps) {
  for (size_t bucket = 0; bucket + 1 < LatencyHistogram::kBuckets; ++bucket) {
    const uint64_t longest = LatencyHistogram::LongestNs(bucket);
    if (longest >= LatencyHistogram::kMaxNs) break;
    ASSERT_EQ(LatencyHistogram::BucketOf(longest), bucket);
    ASSERT_EQ(LatencyHistogram::BucketOf(longest + 1), bucket + 1);
  }
}

RC_GTEST_PROP(LatencyHistogram, ABucketIsAtMostOnePartIn128Wide, (uint64_t any)) {
  const uint64_t ns = any % LatencyHistogram::kMaxNs;
  const uint64_t longest = LatencyHistogram::LongestNs(LatencyHistogram::BucketOf(ns));
  RC_ASSERT(longest >= ns);
  RC_ASSERT(longest - ns <= ns / 128);
}

// The numbers are those that Redis shows for the same times.
TEST(LatencyHistogram, PercentilesAreTheLongestTimesOfTheirBuckets) {
  LatencyCounts counts = CountsOf({1000, 3000, 7000, 11000, 30000, 120000, 638000});
  EXPECT_EQ(counts.PercentileNs(0), 1003u);
  EXPECT_EQ(counts.PercentileNs(50), 11007u);
  EXPECT_EQ(counts.PercentileNs(99), 638975u);
  EXPECT_EQ(counts.PercentileNs(100), 638975u);
  EXPECT_EQ(CountsOf({5'000'000'000}).PercentileNs(50), 1002438655u);
}

TEST(LatencyHistogram, DistributionsGoByPowersOfTwoAsFarAsTheyGrow) {
  using Steps = std::vector<std::pair<uint64_t, uint64_t>>;
  EXPECT_EQ(CountsOf({500, 900, 3000, 20000, 100'000'000}).Distribution(),
            (Steps{{1, 2}, {4, 3}, {33, 4}, {135266, 5}}));
  EXPECT_EQ(CountsOf({900'000'000}).Distribution(), (Steps{{1073741, 1}}));
  EXPECT_EQ(CountsOf({}).Distribution(), Steps{});
}

TEST(LatencyHistogram, WhatWasCountedBeforeCanBeTakenAway) {
  LatencyHistogram histogram;
  histogram.Add(1000);
  LatencyCounts base;
  base.Add(histogram);
  histogram.Add(5000);
  LatencyCounts counts;
  counts.Add(histogram);
  counts.Subtract(base);
  EXPECT_EQ(counts.total(), 1u);
  EXPECT_EQ(counts.PercentileNs(50), 5023u);
}

}  // namespace
}  // namespace kindred
