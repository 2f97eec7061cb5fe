#include "command/index_range.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace kindred {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// "first-last", or "none".
std::string Resolved(int64_t start, int64_t end, uint64_t length) {
  const auto range = ResolveRange(start, end, length);
  return range ? std::to_string(range->first) + "-" + std::to_string(range->last) : "none";
}

TEST(IndexRange, BothEndsAreInIt) {
  EXPECT_EQ(Resolved(0, 4, 5), "0-4");
  EXPECT_EQ(Resolved(1, 1, 5), "1-1");
  EXPECT_EQ(ResolveRange(1, 3, 5)->Count(), 3u);
}

TEST(IndexRange, NegativeEndsCountFromBehind) {
  EXPECT_EQ(Resolved(0, -1, 5), "0-4");
  EXPECT_EQ(Resolved(-3, -2, 5), "2-3");
}

TEST(IndexRange, WhatLiesOutsideIsBroughtToTheNearestEnd) {
  EXPECT_EQ(Resolved(-100, 100, 5), "0-4");
  EXPECT_EQ(Resolved(kMin, kMax, 5), "0-4");
  EXPECT_EQ(Resolved(0, kMin, 5), "0-0");
  EXPECT_EQ(Resolved(-100, -50, 5), "0-0");
}

TEST(IndexRange, IsEmptyWhereNothingIsInIt) {
  EXPECT_EQ(Resolved(3, 1, 5), "none");
  EXPECT_EQ(Resolved(5, 9, 5), "none");
  EXPECT_EQ(Resolved(0, -1, 0), "none");
  EXPECT_EQ(Resolved(kMax, kMax, 5), "none");
}

TEST(IndexRange, BackwardIsOnlyWhatCountsFromBehind) {
  EXPECT_TRUE(IsBackward(-1, -3));
  EXPECT_FALSE(IsBackward(-3, -1));
  EXPECT_FALSE(IsBackward(3, 1));
  EXPECT_FALSE(IsBackward(-1, 0));
}

}  // namespace
}  // namespace kindred
