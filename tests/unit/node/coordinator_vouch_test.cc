// Reads of what is in step: this node is the coordinator, and waits for the word of others.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hybrid_clock.h"
#include "replica/changes.h"
#include "tests/unit/node/vouch_fixture.h"

namespace kindred {
namespace {

using ReadsInStep = VouchFixture;

// --- one word for many

TEST_F(ReadsInStep, ReadsOfOneTurnShareAQuestion) {
  const Words near = {KeyOf(kNear, 0), KeyOf(kNear, 1), KeyOf(kNear, 2)};
  const Words far = {KeyOf(kFar, 0), KeyOf(kFar, 1)};
  std::vector<uint64_t> reads;
  for (const Words& keys : {near, far}) {
    for (const std::string& key : keys) PutInStep(key);
  }
  for (const Words& keys : {near, far}) {
    for (const std::string& key : keys) reads.push_back(Get(key));
  }
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 2u) << "one for each peer";
  EXPECT_NE(questions[0].first, questions[1].first);
  EXPECT_EQ(questions[0].second.id, questions[1].second.id);
  EXPECT_TRUE(TakeAsks().empty());
  for (const auto& [peer, question] : questions) Vouched(peer, question.id);
  for (uint64_t read : reads) EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
}

TEST_F(ReadsInStep, AReadIsNotAnsweredByAWordThatWasAskedForBefore) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  const uint64_t first = Get(key);
  const Questions before = EndTurn();
  const uint64_t second = Get(key);
  ASSERT_EQ(before.size(), 1u);
  Vouched(kFar, before[0].second.id);
  EXPECT_NE(ReplyTo(first), "");
  EXPECT_EQ(ReplyTo(second), "");
  const Questions after = EndTurn();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_NE(after[0].second.id, before[0].second.id);
  Vouched(kFar, after[0].second.id);
  EXPECT_NE(ReplyTo(second), "");
}

TEST_F(ReadsInStep, AThirdQuestionWaitsForTheAnswerToAnEarlierOne) {
  const std::string key = KeyOf(kFar);
  PutInStep(key);
  Get(key);
  const Questions first = EndTurn();
  ASSERT_EQ(first.size(), 1u);
  Get(key);
  EXPECT_EQ(EndTurn().size(), 1u) << "a second one may be out";
  const uint64_t third = Get(key);
  EXPECT_FALSE(node_->WantsEndTurn());
  EXPECT_TRUE(EndTurn().empty());
  Vouched(kFar, first[0].second.id);
  EXPECT_EQ(ReplyTo(third), "");
  const Questions last = EndTurn();
  ASSERT_EQ(last.size(), 1u);
  Vouched(kFar, last[0].second.id);
  EXPECT_NE(ReplyTo(third), "");
}

TEST_F(ReadsInStep, TheSameWordTwiceCountsOnce) {
  const std::string near = KeyOf(kNear), far = KeyOf(kFar);
  PutInStep(near);
  PutInStep(far);
  const uint64_t read = Get(near);
  Get(far);
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 2u);
  Vouched(kNear, questions[0].second.id);
  Vouched(kNear, questions[0].second.id);
  EXPECT_EQ(ReplyTo(read), "") << "both have been asked";
  Vouched(kFar, questions[0].second.id);
  EXPECT_NE(ReplyTo(read), "");
}

// --- words that do not do

// A key in step, a read of it, and the question to its primary.
class AWord : public VouchFixture {
 protected:
  void SetUp() override {
    VouchFixture::SetUp();
    key_ = KeyOf(kFar);
    PutInStep(key_);
    read_ = Get(key_);
    const Questions questions = EndTurn();
    ASSERT_EQ(questions.size(), 1u);
    question_ = questions[0].second.id;
  }
  // The read is not answered by the word, but by a replica.
  void ExpectReadPlainly() {
    EXPECT_EQ(ReplyTo(read_), "");
    const Asks asks = TakeAsks();
    ASSERT_EQ(asks.size(), 1u);
    TellSame(asks[0]);
    EXPECT_EQ(ReplyTo(read_), "$1\r\nv\r\n");
  }

  std::string key_;
  uint64_t read_ = 0;
  uint64_t question_ = 0;
};

TEST_F(AWord, ThatTheVnodeHasChangedEndsItsStep) {
  ++standing_[kFar].changes;
  Vouch vouch = WordOf(kFar, question_);
  vouch.changed = {VnodeOf(key_)};
  Send(kFar, vouch);
  ExpectReadPlainly();
  EXPECT_FALSE(IsInStep(key_));
}

TEST_F(AWord, ThatAnotherVnodeHasChangedDoes) {
  ++standing_[kFar].changes;
  Vouch vouch = WordOf(kFar, question_);
  vouch.changed = {(VnodeOf(key_) + 1) % 8};
  Send(kFar, vouch);
  EXPECT_EQ(ReplyTo(read_), "$1\r\nv\r\n");
  EXPECT_TRUE(IsInStep(key_));
}

TEST_F(AWord, ThatMuchHasChangedEndsAllSteps) {
  ++standing_[kFar].missed;
  Vouch vouch = WordOf(kFar, question_);
  vouch.all = true;
  Send(kFar, vouch);
  ExpectReadPlainly();
  EXPECT_FALSE(IsInStep(key_));
}

TEST_F(AWord, ThatTheKeyIsBehindMakesThisReadPlain) {
  Vouch vouch = WordOf(kFar, question_);
  vouch.behind = {BehindNumber(RecordKeyOf(key_))};
  Send(kFar, vouch);
  ExpectReadPlainly();
  EXPECT_TRUE(IsInStep(key_)) << "the write will be taken here, too";
}

