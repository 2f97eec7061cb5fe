#include "replica/changes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kindred {
namespace {

constexpr uint64_t kLife = 100;
constexpr Peer kNear = 1, kFar = 2;
constexpr uint32_t kLane = 3;
constexpr uint64_t kRound = 50;

using Numbers = std::vector<uint32_t>;

// --- changes

TEST(Changes, AStandingCountsThem) {
  Changes changes(kLife);
  EXPECT_EQ(changes.StandingFor(kNear), (Standing{kLife, 0, 0}));
  changes.Note(7);
  changes.Note(7);
  EXPECT_EQ(changes.StandingFor(kNear), (Standing{kLife, 2, 0}));
  EXPECT_EQ(changes.StandingFor(kFar), (Standing{kLife, 2, 0})) << "whoever asks";
}

TEST(Changes, AVouchNamesTheVnodesOfThoseThatTheAskerHasNotHeardOf) {
  Changes changes(kLife);
  changes.Note(1);
  const Standing heard = changes.StandingFor(kNear);
  for (uint32_t vnode : {9, 4, 9, 6}) changes.Note(vnode);
  const Vouch vouch = changes.VouchFor(kNear, heard);
  EXPECT_FALSE(vouch.all);
  EXPECT_EQ(vouch.changed, (Numbers{4, 6, 9})) << "sorted, each once";
  EXPECT_EQ(vouch.standing, (Standing{kLife, 5, 0}));
}

TEST(Changes, WhoHasHeardOfAllIsToldOfNone) {
  Changes changes(kLife);
  changes.Note(1);
  const Vouch vouch = changes.VouchFor(kNear, changes.StandingFor(kNear));
  EXPECT_FALSE(vouch.all);
  EXPECT_TRUE(vouch.changed.empty());
  EXPECT_TRUE(vouch.behind.empty());
}

TEST(Changes, WhatWasHeardOfAnotherLifeIsWorthNothing) {
  Changes changes(kLife);
  changes.Note(1);
  for (uint64_t life : {uint64_t{0}, kLife - 1, kLife + 1}) {
    const Vouch vouch = changes.VouchFor(kNear, {life, 1, 0});
    EXPECT_TRUE(vouch.all) << life;
    EXPECT_TRUE(vouch.changed.empty()) << life;
  }
}

TEST(Changes, OnlyTheLastAreKnownOneByOne) {
  constexpr uint64_t kRemembered = 256;
  Changes changes(kLife);
  for (uint32_t vnode = 0; vnode <= kRemembered; ++vnode) changes.Note(vnode);
  EXPECT_TRUE(changes.VouchFor(kNear, {kLife, 0, 0}).all) << "the first has been forgotten";
  const Vouch vouch = changes.VouchFor(kNear, {kLife, 1, 0});
  EXPECT_FALSE(vouch.all);
  ASSERT_EQ(vouch.changed.size(), kRemembered);
  EXPECT_EQ(vouch.changed.front(), 1u);
  EXPECT_EQ(vouch.changed.back(), kRemembered);
}

TEST(Changes, WhoSeemsToHaveHeardOfMoreThanThereAreIsToldAll) {
  Changes changes(kLife);
  changes.Note(1);
  EXPECT_TRUE(changes.VouchFor(kNear, {kLife, 2, 0}).all);
}

// --- writes

// A write of "key" on its way from this node to both others.
class ChangesOfAWrite : public testing::Test {
 protected:
  static Changes::Write WriteOf(const std::string& key) {
    Changes::Write write;
    write.lane = kLane;
    write.keys = {{BehindNumber(key), key, {10, 1000}}};
    write.unanswered = {kNear, kFar};
    return write;
  }
  void Begin(uint64_t round = kRound) { changes_.BeginWrite(round, WriteOf("key")); }

  // The keys that the peer is behind with, for who has heard all there is to be heard.
  Numbers Behind(Peer peer) const {
    return changes_.VouchFor(peer, changes_.StandingFor(peer)).behind;
  }
  bool IsBehind(Peer peer) const { return Behind(peer) == Numbers{BehindNumber("key")}; }
  uint64_t Missed(Peer peer) const { return changes_.StandingFor(peer).missed; }

