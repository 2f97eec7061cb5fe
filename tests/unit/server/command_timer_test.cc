#include "server/command_timer.h"

#include <gtest/gtest.h>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class CommandTimerTest : public testing::Test, protected World {
 protected:
  CommandTotals Of(std::string_view name) {
    for (CommandTotals& totals : server_->command_statistics().totals()) {
      if (totals.row->name == name) return totals;
    }
    return {};
  }
  void After(uint64_t ms) { host_.steady_ns += ms * 1'000'000; }
};

TEST_F(CommandTimerTest, CountsCallsFailuresAndWhatWasRejected) {
  Say("SET k v\r\nGET k\r\nINCR k\r\nGET\r\nCLIENT ID\r\nCLIENT ID 1\r\nnosuch\r\nREADONLY\r\n");
  EXPECT_EQ(Of("get").calls, 1u);
  EXPECT_EQ(Of("get").rejected, 1u);
  EXPECT_EQ(Of("incr").calls, 1u);
  EXPECT_EQ(Of("incr").failed, 1u);
  EXPECT_EQ(Of("client|id").calls, 1u);
  EXPECT_EQ(Of("client|id").rejected, 1u);
  EXPECT_EQ(Of("client").calls, 0u);
  EXPECT_EQ(Of("readonly").failed, 1u);
  EXPECT_EQ(server_->errors().counts().at("ERR"), 5u);
}

TEST_F(CommandTimerTest, WhatRunsInATransactionCountsAsIfItCameByItself) {
  Say("SET k v\r\n");
  // As one group, and one after the other.
  for (const std::string other : {"{k}b", "b"}) {
    server_->ResetStatistics();
    Say("MULTI\r\nINCR k\r\nECHO x\r\nGET k\r\nGET " + other + "\r\nEXEC\r\n");
    EXPECT_EQ(Of("incr").calls, 1u);
    EXPECT_EQ(Of("incr").failed, 1u);
    EXPECT_EQ(Of("echo").calls, 1u);
    EXPECT_EQ(Of("get").calls, 2u);
    EXPECT_EQ(Of("get").times.total(), 2u);
    EXPECT_EQ(Of("exec").calls, 1u);
    EXPECT_EQ(Of("exec").failed, 0u);
    EXPECT_EQ(server_->errors().counts().at("ERR"), 1u);
    const Totals total = server_->statistics().total();
    EXPECT_EQ(total[Counter::kCommands], 6u);
    EXPECT_EQ(total[Counter::kErrors], 1u);
    EXPECT_EQ(total[Counter::kHits], 1u);
    EXPECT_EQ(total[Counter::kMisses], 1u);
  }
}

TEST_F(CommandTimerTest, WhatAWatchedKeyForbadeDoesNotCount) {
  Say("WATCH k\r\nSET k 1\r\nMULTI\r\nGET k\r\nEXEC\r\n");
  EXPECT_EQ(Of("get").calls, 0u);
  EXPECT_EQ(Of("exec").calls, 1u);
  EXPECT_EQ(Of("exec").failed, 0u);
}

TEST_F(CommandTimerTest, ExecThatAnswersWithAnErrorIsACallThatFailed) {
  Say("EXEC\r\nMULTI\r\nWATCH k\r\nnosuch\r\nEXEC\r\nEXEC x\r\n");
  EXPECT_EQ(Of("exec").calls, 2u);
  EXPECT_EQ(Of("exec").failed, 2u);
  EXPECT_EQ(Of("exec").rejected, 1u);
  EXPECT_EQ(Of("watch").failed, 1u);
  EXPECT_EQ(server_->errors().counts().at("ERR"), 3u);
  EXPECT_EQ(server_->errors().counts().at("EXECABORT"), 2u);
}

TEST_F(CommandTimerTest, ACommandInATransactionTakesAsLongAsItsStep) {
  Say("SET {t}k v\r\n");
  server_->ResetStatistics();
  Send("MULTI\r\nSET {t}k w\r\nECHO x\r\nINCR {t}k\r\nEXEC\r\n");
  EXPECT_EQ(Of("set").calls, 0u) << "it has not been answered: the disk is slow";
  After(20);
  store_.Sync();
  Output();
  EXPECT_EQ(Of("set").ns, 20'000'000u);
  EXPECT_EQ(Of("incr").ns, 20'000'000u);
  EXPECT_EQ(Of("echo").ns, 0u);
  EXPECT_EQ(Of("exec").ns, 20'000'000u);
  const std::vector<SlowCommand> slow = server_->slow_log().Newest(10);
  ASSERT_EQ(slow.size(), 2u) << "EXEC itself is not there";
  EXPECT_EQ(UnpackFromLog(slow[0].packed_args), (std::vector<std::string>{"INCR", "{t}k"}));
  EXPECT_EQ(UnpackFromLog(slow[1].packed_args), (std::vector<std::string>{"SET", "{t}k", "w"}));
}

