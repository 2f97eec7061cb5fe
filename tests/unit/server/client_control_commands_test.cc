#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class ClientControlTest : public testing::Test, protected World {
 protected:
  ClientControlTest() {
    Session::Peername names{"127.0.0.1:6", "127.0.0.1:7101"};
    names.wake = [this] { ++woken_; };
    other_ = NewSession(Face::kCluster, std::move(names));
  }

  int woken_ = 0;
  std::unique_ptr<Session> other_;  // client 2; session_ is client 1
};

TEST_F(ClientControlTest, KillByAddressSaysOkOrThatNobodyIsThere) {
  EXPECT_EQ(Say("CLIENT KILL 127.0.0.1:6\r\n"), "+OK\r\n");
  EXPECT_TRUE(other_->Killed());
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(Say("CLIENT KILL 127.0.0.1:9\r\n"), "-ERR No such client\r\n");
  EXPECT_EQ(Say("CLIENT KILL ID\r\n"), "-ERR No such client\r\n");
  EXPECT_FALSE(session_->Killed());
}

TEST_F(ClientControlTest, KillCountsThoseThatFitAllFilters) {
  for (const char* filters :
       {"ID 2", "ADDR 127.0.0.1:6", "LADDR 127.0.0.1:7101", "USER default ID 2", "SKIPME YES",
        "TYPE NORMAL", "type normal addr 127.0.0.1:6 laddr 127.0.0.1:7101 id 2 skipme yes"}) {
    EXPECT_EQ(Say(std::string("CLIENT KILL ") + filters + "\r\n"), ":1\r\n") << filters;
  }
  for (const char* filters : {"ID 3", "ID 2 ADDR 127.0.0.1:5", "TYPE pubsub", "TYPE replica",
                              "TYPE slave", "TYPE master", "ID 1"}) {
    EXPECT_EQ(Say(std::string("CLIENT KILL ") + filters + "\r\n"), ":0\r\n") << filters;
  }
}

TEST_F(ClientControlTest, KillMayEndTheOneThatAsksAfterItsAnswer) {
  EXPECT_EQ(Say("CLIENT KILL SKIPME NO\r\nPING\r\n"), ":2\r\n");
  EXPECT_TRUE(session_->CloseAfterOutput());
  EXPECT_EQ(Say(*other_, "CLIENT KILL 127.0.0.1:6\r\nPING\r\n"), "+OK\r\n");
  EXPECT_TRUE(other_->CloseAfterOutput());
}

TEST_F(ClientControlTest, WhatKillDoesNotTake) {
  auto kill = [this](std::string_view words) {
    return Say("CLIENT KILL " + std::string(words) + "\r\n");
  };
  EXPECT_EQ(kill("ID x SKIPME no"), "-ERR client-id should be greater than 0\r\n");
  EXPECT_EQ(kill("ID 0"), "-ERR client-id should be greater than 0\r\n");
  EXPECT_EQ(kill("TYPE foo"), "-ERR Unknown client type 'foo'\r\n");
  EXPECT_EQ(kill("USER nobody"), "-ERR No such user 'nobody'\r\n");
  EXPECT_EQ(kill("SKIPME maybe"), "-ERR syntax error\r\n");
  EXPECT_EQ(kill("FOO bar"), "-ERR syntax error\r\n");
  EXPECT_EQ(kill("ID 2 ADDR"), "-ERR syntax error\r\n");
  EXPECT_FALSE(other_->Killed());
}

TEST_F(ClientControlTest, ReplySkipsOneReplyOrAllUntilTheyAreOn) {
  EXPECT_EQ(Say("CLIENT REPLY SKIP\r\nPING\r\nPING\r\n"), "+PONG\r\n");
  EXPECT_EQ(Say("CLIENT REPLY OFF\r\nPING\r\nSET k 1\r\nnosuch\r\nCLIENT REPLY SKIP\r\n"), "");
  EXPECT_EQ(Say("PING\r\nCLIENT REPLY ON\r\nGET k\r\n"), "+OK\r\n$1\r\n1\r\n");
  EXPECT_EQ(Say("CLIENT REPLY maybe\r\n"), "-ERR syntax error\r\n");
}

