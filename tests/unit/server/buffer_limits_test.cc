#include "server/buffer_limits.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

constexpr BufferLimit kLimit = {1000, 100, 10};

TEST(BufferLimits, TheHardLimitEndsAtOnce) {
  BufferWatch watch;
  EXPECT_FALSE(watch.IsOver(kLimit, 99, 1));
  EXPECT_TRUE(watch.IsOver(kLimit, 1000, 1));
  EXPECT_FALSE(BufferWatch().IsOver({}, UINT64_MAX, 1));
}

TEST(BufferLimits, TheSoftLimitEndsWhenItWasPassedForItsTimeWithoutABreak) {
  BufferWatch watch;
  EXPECT_FALSE(watch.IsOver(kLimit, 100, 1000));
  EXPECT_FALSE(watch.IsOver(kLimit, 500, 11'000));
  EXPECT_FALSE(watch.IsOver(kLimit, 99, 11'001));
  EXPECT_FALSE(watch.IsOver(kLimit, 100, 11'002));
  EXPECT_FALSE(watch.IsOver(kLimit, 100, 21'002));
  EXPECT_TRUE(watch.IsOver(kLimit, 100, 21'003));
}

}  // namespace
}  // namespace kindred