TEST_F(AWord, ThatAnotherKeyIsBehindDoes) {
  Vouch vouch = WordOf(kFar, question_);
  vouch.behind = {BehindNumber(RecordKeyOf(KeyOf(kFar, 1)))};
  Send(kFar, vouch);
  EXPECT_EQ(ReplyTo(read_), "$1\r\nv\r\n");
}

TEST_F(AWord, OfANewLifeEndsTheStep) {
  ++standing_[kFar].life;
  Vouched(kFar, question_);
  ExpectReadPlainly();
}

TEST_F(AWord, OfAnEarlierLifeIsNone) {
  --standing_[kFar].life;
  Vouched(kFar, question_);
  EXPECT_EQ(ReplyTo(read_), "");
  EXPECT_TRUE(TakeAsks().empty());
  ++standing_[kFar].life;
  Vouched(kFar, question_);
  EXPECT_EQ(ReplyTo(read_), "$1\r\nv\r\n");
}

TEST_F(AWord, OfSomebodyElseIsNotWaitedFor) {
  Vouched(kNear, question_);
  EXPECT_EQ(ReplyTo(read_), "");
  EXPECT_TRUE(TakeAsks().empty());
}

TEST_F(AWord, AfterACopyHasChangedTheVnodeHereDoesNotDo) {
  Version version;
  version.dot = {5, TimeOfMs(now_ms_)};
  version.kind = Kind::kString;
  std::string other;
  for (size_t i = 1; other.empty() || VnodeOf(other) != VnodeOf(key_); ++i) other = KeyOf(kFar, i);
  Send(kNear, Replicate{0, RecordKeyOf(other), Put({}, {}, version)});
  Vouched(kFar, question_);
  ExpectReadPlainly();
}

TEST_F(AWord, AfterAnotherHasTakenTheVnodeOverDoesNotDo) {
  Grant(key_, kNear);
  Vouched(kFar, question_);
  ExpectReadPlainly();
}

TEST_F(AWord, AnswersWithWhatThePrimaryHasWrittenMeanwhile) {
  Write(key_, "w", standing_[kFar]);
  decided_[kFar].below = granted_until_;
  Vouched(kFar, question_);
  EXPECT_EQ(ReplyTo(read_), "$1\r\nw\r\n");
}

TEST_F(AWord, ThatTellsOfAFlushIsHeardWithIt) {
  Vouch vouch = WordOf(kFar, question_);
  vouch.flushed = {TimeOfMs(now_ms_ + 1)};
  Send(kFar, vouch);
  EXPECT_EQ(ReplyTo(read_), "$-1\r\n");
}

// --- peers that do not answer

TEST_F(AWord, ThatDoesNotComeInTimeIsNotWaitedFor) {
  Wait(settings_.hedge_ms_min - 1);
  EXPECT_TRUE(TakeAsks().empty());
  Wait(1);
  ExpectReadPlainly();
  EXPECT_FALSE(IsInStep(key_)) << "further reads are plain at once";
}

TEST_F(AWord, ThatDoesNotComeInTimeTakesWhatHasGatheredAlong) {
  Get(key_);
  EndTurn();
  Get(key_);
  EXPECT_TRUE(EndTurn().empty());
  Wait(settings_.hedge_ms_min);
  EXPECT_EQ(TakeAsks().size(), 3u);
}

TEST_F(AWord, ThatComesLateIsWaitedForFromThenOn) {
  Wait(settings_.hedge_ms_min);
  ExpectReadPlainly();
  Vouched(kFar, question_);
  EXPECT_TRUE(IsInStep(key_));
}

TEST_F(AWord, IsAskedForAgainFromTimeToTime) {
  EXPECT_TRUE(Wait(settings_.hedge_ms_min).empty());
  EXPECT_TRUE(Wait(99 - settings_.hedge_ms_min).empty());
  const Questions again = Wait(1);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].first, kFar);
  EXPECT_TRUE(Wait(99).empty());
  EXPECT_EQ(Wait(1).size(), 1u);
  TakeAsks();
  EXPECT_FALSE(IsInStep(key_));
}

TEST_F(AWord, OfWhoseLinkIsDownIsNotWaitedFor) {
  node_->OnLinkDown(kFar, now_ms_);
  const Asks asks = TakeAsks();
  ASSERT_EQ(asks.size(), 1u);
  EXPECT_EQ(asks[0].first, kNear);
  TellSame(asks[0]);
  EXPECT_EQ(ReplyTo(read_), "$1\r\nv\r\n");
  EXPECT_EQ(shared_->steps().Known(kFar), Standing());
}

TEST_F(AWord, OfAnEarlierLinkDoesNotBringTheStepBack) {
  node_->OnLinkDown(kFar, now_ms_);
  for (const auto& ask : TakeAsks()) TellSame(ask);
  node_->OnLinkUp(kFar, now_ms_);
  Serve();
  Vouched(kFar, question_);
  EXPECT_FALSE(IsInStep(key_));
}

TEST_F(AWord, IsAskedForOfWhoseLinkIsUpAgain) {
  node_->OnLinkDown(kFar, now_ms_);
  TakeAsks();
  EndTurn();
  node_->OnLinkUp(kFar, now_ms_);
  const Questions questions = EndTurn();
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].first, kFar);
  EXPECT_EQ(questions[0].second.known, Standing()) << "much may have happened between";
}

}  // namespace
}  // namespace kindred
