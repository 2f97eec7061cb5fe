#include <gtest/gtest.h>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class ServerCommandsTest : public testing::Test, protected World {
 protected:
  void ExpectAll(const std::vector<std::pair<std::string, std::string>>& table) {
    for (const auto& [command, reply] : table) EXPECT_EQ(Say(command + "\r\n"), reply) << command;
  }
};

TEST_F(ServerCommandsTest, TimeIsThatOfTheDayInMicroseconds) {
  EXPECT_EQ(Say("TIME\r\n"), "*2\r\n$10\r\n1700000000\r\n$1\r\n7\r\n");
}

TEST_F(ServerCommandsTest, ItIsAMasterWithoutReplicasAndNobodyMayChangeThat) {
  ExpectAll({{"ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"},
             {"REPLICAOF no one", "+OK\r\n"},
             {"SLAVEOF NO ONE", "+OK\r\n"},
             {"REPLICAOF host port", "-ERR Invalid master port\r\n"},
             {"REPLICAOF host 65536", "-ERR Invalid master port\r\n"},
             {"FAILOVER", "-ERR FAILOVER requires connected replicas.\r\n"},
             {"FAILOVER TO a 1 FORCE TIMEOUT 5", "-ERR FAILOVER requires connected replicas.\r\n"},
             {"FAILOVER ABORT", "-ERR No failover in progress.\r\n"},
             {"FAILOVER TO a", "-ERR syntax error\r\n"},
             {"FAILOVER foo", "-ERR syntax error\r\n"}});
  EXPECT_TRUE(Say("REPLICAOF host 6379\r\n").starts_with("-ERR REPLICAOF is not supported: "));
  Open(Face::kCluster);
  ExpectAll({{"REPLICAOF no one", "-ERR REPLICAOF not allowed in cluster mode.\r\n"},
             {"FAILOVER",
              "-ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command "
              "instead.\r\n"}});
}

TEST_F(ServerCommandsTest, DatabasesAreNotSwapped) {
  ExpectAll({{"SWAPDB 3 3", "+OK\r\n"},
             {"SWAPDB a 1", "-ERR invalid first DB index\r\n"},
             {"SWAPDB 0 b", "-ERR invalid second DB index\r\n"},
             {"SWAPDB 0 16", "-ERR DB index is out of range\r\n"},
             {"SWAPDB -1 0", "-ERR DB index is out of range\r\n"}});
  EXPECT_TRUE(Say("SWAPDB 0 1\r\n").starts_with("-ERR SWAPDB is not supported: "));
}

TEST_F(ServerCommandsTest, WhatIsAnsweredIsSaved) {
  ExpectAll({{"BGSAVE", "+Background saving started\r\n"},
             {"BGSAVE SCHEDULE", "+Background saving started\r\n"},
             {"BGSAVE foo", "-ERR syntax error\r\n"},
             {"BGREWRITEAOF", "+Background append only file rewriting started\r\n"},
             {"LASTSAVE", ":1700000000\r\n"}});
}

TEST_F(ServerCommandsTest, SaveIsAnsweredWhenAllBeforeItIsDurable) {
  Say("SET warm 1\r\n");
  Send("SET k v\r\nSAVE\r\n");
  EXPECT_EQ(Output(), "");
  EXPECT_EQ(Say(""), "+OK\r\n+OK\r\n");
}

TEST_F(ServerCommandsTest, WaitTellsHowManyOthersHaveWhatWasWritten) {
  ExpectAll({{"WAIT 1 0", ":0\r\n"},  // A cluster of one.
             {"WAIT x 1", "-ERR value is not an integer or out of range\r\n"},
             {"WAIT 1 x", "-ERR timeout is not an integer or out of range\r\n"},
             {"WAIT 1 -1", "-ERR timeout is negative\r\n"},
             {"WAITAOF 1 0 0", "*2\r\n:1\r\n:0\r\n"},
             {"WAITAOF 2 0 0", "-ERR value is out of range, value must between 0 and 1\r\n"},
             {"WAITAOF x 0 0", "-ERR value is not an integer or out of range\r\n"},
             {"WAITAOF 1 -1 0", "-ERR value is out of range, must be positive\r\n"},
             {"WAITAOF 1 0 x", "-ERR timeout is not an integer or out of range\r\n"}});
}

