#include "node/steps.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace kindred {
namespace {

constexpr Peer kNear = 1, kFar = 2;
constexpr uint64_t kLife = 100;
constexpr uint64_t kView = 4;
constexpr uint32_t kVnodes = 8;

using Peers = std::vector<Peer>;

class StepsTest : public testing::Test {
 protected:
  void SetUp() override { steps_.OnView(kView); }

  static Vouch VouchOf(const Standing& standing, std::vector<uint32_t> changed = {}) {
    Vouch vouch;
    vouch.standing = standing;
    vouch.changed = std::move(changed);
    return vouch;
  }

  // Which vnodes are not in the step any more that they were in when this was asked last.
  std::set<uint32_t> Left() {
    std::set<uint32_t> left;
    for (uint32_t vnode = 0; vnode < kVnodes; ++vnode) {
      if (steps_.Of(vnode) != was_[vnode]) left.insert(vnode);
      was_[vnode] = steps_.Of(vnode);
    }
    return left;
  }
  bool HasLeftAll() { return Left().size() == kVnodes; }

  std::optional<uint64_t> Join(uint32_t vnode, const std::vector<std::pair<Peer, Standing>>& told,
                               uint64_t view_version = kView) {
    return steps_.Join(vnode, view_version, told);
  }

  Steps steps_;
  uint64_t was_[kVnodes] = {};
};

// --- numbers

TEST_F(StepsTest, NoneIsZeroAndNoneIsThereTwice) {
  std::set<uint64_t> seen;
  for (uint32_t vnode = 0; vnode < kVnodes; ++vnode) seen.insert(steps_.Of(vnode));
  for (int i = 0; i < 3; ++i) {
    steps_.Leave(5);
    seen.insert(steps_.Of(5));
  }
  EXPECT_EQ(seen.size(), kVnodes + 3u);
  EXPECT_FALSE(seen.contains(0));
}

TEST_F(StepsTest, TheVeryFirstOnesAreNotZeroEither) { EXPECT_NE(Steps().Of(0), 0u); }

TEST_F(StepsTest, WhatHasHappenedHereEndsTheStepOfItsVnodeOnly) {
  Left();
  steps_.Leave(5);
  EXPECT_EQ(Left(), (std::set<uint32_t>{5}));
}

TEST_F(StepsTest, AnotherViewEndsAllAndIsKnownByItsVersion) {
  Left();
  steps_.OnView(kView + 1);
  EXPECT_TRUE(HasLeftAll());
  EXPECT_EQ(steps_.view_version(), kView + 1);
}

// --- what others tell

TEST_F(StepsTest, TheFirstWordOfAPeerEndsAll) {
  EXPECT_EQ(steps_.Known(kNear), Standing());
  Left();
  EXPECT_TRUE(steps_.Hear(kNear, VouchOf({kLife, 3, 1})));
  EXPECT_TRUE(HasLeftAll());
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife, 3, 1}));
  EXPECT_EQ(steps_.Known(kFar), Standing());
}

TEST_F(StepsTest, AVnodeThatHasChangedThereIsLeft) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  EXPECT_TRUE(steps_.Hear(kNear, VouchOf({kLife, 5, 1}, {2, 6})));
  EXPECT_EQ(Left(), (std::set<uint32_t>{2, 6}));
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife, 5, 1}));
}

TEST_F(StepsTest, ChangesThatAreNotKnownOneByOneEndAll) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  Vouch vouch = VouchOf({kLife, 3, 2});
  vouch.all = true;
  EXPECT_TRUE(steps_.Hear(kNear, vouch));
  EXPECT_TRUE(HasLeftAll());
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife, 3, 2}));
}

TEST_F(StepsTest, ANewLifeEndsAllAndIsCountedAnew) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  EXPECT_TRUE(steps_.Hear(kNear, VouchOf({kLife + 1, 0, 0})));
  EXPECT_TRUE(HasLeftAll());
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife + 1, 0, 0}));
}

TEST_F(StepsTest, TheSameStandingEndsNothing) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  EXPECT_TRUE(steps_.Hear(kNear, VouchOf({kLife, 3, 1})));
  EXPECT_TRUE(Left().empty());
}

