// How records come into step: by reads that are not vouched for yet, and by writes.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/node/vouch_fixture.h"

namespace kindred {
namespace {

using RecordsInStep = VouchFixture;

// --- how a record comes into step

TEST_F(RecordsInStep, APlainReadAsksWhoVouchesToBeInStep) {
  for (Peer primary : {kNear, kFar}) {
    const std::string key = KeyOf(primary);
    WriteOutOfStep(key);
    Get(key);
    const Asks asks = TakeAsks();
    ASSERT_EQ(asks.size(), 1u);
    EXPECT_EQ(asks[0].first, primary);
    EXPECT_TRUE(asks[0].second.step);
    EXPECT_TRUE(asks[0].second.digest.has_value());
  }
}

TEST_F(RecordsInStep, TheNextReadTakesAWordInsteadOfAnAsk) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const uint64_t read = Get(key);
  EXPECT_TRUE(node_->WantsEndTurn());
  const Questions questions = EndTurn();
  EXPECT_TRUE(TakeAsks().empty());
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].first, kFar);
  EXPECT_EQ(questions[0].second.known, standing_[kFar]);
  EXPECT_EQ(ReplyTo(read), "");
  Vouched(kFar, questions[0].second.id);
  EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
  EXPECT_EQ(node_->pending(), 0u);
  EXPECT_FALSE(node_->WantsEndTurn());
}

TEST_F(RecordsInStep, AnswersWithoutAStepPutNothingInStep) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  ReadPlainly(key, {});
  EXPECT_FALSE(IsInStep(key));
}

// The writer may have decided it, and knows that it is here: his word would not name the key.
TEST_F(RecordsInStep, AGroupThatIsKeptHereSinceTheReadBeganKeepsItsKeysOut) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  GuardedGroup group;
  group.id = 7;
  Guarded& item = group.items.emplace_back();
  item.key = RecordKeyOf(key);
  item.base = written_[key];
  item.version.dot = {ActorOf(kFar), item.base.begin()->time + 1};
  item.version.guarded = true;
  Get(key);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  Send(kFar, group);
  TellSame(asks[0], StepOf(kFar, kFar));
  Get(key);
  EXPECT_EQ(TakeAsks().size(), 1u) << "it is asked for, as before";
}

TEST_F(RecordsInStep, AStandingThatIsNotKnownIsHeardFirst) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  ++standing_[kFar].changes;
  ReadPlainly(key, StepOf(kFar, kFar));
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u) << "without a read that needs it";
  EXPECT_EQ(questions[0].first, kFar);
  EXPECT_EQ(questions[0].second.known, (Standing{kLife, 0, 0}));
  Vouched(kFar, questions[0].second.id);
  ReadPlainly(key, StepOf(kFar, kFar));
  EXPECT_TRUE(IsInStep(key));
}

TEST_F(RecordsInStep, WhereNotAllHaveGrantedToThePrimaryNothingIsInStep) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  ReadPlainly(key, Step{standing_[kFar], ActorOf(kNear), false});
  EXPECT_FALSE(IsInStep(key)) << "another holder there than here";
  ReadPlainly(key, Step{standing_[kFar], ActorOf(kFar), false});
  EXPECT_FALSE(IsInStep(key)) << "an actor that the primary is not any more";
  ReadPlainly(key, Step{standing_[kFar], 0, false});
  EXPECT_FALSE(IsInStep(key));
  ReadPlainly(key, StepOf(kFar, kFar));
  EXPECT_TRUE(IsInStep(key));
}

TEST_F(RecordsInStep, WhereThisNodeHasGrantedToNobodyNothingIsInStep) {
  const std::string key = KeyOf(kFar);
  for (int i = 0; i < 2; ++i) {
    const uint64_t read = Get(key);
    const Asks asks = TakeAsks();
    ASSERT_EQ(asks.size(), 1u) << i;
    TellSame(asks[0], Step{standing_[kFar], 0, false});
    EXPECT_EQ(ReplyTo(read), "$-1\r\n");
  }
}

TEST_F(RecordsInStep, AKeyThatIsNotThereIsInStepLikeAnyOther) {
  const std::string key = KeyOf(kFar);
  Grant(key, kFar);
  Get(key);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  TellSame(asks[0], StepOf(kFar, kFar));
  EXPECT_TRUE(IsInStep(key));
}

TEST_F(RecordsInStep, WhatHasChangedHereSinceTheQuestionIsNotInStep) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  Get(key);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  Write(key, "w", {});
  TellSame(asks[0], StepOf(kFar, kFar));
  EXPECT_FALSE(IsInStep(key));
}

TEST_F(RecordsInStep, AStepThatHasEndedSinceTheQuestionIsNotJoined) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  Get(key);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  shared_->NoteChange(VnodeOf(key));
  TellSame(asks[0], StepOf(kFar, kFar));
  EXPECT_FALSE(IsInStep(key));
}