TEST_F(CommandTimerTest, StepsThatWaitForTheDiskTakeTheirOwnTimes) {
  store_.set_not_in_memory_chance(1);
  Send("MULTI\r\nGET a\r\nSTRLEN b\r\nEXEC\r\n");
  After(3);
  store_.set_not_in_memory_chance(0);
  Say("");
  EXPECT_EQ(Of("get").ns, 3'000'000u);
  EXPECT_EQ(Of("strlen").calls, 1u);
  EXPECT_EQ(Of("strlen").ns, 0u);
  EXPECT_EQ(Of("exec").ns, 3'000'000u);
}

TEST_F(CommandTimerTest, ACommandTakesUntilItsAnswerMayLeave) {
  Say("SET k v\r\n");
  server_->ResetStatistics();
  Send("SET k w\r\n");
  EXPECT_EQ(Of("set").calls, 0u) << "it has not been answered: the disk is slow";
  After(20);
  EXPECT_EQ(Output(), "");
  store_.Sync();
  EXPECT_EQ(Output(), "+OK\r\n");
  EXPECT_EQ(Of("set").calls, 1u);
  EXPECT_EQ(Of("set").ns, 20'000'000u);
}

TEST_F(CommandTimerTest, ACommandThatNeedsTheDiskTakesUntilItIsThere) {
  store_.set_not_in_memory_chance(1);
  Send("GET k\r\n");
  After(3);
  store_.set_not_in_memory_chance(0);
  Say("");
  EXPECT_EQ(Of("get").calls, 1u);
  EXPECT_EQ(Of("get").times.PercentileNs(50), 3'014'655u);
}

TEST_F(CommandTimerTest, SlowOnesAreInTheSlowLogWithTheirArguments) {
  Say("CLIENT SETNAME me\r\nSET warm 1\r\n");
  Send("SET k v\r\n");
  After(10);
  store_.Sync();
  Output();
  Send("SET k w\r\n");
  After(9);
  store_.Sync();
  Output();
  const std::vector<SlowCommand> slow = server_->slow_log().Newest(10);
  ASSERT_EQ(slow.size(), 1u);
  EXPECT_EQ(slow[0].duration_us, 10'000u);
  EXPECT_EQ(slow[0].unix_s, kNow / 1000);
  EXPECT_EQ(slow[0].client_address, "127.0.0.1:5");
  EXPECT_EQ(slow[0].client_name, "me");
  EXPECT_EQ(UnpackFromLog(slow[0].packed_args), (std::vector<std::string>{"SET", "k", "v"}));
}

TEST_F(CommandTimerTest, WhatIsAnsweredBehindAWriteIsInTheSlowLogBehindIt) {
  Say("CONFIG SET slowlog-log-slower-than 0\r\nSLOWLOG RESET\r\n");
  Send("SET k v\r\nECHO x\r\n");
  After(20);
  store_.Sync();
  Output();
  const std::vector<SlowCommand> slow = server_->slow_log().Newest(10);
  ASSERT_EQ(slow.size(), 3u);
  EXPECT_EQ(UnpackFromLog(slow[0].packed_args), (std::vector<std::string>{"ECHO", "x"}));
  EXPECT_EQ(slow[0].duration_us, 0u);
  EXPECT_EQ(UnpackFromLog(slow[1].packed_args), (std::vector<std::string>{"SET", "k", "v"}));
  EXPECT_EQ(slow[1].duration_us, 20'000u);
}

TEST_F(CommandTimerTest, TheSlowLogKeepsAllOrNoneOrSoMany) {
  Say("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 2\r\n");
  Say("PING\r\nPING\r\nPING\r\n");
  EXPECT_EQ(server_->slow_log().size(), 2u);
  Say("CONFIG SET slowlog-log-slower-than -1\r\n");
  server_->slow_log().Reset();
  Say("PING\r\n");
  EXPECT_EQ(server_->slow_log().size(), 0u);
}

TEST_F(CommandTimerTest, EventsAreKeptFromTheThresholdOn) {
  Say("SET k v\r\nCONFIG SET latency-monitor-threshold 5\r\n");
  Send("SET k w\r\n");
  After(4);
  store_.Sync();
  Output();
  EXPECT_TRUE(server_->latency_events().all().empty());
  Send("SET k x\r\n");
  After(5);
  store_.Sync();
  Output();
  EXPECT_EQ(server_->latency_events().Find("command")->max_ms, 5u);
}

TEST_F(CommandTimerTest, WithoutTrackingThereAreNoTimes) {
  Say("CONFIG SET latency-tracking no\r\nPING\r\n");
  EXPECT_EQ(Of("ping").calls, 1u);
  EXPECT_EQ(Of("ping").times.total(), 0u);
}

TEST_F(CommandTimerTest, AResetForgetsAll) {
  Say("PING\r\nnosuch\r\n");
  Say("CONFIG RESETSTAT\r\n");
  EXPECT_EQ(Of("ping").calls, 0u);
  EXPECT_EQ(Of("ping").times.total(), 0u);
  EXPECT_TRUE(server_->errors().counts().empty());
  Say("PING\r\n");
  EXPECT_EQ(Of("ping").calls, 1u);
  EXPECT_EQ(Of("ping").times.total(), 1u);
}

}  // namespace
}  // namespace kindred