TEST_F(ServerCommandsTest, ShutdownEndsTheProcessAndTheConnectionIsItsAnswer) {
  ExpectAll({{"SHUTDOWN foo", "-ERR syntax error\r\n"},
             {"SHUTDOWN SAVE NOSAVE", "-ERR syntax error\r\n"},
             {"SHUTDOWN ABORT NOW", "-ERR syntax error\r\n"},
             {"SHUTDOWN ABORT", "-ERR No shutdown in progress.\r\n"}});
  EXPECT_FALSE(host_.stopped);
  EXPECT_EQ(Say("PING\r\nSHUTDOWN NOSAVE NOW FORCE\r\nPING\r\n"), "+PONG\r\n");
  EXPECT_TRUE(host_.stopped);
  EXPECT_TRUE(session_->CloseAfterOutput());
}

TEST_F(ServerCommandsTest, ThereAreNoModules) {
  EXPECT_EQ(Say("MODULE LIST\r\n"), "*0\r\n");
  EXPECT_TRUE(Say("MODULE LOAD x\r\n").starts_with("-ERR MODULE command not allowed. If the "));
  EXPECT_EQ(Say("MODULE\r\n"), "-ERR wrong number of arguments for 'module' command\r\n");
}

TEST_F(ServerCommandsTest, LolwutNamesTheVersion) {
  EXPECT_EQ(Say("LOLWUT\r\n"), "$17\r\nRedis ver. 7.2.4\n\r\n");
  EXPECT_EQ(Say("LOLWUT VERSION 5 1 1 1\r\n"), "$17\r\nRedis ver. 7.2.4\n\r\n");
  EXPECT_EQ(Say("LOLWUT VERSION x\r\n"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(ServerCommandsTest, MemoryIsReported) {
  host_.facts.used_memory_bytes = 100 << 20;
  host_.facts.rss_bytes = 200 << 20;
  EXPECT_NE(Say("MEMORY DOCTOR\r\n").find(" * Fragmentation: "), std::string::npos);
  host_.facts.rss_bytes = 110 << 20;
  EXPECT_NE(Say("MEMORY DOCTOR\r\n").find("can't find any memory issue"), std::string::npos);
  host_.facts.used_memory_bytes = 20 << 20;
  host_.facts.rss_bytes = 21 << 20;
  EXPECT_NE(Say("MEMORY DOCTOR\r\n").find(" * Peak memory: at most 100.00M"), std::string::npos);
  host_.facts.used_memory_bytes = 1 << 20;
  EXPECT_NE(Say("MEMORY DOCTOR\r\n").find("very little memory"), std::string::npos);
  EXPECT_EQ(Say("MEMORY PURGE\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.releases, 1);
  EXPECT_EQ(Say("MEMORY MALLOC-STATS\r\n"), "$22\r\nthe allocator's report\r\n");
  EXPECT_EQ(Say("MEMORY NOSUCH\r\n"), "-ERR unknown subcommand 'NOSUCH'. Try MEMORY HELP.\r\n");
}

TEST_F(ServerCommandsTest, MemoryStatsHasAPairForEachOfItsNames) {
  host_.facts.used_memory_bytes = 100 << 20;
  host_.facts.active_bytes = 110 << 20;
  host_.facts.resident_bytes = 120 << 20;
  host_.facts.rss_bytes = 130 << 20;
  Say("SET k v\r\nHELLO 3\r\n");
  const std::string stats = Say("MEMORY STATS\r\n");
  EXPECT_TRUE(stats.starts_with("%28\r\n$14\r\npeak.allocated\r\n:104857600\r\n")) << stats;
  EXPECT_NE(stats.find("$4\r\ndb.0\r\n%3\r\n"), std::string::npos);
  EXPECT_NE(stats.find("$10\r\nkeys.count\r\n:1\r\n"), std::string::npos);
  EXPECT_NE(stats.find("$13\r\nfragmentation\r\n,1.3\r\n"), std::string::npos);
  EXPECT_EQ(Say("PING\r\n"), "+PONG\r\n");
}

TEST_F(ServerCommandsTest, DebugSleepsForOneClientOnly) {
  auto other = NewSession(Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"});
  EXPECT_EQ(Say("PING\r\nDEBUG SLEEP 0.5\r\nPING\r\n"), "+PONG\r\n");
  EXPECT_TRUE(session_->WantsTicks());
  EXPECT_EQ(Say(*other, "PING\r\n"), "+PONG\r\n");
  now_ += 500;
  session_->OnTick(now_);
  EXPECT_EQ(Output(), "");
  now_ += 1;
  host_.steady_ns += 501'000'000;
  session_->OnTick(now_);
  EXPECT_EQ(Output(), "+OK\r\n+PONG\r\n");
  EXPECT_FALSE(session_->WantsTicks());
  EXPECT_EQ(server_->slow_log().Newest(1).at(0).duration_us, 501'000u);
}

TEST_F(ServerCommandsTest, DebugOfWhatIsNotThere) {
  ExpectAll({{"DEBUG SLEEP x", "+OK\r\n"},
             {"DEBUG SLEEP",
              "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG "
              "HELP.\r\n"},
             {"DEBUG JMAP",
              "-ERR unknown subcommand or wrong number of arguments for 'JMAP'. Try DEBUG "
              "HELP.\r\n"}});
  EXPECT_TRUE(Say("DEBUG HELP\r\n").ends_with("+    Prints this help.\r\n"));
}

TEST_F(ServerCommandsTest, DebugObjectTellsWhatRedisTellsOfTheSameBytes) {
  const auto told = [this](const std::string& value) {
    Say("SET k " + value + "\r\n");
    const std::string reply = Say("DEBUG OBJECT k\r\n");
    EXPECT_TRUE(reply.starts_with("+Value at:0x")) << reply;
    EXPECT_TRUE(reply.ends_with(" lru:5501184 lru_seconds_idle:0\r\n")) << reply;
    const size_t from = reply.find(" refcount:") + 1;
    return reply.substr(from, reply.find(" lru:") - from);
  };
  EXPECT_EQ(told("5"), "refcount:2147483647 encoding:int serializedlength:2");
  EXPECT_EQ(told("20000"), "refcount:1 encoding:int serializedlength:3");
  EXPECT_EQ(told("hello"), "refcount:1 encoding:embstr serializedlength:6");
  EXPECT_EQ(told(std::string(60, 'x')), "refcount:1 encoding:raw serializedlength:61");
  EXPECT_EQ(Say("debug object none\r\n"), "-ERR no such key\r\n");
  EXPECT_EQ(Say("DEBUG OBJECT k fast\r\n"),
            "-ERR unknown subcommand or wrong number of arguments for 'OBJECT'. Try DEBUG "
            "HELP.\r\n");
}

TEST_F(ServerCommandsTest, DebugObjectIsDebugToThoseWhoAskAboutCommands) {
  EXPECT_EQ(Say("COMMAND GETKEYS DEBUG OBJECT k\r\n"), "-ERR The command has no key arguments\r\n");
  EXPECT_EQ(Say("COMMAND INFO debug|object\r\n"), "*1\r\n$-1\r\n");
  Say("SET k v\r\nDEBUG OBJECT k\r\nMULTI\r\nDEBUG OBJECT k\r\nEXEC\r\n");
  EXPECT_NE(Say("INFO commandstats\r\n").find("cmdstat_debug:calls=2,"), std::string::npos);
}

TEST_F(ServerCommandsTest, DebugSwitchesTheSweeper) {
  EXPECT_TRUE(shared_.active_expiry());
  EXPECT_EQ(Say("DEBUG SET-ACTIVE-EXPIRE 0\r\n"), "+OK\r\n");
  EXPECT_FALSE(shared_.active_expiry());
  EXPECT_EQ(Say("DEBUG SET-ACTIVE-EXPIRE 1\r\n"), "+OK\r\n");
  EXPECT_TRUE(shared_.active_expiry());
}

TEST_F(ServerCommandsTest, DebugIsForThisMachineUnlessAnOptionSaysOtherwise) {
  auto far = NewSession(Face::kPlain, {"10.0.0.1:6", "10.0.0.2:7001"});
  for (const char* command : {"DEBUG SLEEP 0\r\n", "DEBUG OBJECT k\r\n"}) {
    EXPECT_TRUE(Say(*far, command).starts_with("-ERR DEBUG command not allowed. If ")) << command;
  }
  far.reset();
  session_.reset();
  ASSERT_TRUE(config_.Set("enable-debug-command", "no").ok());
  server_ = std::make_unique<Server>(config_, shared_, host_, ProcessIdentity());
  Open(Face::kPlain);
  EXPECT_TRUE(Say("DEBUG SLEEP 0\r\n").starts_with("-ERR DEBUG command not allowed. If "));
}

}  // namespace
}  // namespace kindred
