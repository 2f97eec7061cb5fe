#include "base/random.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace kindred {
namespace {

TEST(Random, SameSeedSameNumbers) {
  Random a(42);
  Random b(42);
  Random c(43);
  uint64_t first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
}

// A seed must replay on every machine: the first numbers of xoshiro256** after splitmix64(0).
TEST(Random, NumbersAreFixed) {
  Random random(0);
  EXPECT_EQ(random.Next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.Next(), 0xbf6e1f784956452au);
}

TEST(Random, BelowReachesEveryNumberAboutEquallyOften) {
  Random random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 7000; ++i) ++counts[random.Below(7)];
  for (int count : counts) EXPECT_NEAR(count, 1000, 150);
}

TEST(Random, BetweenIncludesBothEnds) {
  Random random(1);
  bool low = false;
  bool high = false;
  for (int i = 0; i < 200; ++i) {
    int64_t drawn = random.Between(-2, 2);
    ASSERT_TRUE(-2 <= drawn && drawn <= 2);
    low |= drawn == -2;
    high |= drawn == 2;
  }
  EXPECT_TRUE(low && high);
  EXPECT_EQ(random.Between(5, 5), 5);
  random.Between(std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max());
}

TEST(Random, ChanceKeepsToItsProbability) {
  Random random(1);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) {
    EXPECT_FALSE(random.Chance(0));
    EXPECT_TRUE(random.Chance(1));
    hits += random.Chance(0.25);
  }
  EXPECT_NEAR(hits, 2500, 200);
}

TEST(Random, UniformDoubleStaysInTheUnitInterval) {
  Random random(9);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    double drawn = random.UniformDouble();
    ASSERT_TRUE(0 <= drawn && drawn < 1);
    sum += drawn;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

}  // namespace
}  // namespace kindred
