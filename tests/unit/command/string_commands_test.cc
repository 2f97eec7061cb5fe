#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class StringCommandsTest : public KeyspaceTest {};

TEST_F(StringCommandsTest, GetTellsTheValueOrNil) {
  EXPECT_EQ(Run({"get", "k"}), "$-1");
  Run({"set", "k", "hello"});
  EXPECT_EQ(Run({"GET", "k"}), "$5 hello");
  protocol = 3;
  EXPECT_EQ(Run({"get", "other"}), "_");
}

TEST_F(StringCommandsTest, ValuesAreBinarySafe) {
  Run({"set", "k", std::string_view("a\0\r\xff", 4)});
  EXPECT_EQ(keys["k"].payload, std::string_view("a\0\r\xff", 4));
  EXPECT_EQ(Run({"strlen", "k"}), ":4");
}

TEST_F(StringCommandsTest, ArityIsPartOfTheRow) {
  EXPECT_EQ(Run({"get"}), "-ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(Run({"get", "a", "b"}), "-ERR wrong number of arguments for 'get' command");
  EXPECT_EQ(Run({"mget"}), "-ERR wrong number of arguments for 'mget' command");
}

TEST_F(StringCommandsTest, AnExpiredKeyIsNoKey) {
  Run({"set", "k", "v", "px", "10"});
  now_ms += 9;
  EXPECT_EQ(Run({"get", "k"}), "$1 v");
  now_ms += 1;
  EXPECT_EQ(Run({"get", "k"}), "$-1");
}

TEST_F(StringCommandsTest, MgetIsAnArrayInTheOrderOfItsKeys) {
  Run({"set", "a", "1"});
  Run({"set", "b", ""});
  EXPECT_EQ(Run({"mget", "b", "none", "a", "a"}), "*4 $0  $-1 $1 1 $1 1");
}

TEST_F(StringCommandsTest, StrlenOfNothingIsZero) {
  EXPECT_EQ(Run({"strlen", "k"}), ":0");
  Run({"set", "k", "hello"});
  EXPECT_EQ(Run({"strlen", "k"}), ":5");
}

TEST_F(StringCommandsTest, GetsetForgetsTheExpiry) {
  EXPECT_EQ(Run({"getset", "k", "a"}), "$-1");
  Run({"expire", "k", "100"});
  EXPECT_EQ(Run({"getset", "k", "b"}), "$1 a");
  EXPECT_EQ(Run({"get", "k"}), "$1 b");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

TEST_F(StringCommandsTest, GetdelGivesTheLastLook) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"getdel", "k"}), "$1 v");
  EXPECT_EQ(Run({"getdel", "k"}), "$-1");
  EXPECT_EQ(Run({"exists", "k"}), ":0");
}

TEST_F(StringCommandsTest, GetexWithoutOptionsChangesNothing) {
  Run({"set", "k", "v", "ex", "100"});
  EXPECT_EQ(Run({"getex", "k"}), "$1 v");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
}

TEST_F(StringCommandsTest, GetexSetsTheExpiryInFourForms) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"getex", "k", "EX", "10"}), "$1 v");
  EXPECT_EQ(Run({"pttl", "k"}), ":10000");
  Run({"getex", "k", "px", "15"});
  EXPECT_EQ(Run({"pttl", "k"}), ":15");
  Run({"getex", "k", "exat", "1700000100"});
  EXPECT_EQ(Run({"pttl", "k"}), ":100000");
  Run({"getex", "k", "pxat", "1700000000007"});
  EXPECT_EQ(Run({"pttl", "k"}), ":7");
  EXPECT_EQ(Run({"getex", "k", "persist"}), "$1 v");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

TEST_F(StringCommandsTest, GetexInThePastGivesTheValueAndDeletes) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"getex", "k", "exat", "1"}), "$1 v");
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringCommandsTest, GetexRefusesWhatDoesNotGoTogether) {
  Run({"set", "k", "v"});
  const std::string syntax = "-ERR syntax error";
  EXPECT_EQ(Run({"getex", "k", "ex"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "ex", "1", "px", "1"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "ex", "1", "persist"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "persist", "ex", "1"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "keepttl"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "nx"}), syntax);
  EXPECT_EQ(Run({"getex", "k", "get"}), syntax);
  EXPECT_EQ(Run({"getex", "none", "keepttl"}), syntax);
}

TEST_F(StringCommandsTest, GetexLooksAtTheTimeOnlyWhereThereIsAKey) {
  EXPECT_EQ(Run({"getex", "k", "ex", "abc"}), "$-1");
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"getex", "k", "ex", "abc"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"getex", "k", "ex", "0"}), "-ERR invalid expire time in 'getex' command");
  EXPECT_EQ(Run({"getex", "k", "pxat", "-5"}), "-ERR invalid expire time in 'getex' command");
}

TEST_F(StringCommandsTest, AppendMakesOrLengthensAndKeepsTheExpiry) {
  EXPECT_EQ(Run({"append", "k", "Hello"}), ":5");
  Run({"expire", "k", "100"});
  EXPECT_EQ(Run({"append", "k", " World"}), ":11");
  EXPECT_EQ(Run({"get", "k"}), "$11 Hello World");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
  EXPECT_EQ(Run({"append", "empty", ""}), ":0");
  EXPECT_EQ(Run({"exists", "empty"}), ":1");
}

TEST_F(StringCommandsTest, AppendStopsAtTheLimit) {
  Run({"append", "k", std::string(600, 'x')});
  EXPECT_EQ(Run({"append", "k", std::string(401, 'x')}),
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  EXPECT_EQ(Run({"append", "k", std::string(400, 'x')}), ":1000");
}

}  // namespace
}  // namespace kindred