TEST_F(RecordsInStep, ReadsOfMoreOrLessThanAMajorityAreNotVouchedFor) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  consistency_.read = Level::All();
  Get(key);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 2u);
  EXPECT_FALSE(asks[0].second.step);
  EXPECT_FALSE(asks[1].second.step);
  consistency_.read = Level::Number(1);
  std::string reply;
  EXPECT_TRUE(Submit({"GET", key}, &reply).done);
  EXPECT_TRUE(EndTurn().empty());
}

// --- at the write

TEST_F(RecordsInStep, AWriteOfAKnownStandingIsInStepAtOnce) {
  const std::string key = KeyOf(kNear);
  Grant(key, kNear);
  const auto acked = Write(key, "v", standing_[kNear]);
  EXPECT_EQ(acked, shared_->changes().StandingFor(kNear));
  decided_[kNear].below = granted_until_;
  const uint64_t read = Get(key);
  EXPECT_TRUE(TakeAsks().empty());
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u);
  Vouched(questions[0].first, questions[0].second.id);
  EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
}

TEST_F(RecordsInStep, AWriteThatIsNotKnownToBeDecidedIsReadPlainly) {
  const std::string key = KeyOf(kNear);
  Grant(key, kNear);
  Write(key, "v", standing_[kNear]);
  const uint64_t read = Get(key);
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u);
  Vouched(questions[0].first, questions[0].second.id);
  EXPECT_EQ(ReplyTo(read), "");
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  TellSame(asks[0], StepOf(kNear, kNear));
  EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
  EXPECT_TRUE(IsInStep(key)) << "that a majority has it has been seen";
}

TEST_F(RecordsInStep, AWriteOfAnUnknownStandingHasItsWriterHeard) {
  const std::string key = KeyOf(kNear);
  Grant(key, kNear);
  ++standing_[kNear].missed;
  Write(key, "v", standing_[kNear]);
  Get(key);
  EXPECT_EQ(TakeAsks().size(), 1u);
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].first, kNear);
}

TEST_F(RecordsInStep, AnotherWriteOfThePrimaryStaysInStep) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  Write(key, "w", standing_[kFar]);
  decided_[kFar].below = granted_until_;
  const uint64_t read = Get(key);
  EXPECT_TRUE(TakeAsks().empty());
  for (const auto& [peer, question] : EndTurn()) Vouched(peer, question.id);
  EXPECT_EQ(ReplyTo(read), "$1\r\nw\r\n");
}

// --- keys whose primary this node is

class OwnKeys : public VouchFixture {
 protected:
  // The write of a key is on its way: both have granted, and have told that there was no record.
  std::vector<std::pair<Peer, Guarded>> StartWrite() {
    key_ = KeyOf(kSelf);
    std::string reply;
    Submit({"SET", key_, "v"}, &reply);
    for (const auto& [peer, prepare] : Sent<Prepare>()) GrantAsAsked(peer, prepare);
    for (const auto& [peer, ask] : Sent<Ask>()) Answer(peer, Tell{ask.id, true, {}});
    return Sent<Guarded>();
  }
  void GrantAsAsked(Peer peer, const Prepare& prepare) {
    Prepared prepared;
    prepared.id = prepare.id;
    for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, item.from, 0});
    Answer(peer, prepared);
  }

  std::string key_;
};

TEST_F(OwnKeys, AWriteTellsTheStanding) {
  const auto sent = StartWrite();
  ASSERT_EQ(sent.size(), 2u);
  for (const auto& [peer, guarded] : sent) {
    EXPECT_EQ(guarded.standing, shared_->changes().StandingFor(peer));
  }
}

TEST_F(OwnKeys, AWriteIsInStepWhenWhoVouchesHasTakenIt) {
  for (const auto& [peer, guarded] : StartWrite()) {
    Answer(peer, Ack{guarded.id, standing_[peer]});
  }
  const uint64_t read = Get(key_);
  EXPECT_TRUE(TakeAsks().empty());
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].first, kNear) << "the one that comes next";
  Vouched(kNear, questions[0].second.id);
  EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
}

TEST_F(OwnKeys, AWriteThatOnlyAnotherHasTakenIsNotInStep) {
  for (const auto& [peer, guarded] : StartWrite()) {
    if (peer == kFar) Answer(peer, Ack{guarded.id, standing_[peer]});
  }
  Get(key_);
  EXPECT_EQ(TakeAsks().size(), 1u);
}

TEST_F(OwnKeys, WhileAWriteIsUndecidedNothingComesIntoStep) {
  StartWrite();
  Get(key_);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  EXPECT_FALSE(asks[0].second.step);
}

TEST_F(OwnKeys, AReadPutsThemInStepUnderOurOwnGrant) {
  for (const auto& [peer, guarded] : StartWrite()) Answer(peer, Ack{guarded.id});
  const uint64_t actor = shared_->actor();
  ReadPlainly(key_, Step{standing_[kNear], actor, false});
  EXPECT_TRUE(IsInStep(key_));
}

}  // namespace
}  // namespace kindred
