#include "tests/bench/latency_histogram.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(LatencyHistogram, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (int us = 1; us <= 100; ++us) histogram.Add(us);
  EXPECT_EQ(histogram.count(), 100u);
  EXPECT_EQ(histogram.PercentileUs(0.5), 50u);
  EXPECT_EQ(histogram.PercentileUs(0.99), 99u);
  EXPECT_EQ(histogram.PercentileUs(1), 100u);
}

TEST(LatencyHistogram, LargeValuesAreRightToOneBucket) {
  for (int64_t us = 1; us < int64_t{1} << 33; us = us * 5 / 4 + 1) {
    LatencyHistogram histogram;
    histogram.Add(us);
    histogram.Add(us * 100);
    const double found = static_cast<double>(histogram.PercentileUs(0.5));
    EXPECT_GE(found, static_cast<double>(us));
    EXPECT_LE(found, static_cast<double>(us) * (1 + 1.0 / 64));
  }
}

TEST(LatencyHistogram, NothingIsAboveTheLargest) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.PercentileUs(0.99), 0u);
  histogram.Add(1'000'001);
  histogram.Add(-5);  // a clock that went back
  EXPECT_EQ(histogram.PercentileUs(1), 1'000'001u);
  EXPECT_EQ(histogram.PercentileUs(0.5), 0u);
}

}  // namespace
}  // namespace kindred
