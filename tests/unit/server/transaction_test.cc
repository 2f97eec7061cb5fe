#include "server/transaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "command/table.h"
#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class TransactionTest : public testing::Test, protected World {
 protected:
  // What EXEC answers to a transaction of these commands.
  std::string Exec(std::initializer_list<std::string_view> commands) {
    std::string lines = "MULTI\r\n", queued = "+OK\r\n";
    for (std::string_view command : commands) {
      lines.append(command).append("\r\n");
      queued += "+QUEUED\r\n";
    }
    std::string replies = Say(lines + "EXEC\r\n");
    EXPECT_TRUE(replies.starts_with(queued)) << replies;
    return replies.substr(std::min(replies.size(), queued.size()));
  }
};

const std::string kCrossSlotReply = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
const std::string kAborted = "-EXECABORT Transaction discarded because of previous errors.\r\n";

// --- commands over the whole keyspace

TEST_F(TransactionTest, CommandsOverTheKeyspaceSeeWhatStandsBeforeThem) {
  for (const Face face : {Face::kPlain, Face::kCluster}) {
    Open(face);
    EXPECT_EQ(Exec({"FLUSHALL", "SET {t}a 1", "DBSIZE", "DEL {t}a", "DBSIZE", "SET {t}b 2",
                    "RANDOMKEY", "KEYS *"}),
              "*8\r\n+OK\r\n+OK\r\n:1\r\n:1\r\n:0\r\n+OK\r\n$4\r\n{t}b\r\n*1\r\n$4\r\n{t}b\r\n");
    EXPECT_EQ(Exec({"SET {t}a 1", "FLUSHALL", "GET {t}a", "SET {t}a 2"}),
              "*4\r\n+OK\r\n+OK\r\n$-1\r\n+OK\r\n");
    EXPECT_EQ(Exec({"SET {t}a 1", "DBSIZE", "SET a 1"}),
              face == Face::kPlain ? "*3\r\n+OK\r\n:1\r\n+OK\r\n" : kCrossSlotReply);
  }
}

TEST_F(TransactionTest, WhatTheSessionSaysOfAllKeysSeesWhatStandsBeforeIt) {
  Open(Face::kCluster);
  EXPECT_EQ(Exec({"SET {foo} 1", "CLUSTER COUNTKEYSINSLOT 12182", "DEL {foo}",
                  "CLUSTER COUNTKEYSINSLOT 12182", "CLUSTER GETKEYSINSLOT 12182 1"}),
            "*5\r\n+OK\r\n:1\r\n:1\r\n:0\r\n*0\r\n");
}

TEST_F(TransactionTest, AHelloHoldsForTheRepliesBehindIt) {
  for (const std::string_view other : {"GET {t}b", "GET b"}) {
    Open(Face::kPlain);
    const std::string reply = Exec({"GET {t}a", "HELLO 3", other, "PING"});
    EXPECT_TRUE(reply.starts_with("*4\r\n$-1\r\n%7\r\n")) << reply;
    EXPECT_TRUE(reply.ends_with("_\r\n+PONG\r\n")) << reply;
  }
}

TEST_F(TransactionTest, DebugObjectIsOneOfTheCommandsOnKeys) {
  for (const std::string_view other : {"SET {t}b 1", "SET b 1"}) {
    const std::string reply = Exec({"SET {t}a 5", other, "DEBUG OBJECT {t}a", "DEBUG OBJECT"});
    EXPECT_TRUE(reply.starts_with("*4\r\n+OK\r\n+OK\r\n+Value at:0x")) << reply;
    EXPECT_NE(reply.find("\r\n-ERR unknown subcommand or wrong number"), std::string::npos);
  }
  Open(Face::kCluster);
  EXPECT_EQ(Exec({"SET {t}a 1", "DEBUG OBJECT b"}), kCrossSlotReply);
}

TEST_F(TransactionTest, ASelectHoldsForCommandsOverTheKeyspaceToo) {
  EXPECT_EQ(Exec({"SET {t}a 1", "SELECT 1", "DBSIZE", "SET {t}a 2", "FLUSHDB", "SELECT 0", "DBSIZE",
                  "GET {t}a"}),
            "*8\r\n+OK\r\n+OK\r\n:0\r\n+OK\r\n+OK\r\n+OK\r\n:1\r\n$1\r\n1\r\n");
}