  Changes changes_{kLife};
};

TEST_F(ChangesOfAWrite, WhoHasNotAnsweredItIsBehind) {
  Begin();
  EXPECT_TRUE(IsBehind(kNear));
  EXPECT_TRUE(IsBehind(kFar));
  changes_.OnAck(kNear, kRound);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_TRUE(IsBehind(kFar)) << "the other one still is";
}

TEST_F(ChangesOfAWrite, ItIsNoChangeOfAVnode) {
  Begin();
  changes_.OnAck(kNear, kRound);
  changes_.EndWrite(kRound, true);
  EXPECT_EQ(changes_.StandingFor(kNear), (Standing{kLife, 0, 0}));
}

TEST_F(ChangesOfAWrite, WhoHasNotAnsweredADecidedOneIsBehindUntilItDoes) {
  Begin();
  changes_.OnAck(kFar, kRound);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(IsBehind(kNear));
  changes_.OnAck(kNear, kRound);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 0u);
}

TEST_F(ChangesOfAWrite, ARefusedOneIsMissedOnceItIsDecided) {
  Begin();
  changes_.OnNack(kNear, kRound);
  EXPECT_TRUE(IsBehind(kNear)) << "it may yet be decided";
  EXPECT_EQ(Missed(kNear), 0u);
  changes_.OnAck(kFar, kRound);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 1u);
  EXPECT_EQ(Missed(kFar), 0u);
}

TEST_F(ChangesOfAWrite, ADecidedOneThatIsRefusedLaterIsMissedAtOnce) {
  Begin();
  changes_.OnAck(kFar, kRound);
  changes_.EndWrite(kRound, true);
  changes_.OnNack(kNear, kRound);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 1u);
}

TEST_F(ChangesOfAWrite, OneThatWasNotSentIsMissedOnceItIsDecided) {
  Changes::Write write = WriteOf("key");
  write.unanswered = {kFar};
  write.lacking = {kNear};
  changes_.BeginWrite(kRound, std::move(write));
  EXPECT_TRUE(IsBehind(kNear));
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 1u);
  EXPECT_TRUE(IsBehind(kFar)) << "who was sent it may still answer";
}

TEST_F(ChangesOfAWrite, OneThatWasCutOffIsMissedOnceItIsDecided) {
  Begin();
  changes_.OnLinkDown(kNear, kLane);
  EXPECT_TRUE(IsBehind(kNear));
  EXPECT_EQ(Missed(kNear), 0u);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 1u);
}

TEST_F(ChangesOfAWrite, ADecidedOneThatIsCutOffIsMissedAtOnce) {
  Begin();
  changes_.EndWrite(kRound, true);
  changes_.OnLinkDown(kNear, kLane);
  EXPECT_EQ(Missed(kNear), 1u);
  EXPECT_TRUE(IsBehind(kFar));
}

TEST_F(ChangesOfAWrite, ALinkOfAnotherLaneCutsNothingOff) {
  Begin();
  changes_.OnLinkDown(kNear, kLane + 1);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(IsBehind(kNear)) << "its answer may still come";
  EXPECT_EQ(Missed(kNear), 0u);
}

TEST_F(ChangesOfAWrite, WhoHasTakenItMissesNothingWhenItsLinkBreaks) {
  Begin();
  changes_.OnAck(kNear, kRound);
  changes_.OnLinkDown(kNear, kLane);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 0u);
}

TEST_F(ChangesOfAWrite, WhoLacksAnAbandonedOneIsBehindUntilNobodyCanTakeIt) {
  Begin();
  changes_.OnNack(kNear, kRound);
  changes_.EndWrite(kRound, false);
  EXPECT_TRUE(IsBehind(kNear));
  EXPECT_EQ(Missed(kNear), 0u);
  changes_.OnAck(kFar, kRound);
  EXPECT_TRUE(Behind(kNear).empty());
  EXPECT_EQ(Missed(kNear), 1u);
  EXPECT_EQ(Missed(kFar), 0u);
}

TEST_F(ChangesOfAWrite, AnAbandonedOneThatAllHaveAnsweredIsMissedAtOnce) {
  Begin();
  changes_.OnAck(kNear, kRound);
  changes_.OnNack(kFar, kRound);
  changes_.EndWrite(kRound, false);
  EXPECT_TRUE(Behind(kFar).empty());
  EXPECT_EQ(Missed(kNear), 0u);
  EXPECT_EQ(Missed(kFar), 1u);
}

