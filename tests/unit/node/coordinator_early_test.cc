// Replies that are given early: this node is the coordinator, its client takes them, and they stand
// when the word has come, or are recalled.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hybrid_clock.h"
#include "replica/changes.h"
#include "tests/unit/node/vouch_fixture.h"

namespace kindred {
namespace {

class EarlyReplies : public VouchFixture {
 protected:
  static constexpr uint64_t kConnection = 7;

  struct Early {
    Submitted submitted;
    std::string reply;
  };
  Early Read(const Words& words) {
    Early early;
    connection_ = kConnection;
    early.submitted = Submit(words, &early.reply);
    connection_ = 0;
    Serve();
    return early;
  }
  Early ReadKey(const std::string& key) { return Read({"GET", key}); }
  static bool IsEarly(const Early& early) {
    return early.submitted.done && early.submitted.word != 0;
  }
  // The only question of this turn.
  uint64_t Question() {
    const Questions questions = EndTurn();
    EXPECT_EQ(questions.size(), 1u);
    return questions.empty() ? 0 : questions[0].second.id;
  }
  void ExpectRecalled(const Early& early) {
    ASSERT_EQ(recalls_.size(), 1u);
    EXPECT_EQ(recalls_[0].connection, kConnection);
    EXPECT_EQ(recalls_[0].request, early.submitted.id);
    EXPECT_EQ(recalls_[0].lookups, early.submitted.lookups);
    EXPECT_GE(heard_, early.submitted.word);
  }
  // It is read at a replica, and answered by its old id.
  void ExpectReadPlainly(const Early& early, const std::string& reply = "$1\r\nv\r\n") {
    ExpectRecalled(early);
    EXPECT_EQ(ReplyTo(early.submitted.id), "");
    const Asks asks = TakeAsks();
    ASSERT_EQ(asks.size(), 1u);
    TellSame(asks[0]);
    EXPECT_EQ(ReplyTo(early.submitted.id), reply);
  }
};

TEST_F(EarlyReplies, AReadOfWhatIsInStepIsAnsweredAsItArrives) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  heard_ = 0;
  const Early early = ReadKey(key);
  ASSERT_TRUE(IsEarly(early));
  EXPECT_EQ(early.reply, "$1\r\nv\r\n");
  EXPECT_EQ(early.submitted.lookups, (Lookups{1, 0}));
  EXPECT_EQ(node_->pending(), 0u);
  const uint64_t question = Question();
  EXPECT_EQ(heard_, 0u);
  Vouched(kFar, question);
  EXPECT_EQ(heard_, early.submitted.word);
  EXPECT_TRUE(recalls_.empty());
}

TEST_F(EarlyReplies, AReadOfWhatIsInNoStepWaits) {
  const std::string key = KeyOf(kFar);
  WriteOutOfStep(key);
  EXPECT_FALSE(ReadKey(key).submitted.done);
}

TEST_F(EarlyReplies, WhatIsNotKnownToBeDecidedWaitsForTheWordItself) {
  const std::string key = KeyOf(kFar);
  Grant(key, kFar);
  Write(key, "v", standing_[kFar]);
  const Early read = ReadKey(key);
  EXPECT_FALSE(read.submitted.done);
  const uint64_t question = Question();
  decided_[kFar].below = 1 + TimeOfMs(now_ms_) + writes_;
  Vouched(kFar, question);
  EXPECT_EQ(ReplyTo(read.submitted.id), "$1\r\nv\r\n");
}

TEST_F(EarlyReplies, OneIsRecalledWhereItsKeyIsBehind) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early early = ReadKey(key);
  Vouch vouch = WordOf(kFar, Question());
  vouch.behind = {BehindNumber(RecordKeyOf(key))};
  Send(kFar, vouch);
  ExpectReadPlainly(early);
}

TEST_F(EarlyReplies, OneIsRecalledWhereTheStepHasEnded) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early early = ReadKey(key);
  ++standing_[kFar].changes;
  Vouch vouch = WordOf(kFar, Question());
  vouch.changed = {VnodeOf(key)};
  Send(kFar, vouch);
  ExpectReadPlainly(early);
}

// The write may have been answered before the read began, while it was on its way to this node: it
// comes before the word, which then says that this node has all.
TEST_F(EarlyReplies, OneIsRecalledWhereItsRecordHasChangedMeanwhile) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early early = ReadKey(key);
  const uint64_t question = Question();
  Write(key, "w", standing_[kFar]);
  Vouched(kFar, question);
  ExpectReadPlainly(early, "$1\r\nw\r\n");
}

