#include "node/dot_clock.h"

#include <gtest/gtest.h>

#include <vector>

namespace kindred {
namespace {

constexpr uint64_t kMe = 10, kOther = 11;
constexpr uint64_t kNowMs = 1000;
constexpr uint64_t kNow = TimeOfMs(kNowMs);
constexpr uint64_t kDriftMs = 100;
constexpr uint64_t kFar = kNow + TimeOfMs(50);  // the end of a grant

class DotClockTest : public testing::Test {
 protected:
  uint64_t NameGuarded() { return clock_.NameGuarded(kFar, kNowMs); }
  bool IsDecided(uint64_t time, uint64_t durable = 0) {
    return clock_.IsDecided({kMe, time}, durable);
  }

  DotClock clock_{kMe, 0, kDriftMs};
};

TEST_F(DotClockTest, NamesGrow) {
  const uint64_t first = clock_.Name(kNowMs), second = NameGuarded();
  EXPECT_EQ(first, kNow);
  EXPECT_GT(second, first);
  EXPECT_GT(clock_.Name(kNowMs - 10), second) << "even when the wall clock goes back";
  EXPECT_EQ(clock_.Name(kNowMs + 5), TimeOfMs(kNowMs + 5));
}

TEST_F(DotClockTest, NothingUpToTheStartIsNamedAgain) {
  DotClock clock(kMe, kFar, kDriftMs);
  EXPECT_GT(clock.Name(kNowMs), kFar);
}

TEST_F(DotClockTest, GuardedTimesStayBelowTheGrant) {
  EXPECT_EQ(clock_.NameGuarded(kNow + 2, kNowMs), kNow);
  EXPECT_EQ(clock_.NameGuarded(kNow + 2, kNowMs), kNow + 1);
  EXPECT_EQ(clock_.NameGuarded(kNow + 2, kNowMs), 0u);
  EXPECT_EQ(clock_.last(), kNow + 1) << "what cannot be named leaves no trace";
}

TEST_F(DotClockTest, AGrantThatEndsBeforeNowIsUsedUpFromWhereTheClockStands) {
  clock_.Name(kNowMs);
  EXPECT_EQ(clock_.NameGuarded(kNow + 5, kNowMs + 1), kNow + 1);
}

TEST_F(DotClockTest, WhatIsTooFarAheadIsNotHeard) {
  EXPECT_TRUE(clock_.Hear(TimeOfMs(kNowMs + kDriftMs), kNowMs));
  EXPECT_FALSE(clock_.Hear(TimeOfMs(kNowMs + kDriftMs + 1), kNowMs));
  EXPECT_EQ(clock_.last(), TimeOfMs(kNowMs + kDriftMs));
}

TEST_F(DotClockTest, AContextIsHeardByItsLatestTime) {
  Context context;
  EXPECT_TRUE(clock_.Hear(context, kNowMs)) << "an empty one says nothing";
  context.Add({kOther, kFar});
  context.Add({12, kNow});
  EXPECT_TRUE(clock_.Hear(context, kNowMs));
  EXPECT_EQ(clock_.last(), kFar);
  context.Add({12, TimeOfMs(kNowMs + kDriftMs + 1)});
  EXPECT_FALSE(clock_.Hear(context, kNowMs));
}

TEST_F(DotClockTest, AWriteInFlightIsNotDecided) {
  const uint64_t time = NameGuarded();
  EXPECT_FALSE(IsDecided(time));
  EXPECT_EQ(clock_.decided(0).below, time);
  clock_.Settle(time, true, 0);
  EXPECT_TRUE(IsDecided(time));
  EXPECT_EQ(clock_.decided(0).below, time + 1);
}

TEST_F(DotClockTest, ALaterWriteIsDecidedOnlyBehindTheEarlierOnes) {
  const uint64_t first = NameGuarded(), second = NameGuarded();
  clock_.Settle(second, true, 0);
  EXPECT_FALSE(IsDecided(second)) << "one time tells it all";
  clock_.Settle(first, true, 0);
  EXPECT_TRUE(IsDecided(first));
  EXPECT_TRUE(IsDecided(second));
}

TEST_F(DotClockTest, OurOwnCopyHasToBeDurable) {
  const uint64_t time = NameGuarded();
  clock_.Settle(time, true, 8);
  EXPECT_FALSE(IsDecided(time, 7));
  EXPECT_TRUE(IsDecided(time, 8));
}

TEST_F(DotClockTest, AWriteOfUnknownOutcomeIsAnException) {
  const uint64_t first = NameGuarded(), lost = NameGuarded(), last = NameGuarded();
  clock_.Settle(first, true, 0);
  clock_.Settle(lost, false, 0);
  EXPECT_TRUE(clock_.decided(0).exceptions.empty() || clock_.decided(0).below > lost);
  clock_.Settle(last, true, 0);
  EXPECT_TRUE(IsDecided(first));
  EXPECT_FALSE(IsDecided(lost));
  EXPECT_TRUE(IsDecided(last));
  EXPECT_EQ(clock_.decided(0).exceptions, std::vector<uint64_t>{lost});
}

TEST_F(DotClockTest, WhenTooManyAreExceptionsAllThatIsOlderIsUndecided) {
  const uint64_t first = NameGuarded();
  clock_.Settle(first, true, 0);
  std::vector<uint64_t> lost;
  for (int i = 0; i < 200; ++i) {
    lost.push_back(NameGuarded());
    clock_.Settle(lost.back(), false, 0);
  }
  const uint64_t last = NameGuarded();
  clock_.Settle(last, true, 0);
  EXPECT_FALSE(IsDecided(first));
  for (uint64_t time : lost) EXPECT_FALSE(IsDecided(time));
  EXPECT_TRUE(IsDecided(last));
  EXPECT_LE(clock_.decided(0).exceptions.size(), 128u);
}

TEST_F(DotClockTest, LearnsWhatOthersHaveDecided) {
  const Dot dot{kOther, kNow};
  EXPECT_FALSE(clock_.IsDecided(dot, 0)) << "nothing is known of it";
  clock_.Learn({kOther, 0, kNow + 10, {kNow + 3}});
  EXPECT_TRUE(clock_.IsDecided(dot, 0));
  EXPECT_FALSE(clock_.IsDecided({kOther, kNow + 3}, 0));
  EXPECT_FALSE(clock_.IsDecided({kOther, kNow + 10}, 0));
  EXPECT_FALSE(clock_.IsDecided({12, kNow}, 0));
}

TEST_F(DotClockTest, OldNewsChangesNothing) {
  clock_.Learn({kOther, 0, kNow + 10, {}});
  clock_.Learn({kOther, 0, kNow + 5, {}});
  EXPECT_TRUE(clock_.IsDecided({kOther, kNow + 7}, 0));
}

TEST_F(DotClockTest, NobodyTellsUsAboutOurselves) {
  const uint64_t time = NameGuarded();
  clock_.Learn({kMe, 0, kFar, {}});
  EXPECT_FALSE(IsDecided(time));
}

TEST_F(DotClockTest, AnActorThatGoesOnSaysNothingOfItsEarlierLife) {
  DotClock clock(kMe, kNow, kDriftMs);
  const uint64_t time = clock.NameGuarded(kFar, kNowMs);
  clock.Settle(time, true, 0);
  EXPECT_FALSE(clock.IsDecided({kMe, kNow - 1}, 0)) << "it was in flight, maybe";
  EXPECT_TRUE(clock.IsDecided({kMe, time}, 0));
}

}  // namespace
}  // namespace kindred