TEST_F(ChangesOfAWrite, WhoHasMissedOneIsToldAllUntilItHasHeardThat) {
  Begin();
  const Standing before = changes_.StandingFor(kNear);
  changes_.OnNack(kNear, kRound);
  changes_.EndWrite(kRound, true);
  EXPECT_TRUE(changes_.VouchFor(kNear, before).all);
  EXPECT_FALSE(changes_.VouchFor(kNear, changes_.StandingFor(kNear)).all);
}

TEST_F(ChangesOfAWrite, KeysOfSeveralAreToldOnceAndInOrder) {
  Changes::Write group = WriteOf("key");
  group.keys.push_back({BehindNumber("other"), "other", {10, 1000}});
  changes_.BeginWrite(kRound, std::move(group));
  Begin(kRound + 1);
  Numbers expected = {BehindNumber("key"), BehindNumber("other")};
  if (expected[0] > expected[1]) std::swap(expected[0], expected[1]);
  EXPECT_EQ(Behind(kNear), expected);
}

TEST_F(ChangesOfAWrite, KeysThatTheWriterDoesNotWantDoNotComeWithAnswers) {
  Changes::Write group = WriteOf("key");
  group.keys.push_back({BehindNumber("other"), "", {10, 1001}});
  changes_.BeginWrite(kRound, std::move(group));
  EXPECT_EQ(Behind(kNear).size(), 2u) << "all the same";
  const auto keys = changes_.OnAck(kNear, kRound);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].key, "key");
}

TEST_F(ChangesOfAWrite, ItsKeysComeWithTheFirstAnswerOnly) {
  Begin();
  const auto keys = changes_.OnAck(kNear, kRound);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].key, "key");
  EXPECT_EQ(keys[0].dot, (Dot{10, 1000}));
  EXPECT_TRUE(changes_.OnAck(kNear, kRound).empty());
  EXPECT_EQ(changes_.OnAck(kFar, kRound).size(), 1u);
  EXPECT_TRUE(changes_.OnAck(kNear, kRound + 1).empty()) << "nobody knows of such a write";
}

TEST_F(ChangesOfAWrite, AnAnswerAfterTheLinkBrokeDoesNotCount) {
  Begin();
  changes_.OnLinkDown(kNear, kLane);
  EXPECT_TRUE(changes_.OnAck(kNear, kRound).empty());
  changes_.EndWrite(kRound, true);
  EXPECT_EQ(Missed(kNear), 1u);
}

// --- what is undecided

TEST_F(ChangesOfAWrite, ItsKeyIsUndecidedWhileItIsOpen) {
  EXPECT_FALSE(changes_.HasUndecided("key"));
  Begin();
  EXPECT_TRUE(changes_.HasUndecided("key"));
  EXPECT_FALSE(changes_.HasUndecided("other"));
  changes_.OnAck(kNear, kRound);
  changes_.OnAck(kFar, kRound);
  EXPECT_TRUE(changes_.HasUndecided("key"));
  changes_.EndWrite(kRound, true);
  EXPECT_FALSE(changes_.HasUndecided("key"));
}

TEST_F(ChangesOfAWrite, ADecidedOneThatNotAllHaveAnsweredIsDecidedAllTheSame) {
  Begin();
  changes_.EndWrite(kRound, true);
  EXPECT_FALSE(changes_.HasUndecided("key"));
  changes_.OnAck(kNear, kRound);
  changes_.OnNack(kFar, kRound);
  EXPECT_FALSE(changes_.HasUndecided("key"));
}

TEST_F(ChangesOfAWrite, AnAbandonedOneIsUndecidedUntilAllHaveAnswered) {
  Begin();
  changes_.EndWrite(kRound, false);
  EXPECT_TRUE(changes_.HasUndecided("key"));
  changes_.OnNack(kNear, kRound);
  EXPECT_TRUE(changes_.HasUndecided("key"));
  changes_.OnLinkDown(kFar, kLane);
  EXPECT_FALSE(changes_.HasUndecided("key"));
}

TEST_F(ChangesOfAWrite, AKeyIsUndecidedAsLongAsOneOfItsWritesIs) {
  Begin(kRound);
  changes_.EndWrite(kRound, false);
  Begin(kRound + 1);
  changes_.EndWrite(kRound + 1, true);
  EXPECT_TRUE(changes_.HasUndecided("key")) << "somebody may yet take the first";
  changes_.OnNack(kNear, kRound);
  changes_.OnNack(kFar, kRound);
  EXPECT_FALSE(changes_.HasUndecided("key"));
}

}  // namespace
}  // namespace kindred