TEST_F(ClientControlTest, ReplySkipsThoseThatComeLaterToo) {
  Say("SET k 1\r\n");
  store_.set_not_in_memory_chance(1);
  Send("GET x\r\nCLIENT REPLY SKIP\r\nGET k\r\nGET k\r\n");
  EXPECT_EQ(Say(""), "$-1\r\n$1\r\n1\r\n");
  EXPECT_TRUE(session_->Idle());
}

TEST_F(ClientControlTest, APauseHoldsUpWhatItIsForAndNothingIsLost) {
  EXPECT_EQ(Say(*other_, "CLIENT PAUSE 100 WRITE\r\n"), "+OK\r\n");
  EXPECT_EQ(Say("GET k\r\nSET k 1\r\nPING\r\n"), "$-1\r\n");
  EXPECT_TRUE(session_->WantsTicks());
  EXPECT_NE(Say(*other_, "CLIENT LIST ID 1\r\n").find(" flags=b "), std::string::npos);
  now_ += 99;
  session_->OnTick(now_);
  EXPECT_EQ(Say(""), "");
  now_ += 1;
  session_->OnTick(now_);
  EXPECT_EQ(Say(""), "+OK\r\n+PONG\r\n");
  EXPECT_FALSE(session_->WantsTicks());
}

TEST_F(ClientControlTest, APauseOfAllHoldsUpEverythingUntilItIsOver) {
  EXPECT_EQ(Say(*other_, "CLIENT PAUSE 100\r\n"), "+OK\r\n");
  EXPECT_EQ(Say("PING\r\n"), "");
  EXPECT_EQ(Say(*other_, "CLIENT UNPAUSE\r\n"), "");
  now_ += 100;
  other_->OnTick(now_);
  EXPECT_EQ(OutputOf(*other_), "+OK\r\n");
  session_->OnTick(now_);
  EXPECT_EQ(Output(), "+PONG\r\n");
}

TEST_F(ClientControlTest, UnpauseEndsAPauseOfWrites) {
  Say(*other_, "CLIENT PAUSE 100000 WRITE\r\n");
  EXPECT_EQ(Say("SET k 1\r\n"), "");
  EXPECT_EQ(Say(*other_, "CLIENT UNPAUSE\r\n"), "+OK\r\n");
  session_->OnTick(now_);
  EXPECT_EQ(Say(""), "+OK\r\n");
}

TEST_F(ClientControlTest, WhatPauseDoesNotTake) {
  EXPECT_EQ(Say("CLIENT PAUSE x\r\n"), "-ERR timeout is not an integer or out of range\r\n");
  EXPECT_EQ(Say("CLIENT PAUSE -1\r\n"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(Say("CLIENT PAUSE 1 FOO\r\n"), "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n");
}

TEST_F(ClientControlTest, NothingIsTrackedAndNobodyBlocks) {
  EXPECT_EQ(Say("CLIENT GETREDIR\r\n"), ":-1\r\n");
  EXPECT_EQ(Say("CLIENT TRACKINGINFO\r\n"),
            "*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n"
            "$8\r\nprefixes\r\n*0\r\n");
  EXPECT_EQ(Say("CLIENT UNBLOCK 2\r\n"), ":0\r\n");
  EXPECT_EQ(Say("CLIENT UNBLOCK x\r\n"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(Say("CLIENT UNBLOCK 2 foo\r\n"),
            "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n");
}

TEST_F(ClientControlTest, HelpBeginsAndEndsAsAllHelpDoes) {
  const std::string help = Say("client help\r\n");
  EXPECT_NE(help.find("+CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"
                      "+GETREDIR\r\n"),
            std::string::npos);
  EXPECT_TRUE(help.starts_with("*" + std::to_string(std::ranges::count(help, '+')) + "\r\n"));
  EXPECT_TRUE(help.ends_with("+HELP\r\n+    Prints this help.\r\n"));
}

}  // namespace
}  // namespace kindred