TEST_F(StepsTest, AnOlderStandingSaysNothingNew) {
  steps_.Hear(kNear, VouchOf({kLife, 5, 1}));
  Left();
  Vouch vouch = VouchOf({kLife, 4, 1}, {2});
  vouch.all = true;
  EXPECT_TRUE(steps_.Hear(kNear, vouch));
  EXPECT_TRUE(Left().empty());
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife, 5, 1}));
}

TEST_F(StepsTest, AWordFromAnEarlierLifeIsNone) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  EXPECT_FALSE(steps_.Hear(kNear, VouchOf({kLife - 1, 9, 9}, {2})));
  EXPECT_TRUE(Left().empty());
  EXPECT_EQ(steps_.Known(kNear), (Standing{kLife, 3, 1}));
}

TEST_F(StepsTest, WhoIsForgottenHasToBeHeardAnew) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  Left();
  steps_.Forget(kNear);
  EXPECT_TRUE(HasLeftAll());
  EXPECT_EQ(steps_.Known(kNear), Standing());
  EXPECT_FALSE(Join(5, {{kNear, {kLife, 3, 1}}}).has_value());
  EXPECT_TRUE(steps_.Hear(kNear, VouchOf({kLife, 3, 1})));
  EXPECT_TRUE(HasLeftAll()) << "much may have happened between";
}

// --- joining

TEST_F(StepsTest, WhatIsTheSameAtPeersOfKnownStandingsJoinsTheStepOfItsVnode) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  steps_.Hear(kFar, VouchOf({kLife, 7, 0}));
  EXPECT_EQ(Join(5, {{kNear, {kLife, 3, 1}}}), steps_.Of(5));
  EXPECT_EQ(Join(5, {{kNear, {kLife, 3, 1}}, {kFar, {kLife, 7, 0}}}), steps_.Of(5));
  EXPECT_FALSE(steps_.WantsToHear());
}

TEST_F(StepsTest, WhoseStandingIsNotTheKnownOneIsToBeHeard) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  steps_.Hear(kFar, VouchOf({kLife, 7, 0}));
  for (const Standing& unknown : {Standing{kLife, 8, 0}, Standing{kLife, 6, 0},
                                  Standing{kLife, 7, 1}, Standing{kLife + 1, 7, 0}}) {
    EXPECT_FALSE(Join(5, {{kNear, {kLife, 3, 1}}, {kFar, unknown}}).has_value());
    EXPECT_TRUE(steps_.WantsToHear());
    EXPECT_EQ(steps_.TakeToHear(), Peers{kFar});
  }
}

TEST_F(StepsTest, AllWhoAreNotKnownAreToBeHeardOnce) {
  EXPECT_FALSE(Join(5, {{kFar, {kLife, 7, 0}}, {kNear, {kLife, 3, 1}}}).has_value());
  EXPECT_FALSE(Join(6, {{kFar, {kLife, 7, 0}}}).has_value());
  EXPECT_EQ(steps_.TakeToHear(), (Peers{kNear, kFar}));
  EXPECT_FALSE(steps_.WantsToHear());
  EXPECT_TRUE(steps_.TakeToHear().empty());
}

TEST_F(StepsTest, ATurnThatLooksAtAnotherViewJoinsNothing) {
  steps_.Hear(kNear, VouchOf({kLife, 3, 1}));
  const Standing known = {kLife, 3, 1};
  EXPECT_FALSE(Join(5, {{kNear, known}}, kView - 1).has_value());
  EXPECT_FALSE(Join(5, {{kNear, known}}, kView + 1).has_value());
  EXPECT_FALSE(steps_.WantsToHear()) << "hearing the peer would not help";
}

TEST_F(StepsTest, APeerIsHeardBecauseSomebodyWantsIt) {
  EXPECT_FALSE(steps_.WantsToHear());
  steps_.WantToHear(kFar);
  EXPECT_TRUE(steps_.WantsToHear());
  EXPECT_EQ(steps_.TakeToHear(), Peers{kFar});
}

}  // namespace
}  // namespace kindred
