#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

using std::string_literals::operator""s;

class BitopCommandsTest : public KeyspaceTest {};

TEST_F(BitopCommandsTest, CombinesBits) {
  Run({"mset", "a", "\x0f\x33", "b", "\x05\x0f"});
  EXPECT_EQ(Run({"bitop", "and", "d", "a", "b"}), ":2");
  EXPECT_EQ(keys["d"].payload, "\x05\x03");
  EXPECT_EQ(Run({"bitop", "OR", "d", "a", "b"}), ":2");
  EXPECT_EQ(keys["d"].payload, "\x0f\x3f");
  EXPECT_EQ(Run({"bitop", "Xor", "d", "a", "b"}), ":2");
  EXPECT_EQ(keys["d"].payload, "\x0a\x3c");
  EXPECT_EQ(Run({"bitop", "not", "d", "a"}), ":2");
  EXPECT_EQ(keys["d"].payload, "\xf0\xcc");
}

TEST_F(BitopCommandsTest, ShorterAndMissingOnesGoOnInZeros) {
  Run({"mset", "long", "\xff\xff\xff", "short", "\xff"});
  Run({"bitop", "and", "d", "long", "short"});
  EXPECT_EQ(keys["d"].payload, "\xff\0\0"s);
  Run({"bitop", "and", "d", "short", "long"});
  EXPECT_EQ(keys["d"].payload, "\xff\0\0"s);
  Run({"bitop", "xor", "d", "short", "long"});
  EXPECT_EQ(keys["d"].payload, "\0\xff\xff"s);
  Run({"bitop", "or", "d", "none", "short"});
  EXPECT_EQ(keys["d"].payload, "\xff");
  Run({"bitop", "and", "d", "long", "none"});
  EXPECT_EQ(keys["d"].payload, "\0\0\0"s);
}

TEST_F(BitopCommandsTest, ThreeOperandsAreCombinedFromTheLeft) {
  Run({"mset", "a", "\x01", "b", "\x03", "c", "\x07"});
  Run({"bitop", "xor", "d", "a", "b", "c"});
  EXPECT_EQ(keys["d"].payload, "\x05");
}

TEST_F(BitopCommandsTest, TheDestinationMayBeAnOperandAndLosesItsExpiry) {
  Run({"set", "a", "\x0f", "ex", "100"});
  EXPECT_EQ(Run({"bitop", "not", "a", "a"}), ":1");
  EXPECT_EQ(keys["a"].payload, "\xf0");
  EXPECT_EQ(Run({"ttl", "a"}), ":-1");
}

TEST_F(BitopCommandsTest, AnEmptyResultIsADeletion) {
  Run({"set", "d", "old"});
  EXPECT_EQ(Run({"bitop", "and", "d", "none", "none2"}), ":0");
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(Run({"bitop", "not", "d", "none"}), ":0");
}

TEST_F(BitopCommandsTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(Run({"bitop", "nand", "d", "a"}), "-ERR syntax error");
  EXPECT_EQ(Run({"bitop", "not", "d", "a", "b"}),
            "-ERR BITOP NOT must be called with a single source key.");
  EXPECT_EQ(Run({"bitop", "and", "d"}), "-ERR wrong number of arguments for 'bitop' command");
}

}  // namespace
}  // namespace kindred
