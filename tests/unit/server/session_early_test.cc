// A session whose reads are answered early, at a node of three: the test is the client, the loop,
// and the two other nodes.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "replica/changes.h"
#include "tests/unit/node/vouch_fixture.h"
#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class EarlySession : public VouchFixture {
 protected:
  void SetUp() override {
    VouchFixture::SetUp();
    key_ = KeyOf(kFar, 0);
    other_ = KeyOf(kFar, 1);
    PutInStep(key_);
    PutInStep(other_);
    server_ = std::make_unique<Server>(config_, *shared_, host_, ProcessIdentity{});
    Session::Peername names{"127.0.0.1:5", "127.0.0.1:7001"};
    names.connection = 7;
    session_ = std::make_unique<Session>(*server_, *node_, Face::kPlain, names, now_ms_);
    told_.clear();  // replies to the fixture's own reads
  }
  void TearDown() override { session_.reset(); }

  // What the loop does with the node's outbox.
  void Work() {
    Serve();
    for (const Outbox::Recall& recall : std::exchange(recalls_, {})) session_->OnRecall(recall);
    if (heard_ != 0) session_->OnWord(heard_, now_ms_);
    for (const Outbox::Reply& reply : std::exchange(told_, {})) session_->OnReply(reply, now_ms_);
    Serve();
  }
  void Say(const std::string& commands) {
    session_->OnBytes(commands, now_ms_);
    Work();
  }
  std::string Output() {
    std::string out;
    session_->TakeOutput(store_.durable(), &out);
    return out;
  }
  uint64_t Ask() {
    const Questions questions = EndTurn();
    EXPECT_EQ(questions.size(), 1u);
    return questions.empty() ? 0 : questions[0].second.id;
  }
  void Hear(uint64_t question) {
    Vouched(kFar, question);
    Work();
  }
  void HearThatItIsBehind(uint64_t question, const std::string& key) {
    Vouch vouch = WordOf(kFar, question);
    vouch.behind = {BehindNumber(RecordKeyOf(key))};
    Send(kFar, vouch);
    Work();
  }
  void AnswerAsks() {
    for (const auto& ask : TakeAsks()) TellSame(ask);
    Work();
  }
  uint64_t Count(Counter counter) { return server_->statistics().total()[counter]; }
  uint64_t Calls(std::string_view name) {
    for (CommandTotals& totals : server_->command_statistics().totals()) {
      if (totals.row->name == name) return totals.calls;
    }
    return 0;
  }

  std::string key_, other_;
  Config config_;
  FakeHost host_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Session> session_;
};

TEST_F(EarlySession, ARepliesWaitsForItsWordAndSoDoesWhatIsBehindIt) {
  Say("GET " + key_ + "\r\nPING\r\n");
  EXPECT_EQ(Output(), "");
  EXPECT_FALSE(session_->Idle());
  EXPECT_TRUE(session_->TakeNewRequests().empty());
  Hear(Ask());
  EXPECT_EQ(Output(), "$1\r\nv\r\n+PONG\r\n");
  EXPECT_TRUE(session_->Idle());
  EXPECT_EQ(session_->WaitsForWord(), 0u);
}

TEST_F(EarlySession, ARecalledReplyComesInItsPlace) {
  Say("PING\r\nGET " + key_ + "\r\nGET " + other_ + "\r\nECHO x\r\n");
  HearThatItIsBehind(Ask(), key_);
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u);
  EXPECT_EQ(Output(), "+PONG\r\n");
  AnswerAsks();
  EXPECT_EQ(Output(), "$1\r\nv\r\n$1\r\nv\r\n$1\r\nx\r\n");
  EXPECT_TRUE(session_->Idle());
}

TEST_F(EarlySession, ARecalledReplyCountsOnce) {
  Say("GET " + key_ + "\r\n");
  HearThatItIsBehind(Ask(), key_);
  EXPECT_EQ(Calls("get"), 0u);
  AnswerAsks();
  EXPECT_EQ(Count(Counter::kHits), 1u);
  EXPECT_EQ(Calls("get"), 1u);
}

TEST_F(EarlySession, ACallLastsUntilItsWordIsHeard) {
  server_->ResetStatistics();
  Say("GET " + key_ + "\r\n");
  host_.steady_ns += 20'000'000;
  EXPECT_EQ(Calls("get"), 0u);
  Hear(Ask());
  EXPECT_EQ(Calls("get"), 1u);
  const std::vector<SlowCommand> slow = server_->slow_log().Newest(9);
  ASSERT_EQ(slow.size(), 1u);
  EXPECT_EQ(slow[0].duration_us, 20'000u);
  EXPECT_EQ(UnpackFromLog(slow[0].packed_args), (Words{"GET", key_}));
}

// The read may yet be recalled, and must not see what comes behind it.
TEST_F(EarlySession, AWriteOfTheSameKeyWaitsForTheWord) {
  Say("GET " + key_ + "\r\nSET " + key_ + " w\r\n");
  EXPECT_TRUE(session_->TakeNewRequests().empty());
  Hear(Ask());
  EXPECT_EQ(Output(), "$1\r\nv\r\n");
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u);
}

TEST_F(EarlySession, AWriteOfTheSameKeyWaitsForARecalledRead) {
  Say("GET " + key_ + "\r\nSET " + key_ + " w\r\n");
  HearThatItIsBehind(Ask(), key_);
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u) << "the read";
  AnswerAsks();
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u) << "the write";
}

TEST_F(EarlySession, AWriteOfAnotherKeyDoesNotWait) {
  Say("GET " + key_ + "\r\nSET " + other_ + " w\r\n");
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u);
}

TEST_F(EarlySession, WithoutAConnectionReadsWaitThemselves) {
  Session session(*server_, *node_, Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"}, now_ms_);
  session.OnBytes("GET " + key_ + "\r\n", now_ms_);
  EXPECT_EQ(session.TakeNewRequests().size(), 1u);
}

TEST_F(EarlySession, BeyondSoManyEarlyRepliesReadsWaitThemselves) {
  for (size_t i = 0; i < kEarlyRepliesMax; ++i) {
    session_->BeginTurn();
    Say("GET " + key_ + "\r\n");
  }
  EXPECT_TRUE(session_->TakeNewRequests().empty());
  session_->BeginTurn();
  Say("GET " + key_ + "\r\n");
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u);
}

}  // namespace
}  // namespace kindred