TEST_F(EarlyReplies, OneStandsWhereOnlyAnotherRecordHasChanged) {
  const std::string key = KeyOf(kFar, 0), other = KeyOf(kFar, 1);
  PutInStep(key);
  PutInStep(other);
  const Early early = ReadKey(key);
  const uint64_t question = Question();
  Write(other, "w", standing_[kFar]);
  Vouched(kFar, question);
  EXPECT_TRUE(recalls_.empty());
  EXPECT_EQ(heard_, early.submitted.word);
}

TEST_F(EarlyReplies, OneIsRecalledWhereTheWordTellsOfAFlush) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early early = ReadKey(key);
  Vouch vouch = WordOf(kFar, Question());
  vouch.flushed = {TimeOfMs(now_ms_) + 1000};
  Send(kFar, vouch);
  ExpectReadPlainly(early, "$-1\r\n");
}

TEST_F(EarlyReplies, AreRecalledWhereWhoVouchesFallsSilent) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early first = ReadKey(key);
  Question();
  Wait(settings_.hedge_ms_max + 1);
  ExpectReadPlainly(first);
  EXPECT_FALSE(ReadKey(key).submitted.done) << "nobody waits for him now";
}

TEST_F(EarlyReplies, AreRecalledWhereALinkBreaksAlsoThoseNobodyWasAskedAbout) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early asked = ReadKey(key);
  Question();
  const Early gathering = ReadKey(key);
  EXPECT_GT(gathering.submitted.word, asked.submitted.word);
  node_->OnLinkDown(kFar, now_ms_);
  Serve();
  ASSERT_EQ(recalls_.size(), 2u);
  EXPECT_EQ(recalls_[0].request, asked.submitted.id);
  EXPECT_EQ(recalls_[1].request, gathering.submitted.id);
  EXPECT_EQ(heard_, gathering.submitted.word);
}

TEST_F(EarlyReplies, WordsAreHeardInTheOrderOfTheQuestions) {
  const std::string near = KeyOf(kNear), far = KeyOf(kFar);
  PutInStep(near);
  PutInStep(far);
  const Early first = ReadKey(near);
  const uint64_t to_near = Question();
  const Early second = ReadKey(far);
  const uint64_t to_far = Question();
  Vouched(kFar, to_far);
  EXPECT_LT(heard_, first.submitted.word);
  Vouched(kNear, to_near);
  EXPECT_EQ(heard_, second.submitted.word);
}

TEST_F(EarlyReplies, AWordThatWasAskedForBeforeIsNotTheReads) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const Early first = ReadKey(key);
  const uint64_t question = Question();
  const Early second = ReadKey(key);
  Vouched(kFar, question);
  EXPECT_EQ(heard_, first.submitted.word);
  EXPECT_LT(heard_, second.submitted.word);
}

TEST_F(EarlyReplies, AListOfKeysIsAnsweredAsOneAndRecalledOnce) {
  const std::string a = KeyOf(kFar, 0), b = KeyOf(kFar, 1);
  PutInStep(a);
  PutInStep(b);
  const Early early = Read({"MGET", a, b});
  ASSERT_TRUE(IsEarly(early));
  EXPECT_EQ(early.reply, "*2\r\n$1\r\nv\r\n$1\r\nv\r\n");
  Vouch vouch = WordOf(kFar, Question());
  vouch.behind = {BehindNumber(RecordKeyOf(a)), BehindNumber(RecordKeyOf(b))};
  Send(kFar, vouch);
  ExpectRecalled(early);
  EXPECT_GT(node_->pending(), 0u);
}

TEST_F(EarlyReplies, AListWithAKeyThatIsInNoStepIsNotAnsweredEarlyAtAll) {
  const std::string a = KeyOf(kFar, 0), b = KeyOf(kFar, 1);
  PutInStep(a);
  WriteOutOfStep(b);
  const Early read = Read({"MGET", a, b});
  EXPECT_FALSE(read.submitted.done);
  EXPECT_EQ(read.reply, "");
  const Early early = ReadKey(a);
  Vouch vouch = WordOf(kFar, Question());
  vouch.behind = {BehindNumber(RecordKeyOf(a))};
  Send(kFar, vouch);
  ExpectRecalled(early);
}

TEST_F(EarlyReplies, BeyondSoManyReadsWaitThemselves) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  size_t early = 0;
  while (early < 100'000 && IsEarly(ReadKey(key))) ++early;
  EXPECT_EQ(early, 16384u);
}

}  // namespace
}  // namespace kindred