TEST_F(TransactionTest, AWatchedKeyMayChangeNoMoreUntilSomethingIsWritten) {
  auto other = NewSession(Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"});
  Say("MSET {t}a 1 {t}b 1\r\n");
  Say("WATCH {t}a\r\nMULTI\r\nGET {t}a\r\nKEYS x\r\nSET {t}b 2\r\n");
  Send("EXEC\r\n");  // KEYS waits for the disk.
  EXPECT_EQ(Say(*other, "SET {t}a 2\r\n"), "+OK\r\n");
  EXPECT_EQ(Say(""), "*-1\r\n");
  EXPECT_EQ(Say("GET {t}b\r\n"), "$1\r\n1\r\n");

  Say("WATCH {t}a\r\nMULTI\r\nSET {t}b 2\r\nKEYS x\r\nGET {t}a\r\n");
  Send("EXEC\r\n");
  EXPECT_EQ(Say(*other, "SET {t}a 3\r\n"), "+OK\r\n");
  EXPECT_EQ(Say(""), "*3\r\n+OK\r\n*0\r\n$1\r\n3\r\n") << "too late to be undone";
}

TEST_F(TransactionTest, AFlushRunsOnlyIfTheWatchedKeysAreAsTheyWere) {
  Say("WATCH {t}a\r\nSET {t}a 1\r\n");
  EXPECT_EQ(Exec({"FLUSHALL", "SET {t}a 2"}), "*-1\r\n");
  EXPECT_EQ(Say("GET {t}a\r\nWATCH {t}a\r\n"), "$1\r\n1\r\n+OK\r\n");
  EXPECT_EQ(Exec({"FLUSHALL", "GET {t}a", "SET {t}a 2"}), "*3\r\n+OK\r\n$-1\r\n+OK\r\n")
      << "its own flush does not count";
  Say("WATCH {t}a\r\nSET {t}a 3\r\n");
  EXPECT_EQ(Exec({"DBSIZE"}), "*-1\r\n");
}

TEST_F(TransactionTest, AnErrorOfAGroupIsThatOfAllAsLongAsNothingIsWritten) {
  const std::string_view get[] = {"GET", "a"}, set[] = {"SET", "a", "1"}, dbsize[] = {"DBSIZE"};
  Transaction transaction;
  transaction.is_exec = true;
  for (const Args args : {Args(get), Args(dbsize), Args(set), Args(dbsize), Args(get), Args(get)}) {
    Transaction::Queued& queued = transaction.queue.emplace_back();
    queued.row = server_->commands().Find(args[0]);
    queued.args = OwnedArgs(args);
    queued.reply = "+\r\n";
  }
  transaction.PlanGroups(0, true);
  ASSERT_EQ(transaction.steps.size(), 5u);
  transaction.done = 4;
  transaction.TakeGroupReply("-ERR late\r\n", kNow);
  EXPECT_EQ(transaction.Reply(2), "*6\r\n+\r\n+\r\n+\r\n+\r\n-ERR late\r\n-ERR late\r\n");
  transaction.done = 2;
  transaction.TakeGroupReply("-ERR early\r\n", kNow);
  EXPECT_EQ(transaction.Reply(2), "-ERR early\r\n");
}

// --- the cluster face

TEST_F(TransactionTest, OnTheClusterFaceWhatIsToBeOneHasKeysOfOneSlot) {
  Open(Face::kCluster);
  for (const std::string_view command : {"MGET a b", "DEL a b", "MSET a 1 b 2", "RENAME a b"}) {
    EXPECT_EQ(Say("MULTI\r\n" + std::string(command) + "\r\nSET a 1\r\nEXEC\r\n"),
              "+OK\r\n" + kCrossSlotReply + "+QUEUED\r\n" + kAborted)
        << command;
  }
  EXPECT_EQ(Exec({"SET a 1", "SET b 1"}), kCrossSlotReply);
  EXPECT_EQ(Say("MULTI\r\nSET a 1\r\nSET b 1\r\nMGET a b\r\nEXEC\r\n"),
            "+OK\r\n+QUEUED\r\n+QUEUED\r\n" + kCrossSlotReply + kCrossSlotReply);
  EXPECT_EQ(Say("MULTI\r\nWATCH a b\r\nEXEC\r\n"), "+OK\r\n" + kCrossSlotReply + kAborted);
  EXPECT_EQ(Say("MGET a b\r\n"), "*2\r\n$-1\r\n$-1\r\n") << "each key by itself";
}

TEST_F(TransactionTest, AWatchThatIsRefusedWatchesNothing) {
  Open(Face::kCluster);
  EXPECT_EQ(Say("WATCH a b\r\nSET a 1\r\n"), kCrossSlotReply + "+OK\r\n");
  EXPECT_EQ(Exec({"GET a"}), "*1\r\n$1\r\n1\r\n");
  EXPECT_EQ(Say("WATCH a\r\nWATCH b\r\n"), "+OK\r\n+OK\r\n");
  EXPECT_EQ(Exec({"GET a"}), kCrossSlotReply) << "two slots cannot be looked at as one";
}

TEST_F(TransactionTest, NothingIsKeptOfWhatComesAfterARefusal) {
  Say("MULTI\r\nPING\r\nGET\r\nSET a 1\r\n");
  EXPECT_NE(Say("MULTI\r\n").find("nested"), std::string::npos);
  auto other = NewSession(Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"});
  EXPECT_NE(Say(*other, "CLIENT LIST ID 1\r\n").find(" multi=1 "), std::string::npos);
}

TEST_F(TransactionTest, CommandsOfAClusterAreQueuedOnThePlainFaceAndFindNone) {
  const std::string none = "-ERR This instance has cluster support disabled\r\n";
  EXPECT_EQ(Exec({"CLUSTER INFO", "CLUSTER GETKEYSINSLOT 1 1", "PING", "READONLY"}),
            "*4\r\n" + none + none + "+PONG\r\n" + none);
}

}  // namespace
}  // namespace kindred
