#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

using std::string_literals::operator""s;

class StringRangeCommandsTest : public KeyspaceTest {};

TEST_F(StringRangeCommandsTest, SetrangeOverwritesAndLengthens) {
  Run({"set", "k", "Hello World", "ex", "100"});
  EXPECT_EQ(Run({"setrange", "k", "6", "Redis"}), ":11");
  EXPECT_EQ(keys["k"].payload, "Hello Redis");
  EXPECT_EQ(Run({"setrange", "k", "9", "is!!"}), ":13");
  EXPECT_EQ(keys["k"].payload, "Hello Redis!!");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
}

TEST_F(StringRangeCommandsTest, SetrangeFillsUpWithZeros) {
  EXPECT_EQ(Run({"setrange", "new", "3", "x"}), ":4");
  EXPECT_EQ(keys["new"].payload, "\0\0\0x"s);
  EXPECT_EQ(Run({"setrange", "new", "6", "y"}), ":7");
  EXPECT_EQ(keys["new"].payload, "\0\0\0x\0\0y"s);
}

TEST_F(StringRangeCommandsTest, SetrangeOfNothingChangesNothing) {
  EXPECT_EQ(Run({"setrange", "none", "5", ""}), ":0");
  EXPECT_TRUE(keys.empty());
  Run({"set", "k", "abc"});
  EXPECT_EQ(Run({"setrange", "k", "5000", ""}), ":3");
  EXPECT_EQ(keys["k"].payload, "abc");
}

TEST_F(StringRangeCommandsTest, SetrangeRefusesWhatIsOutOfRange) {
  EXPECT_EQ(Run({"setrange", "k", "-1", "x"}), "-ERR offset is out of range");
  EXPECT_EQ(Run({"setrange", "k", "1.5", "x"}), "-ERR value is not an integer or out of range");
  const std::string too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)";
  EXPECT_EQ(Run({"setrange", "k", "999", "xy"}), too_long);
  EXPECT_EQ(Run({"setrange", "k", "9223372036854775807", "x"}), too_long);
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(Run({"setrange", "k", "999", "x"}), ":1000");
}

TEST_F(StringRangeCommandsTest, GetrangeCutsOut) {
  Run({"set", "k", "This is a string"});
  EXPECT_EQ(Run({"getrange", "k", "0", "3"}), "$4 This");
  EXPECT_EQ(Run({"getrange", "k", "-3", "-1"}), "$3 ing");
  EXPECT_EQ(Run({"substr", "k", "10", "100"}), "$6 string");
  EXPECT_EQ(Run({"getrange", "k", "5", "3"}), "$0 ");
  EXPECT_EQ(Run({"getrange", "none", "0", "-1"}), "$0 ");
}

TEST_F(StringRangeCommandsTest, GetrangeTakesEndsBeforeTheBeginningAsRedisDoes) {
  Run({"set", "k", "hello"});
  EXPECT_EQ(Run({"getrange", "k", "-100", "-50"}), "$1 h");
  EXPECT_EQ(Run({"getrange", "k", "-50", "-100"}), "$0 ");
  EXPECT_EQ(Run({"getrange", "k", "0", "-100"}), "$1 h");
}

TEST_F(StringRangeCommandsTest, GetrangeLooksAtTheNumbersFirst) {
  EXPECT_EQ(Run({"getrange", "none", "a", "1"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"getrange", "none", "1", ""}), "-ERR value is not an integer or out of range");
}

}  // namespace
}  // namespace kindred
