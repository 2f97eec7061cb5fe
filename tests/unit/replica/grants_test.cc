#include "replica/grants.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace kindred {
namespace {

constexpr uint64_t kA = 10, kB = 11;
constexpr uint32_t kVnode = 7;

TEST(Grants, NobodyMayNameAnythingAtFirst) {
  Grants grants;
  EXPECT_FALSE(grants.Of(kVnode).Allows(kA, 1));
  EXPECT_FALSE(grants.Of(kVnode).Allows(0, 0)) << "nobody is no holder";
}

TEST(Grants, TheHolderMayNameWhatIsBelowItsTime) {
  Grants grants;
  const auto answer = grants.OnPrepare(kVnode, kA, 100, 200);
  EXPECT_TRUE(answer.granted);
  EXPECT_TRUE(answer.changed);
  EXPECT_EQ(answer.since, 100u);
  EXPECT_TRUE(grants.Of(kVnode).Allows(kA, 199));
  EXPECT_FALSE(grants.Of(kVnode).Allows(kA, 200));
  EXPECT_FALSE(grants.Of(kVnode).Allows(kB, 150));
  EXPECT_FALSE(grants.Of(kVnode + 1).Allows(kA, 150));
}

TEST(Grants, ARenewalKeepsWhenItBegan) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  const auto answer = grants.OnPrepare(kVnode, kA, 150, 250);
  EXPECT_TRUE(answer.granted);
  EXPECT_EQ(answer.since, 100u);
  EXPECT_TRUE(grants.Of(kVnode).Allows(kA, 249));
}

TEST(Grants, ARenewalAfterItRanOutIsUnbrokenIfNobodyElseAsked) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  EXPECT_EQ(grants.OnPrepare(kVnode, kA, 900, 1000).since, 100u);
}

TEST(Grants, AShorterRenewalTakesNothingBack) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  const auto answer = grants.OnPrepare(kVnode, kA, 110, 150);
  EXPECT_TRUE(answer.granted);
  EXPECT_FALSE(answer.changed) << "nothing has to be stored";
  EXPECT_TRUE(grants.Of(kVnode).Allows(kA, 199));
}

TEST(Grants, AnotherIsRefusedBelowTheHoldersTime) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  const auto answer = grants.OnPrepare(kVnode, kB, 199, 300);
  EXPECT_FALSE(answer.granted);
  EXPECT_FALSE(answer.changed);
  EXPECT_EQ(answer.refused_below, 200u);
  EXPECT_TRUE(grants.Of(kVnode).Allows(kA, 150)) << "the holder keeps what it has";
}

TEST(Grants, WhoTakesOverNamesLaterTimesOnly) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  const auto answer = grants.OnPrepare(kVnode, kB, 200, 300);
  EXPECT_TRUE(answer.granted);
  EXPECT_EQ(answer.since, 200u);
  EXPECT_FALSE(grants.Of(kVnode).Allows(kA, 150)) << "even below the old time it is too late";
  EXPECT_TRUE(grants.Of(kVnode).Allows(kB, 250));
}

TEST(Grants, WhoComesBackBeginsAnew) {
  Grants grants;
  grants.OnPrepare(kVnode, kA, 100, 200);
  grants.OnPrepare(kVnode, kB, 200, 300);
  EXPECT_EQ(grants.OnPrepare(kVnode, kA, 300, 400).since, 300u) << "the break can be seen";
}

// However nodes ask: times that may be named under one holder lie above all that the one before
// could name.
RC_GTEST_PROP(Grants, HoldersFollowEachOtherInTime, ()) {
  Grants grants;
  uint64_t named_max = 0, holder = 0;
  const auto asks = *rc::gen::inRange(1, 40);
  for (int i = 0; i < asks; ++i) {
    const auto actor = *rc::gen::inRange<uint64_t>(1, 4);
    const auto from = *rc::gen::inRange<uint64_t>(1, 100);
    const auto until = from + *rc::gen::inRange<uint64_t>(1, 30);
    const auto answer = grants.OnPrepare(kVnode, actor, from, until);
    if (!answer.granted) {
      RC_ASSERT(holder != actor && from < answer.refused_below);
      continue;
    }
    if (actor != holder) RC_ASSERT(from > named_max && answer.since == from);
    holder = actor;
    named_max = grants.Of(kVnode).until - 1;
  }
}

TEST(Grants, AreStoredAsTheyAre) {
  const Grant grant{kA, 1000, 2003};
  Grant read;
  ASSERT_TRUE(Grant::Decode(grant.Encode(), &read));
  EXPECT_EQ(read, grant);
  EXPECT_FALSE(Grant::Decode(grant.Encode() + "x", &read));
  EXPECT_FALSE(Grant::Decode(grant.Encode().substr(1), &read));
  EXPECT_FALSE(Grant::Decode("", &read));
}

TEST(Grants, AMetaKeyNamesItsVnode) {
  uint32_t vnode = 0;
  ASSERT_TRUE(Grants::VnodeOfMetaKey(Grants::MetaKey(1023), &vnode));
  EXPECT_EQ(vnode, 1023u);
  EXPECT_FALSE(Grants::VnodeOfMetaKey("grant/", &vnode));
  EXPECT_FALSE(Grants::VnodeOfMetaKey("identity", &vnode));
  EXPECT_FALSE(Grants::VnodeOfMetaKey(Grants::MetaKey(1) + "x", &vnode));
}

TEST(Grants, WhatWasStoredHoldsAgain) {
  Grants grants;
  grants.Restore(kVnode, {kA, 100, 200});
  EXPECT_TRUE(grants.Of(kVnode).Allows(kA, 150));
  EXPECT_FALSE(grants.OnPrepare(kVnode, kB, 150, 300).granted);
}

}  // namespace
}  // namespace kindred
