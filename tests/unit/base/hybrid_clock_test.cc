#include "base/hybrid_clock.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace kindred {
namespace {

constexpr uint64_t kMaxDriftMs = 500;

TEST(HybridClock, FollowsTheWallClock) {
  HybridClock clock(kMaxDriftMs);
  EXPECT_EQ(clock.Next(1000), TimeOfMs(1000));
  EXPECT_EQ(MsOfTime(clock.Next(2000)), 2000u);
}

TEST(HybridClock, CountsWithinAMillisecondAndWhileTheWallClockIsBehind) {
  HybridClock clock(kMaxDriftMs);
  uint64_t first = clock.Next(1000);
  EXPECT_EQ(clock.Next(1000), first + 1);
  EXPECT_EQ(clock.Next(900), first + 2);
}

TEST(HybridClock, NamesTimesAboveWhatItHeard) {
  HybridClock clock(kMaxDriftMs);
  clock.Hear(TimeOfMs(1500) + 7);
  EXPECT_EQ(clock.Next(1000), TimeOfMs(1500) + 8);
  clock.Hear(5);
  EXPECT_EQ(clock.last(), TimeOfMs(1500) + 8);
}

TEST(HybridClock, NotBeforeIsTheFirstTimeAllowed) {
  HybridClock clock(kMaxDriftMs);
  clock.NotBefore(TimeOfMs(3000));
  EXPECT_EQ(clock.Next(1000), TimeOfMs(3000));
  clock.NotBefore(0);
  EXPECT_EQ(clock.Next(1000), TimeOfMs(3000) + 1);
}

TEST(HybridClock, TooFarAheadStartsAfterTheDrift) {
  HybridClock clock(kMaxDriftMs);
  EXPECT_FALSE(clock.TooFarAhead(TimeOfMs(1500) + 0xffff, 1000));
  EXPECT_TRUE(clock.TooFarAhead(TimeOfMs(1501), 1000));
  EXPECT_FALSE(clock.TooFarAhead(TimeOfMs(10), 1000));
}

RC_GTEST_PROP(HybridClock, GrowsStrictlyWhateverTheWallClockDoes,
              (const std::vector<uint32_t>& wall)) {
  HybridClock clock(kMaxDriftMs);
  uint64_t last = 0;
  for (uint64_t now_ms : wall) {
    uint64_t expected = clock.Peek(now_ms);
    uint64_t time = clock.Next(now_ms);
    RC_ASSERT(time == expected);
    RC_ASSERT(time > last);
    RC_ASSERT(time >= TimeOfMs(now_ms));
    last = time;
  }
}

}  // namespace
}  // namespace kindred
