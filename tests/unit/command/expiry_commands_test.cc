#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class ExpiryCommandsTest : public KeyspaceTest {};

TEST_F(ExpiryCommandsTest, FourFormsSetTheSameExpiry) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"expire", "k", "10"}), ":1");
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000010000");
  EXPECT_EQ(Run({"pexpire", "k", "11"}), ":1");
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000000011");
  EXPECT_EQ(Run({"expireat", "k", "1700000012"}), ":1");
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000012000");
  EXPECT_EQ(Run({"pexpireat", "k", "1700000000013"}), ":1");
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000000013");
  EXPECT_EQ(Run({"get", "k"}), "$1 v");
}

TEST_F(ExpiryCommandsTest, AMissingKeyTakesNoExpiry) {
  EXPECT_EQ(Run({"expire", "k", "10"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "-10"}), ":0");
  EXPECT_EQ(Run({"persist", "k"}), ":0");
  EXPECT_TRUE(keys.empty());
}

TEST_F(ExpiryCommandsTest, ATimeInThePastDeletes) {
  for (const std::string_view command : {"expire", "pexpire"}) {
    Run({"set", "k", "v"});
    EXPECT_EQ(Run({command, "k", "0"}), ":1");
    EXPECT_TRUE(keys.empty());
  }
  for (const std::string_view command : {"expireat", "pexpireat"}) {
    Run({"set", "k", "v"});
    EXPECT_EQ(Run({command, "k", "-1"}), ":1");
    EXPECT_TRUE(keys.empty());
  }
}

TEST_F(ExpiryCommandsTest, NxAndXxAskWhetherThereIsAnExpiry) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"expire", "k", "10", "xx"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "10", "NX"}), ":1");
  EXPECT_EQ(Run({"expire", "k", "20", "nx"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "20", "xx"}), ":1");
  EXPECT_EQ(Run({"ttl", "k"}), ":20");
}

TEST_F(ExpiryCommandsTest, GtAndLtTakeNoExpiryForEndless) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"expire", "k", "10", "gt"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "10", "lt"}), ":1");
  EXPECT_EQ(Run({"expire", "k", "10", "gt"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "10", "lt"}), ":0");
  EXPECT_EQ(Run({"expire", "k", "11", "gt"}), ":1");
  EXPECT_EQ(Run({"expire", "k", "10", "xx", "lt"}), ":1");
  EXPECT_EQ(Run({"ttl", "k"}), ":10");
  EXPECT_EQ(Run({"expire", "k", "-1", "lt"}), ":1");
  EXPECT_TRUE(keys.empty());
}

TEST_F(ExpiryCommandsTest, ConditionsThatExcludeEachOtherAreRefused) {
  Run({"set", "k", "v"});
  const std::string nx = "-ERR NX and XX, GT or LT options at the same time are not compatible";
  EXPECT_EQ(Run({"expire", "k", "10", "nx", "xx"}), nx);
  EXPECT_EQ(Run({"expire", "k", "10", "gt", "nx"}), nx);
  EXPECT_EQ(Run({"expire", "k", "10", "nx", "lt", "gt"}), nx);
  EXPECT_EQ(Run({"expire", "k", "10", "gt", "lt"}),
            "-ERR GT and LT options at the same time are not compatible");
  EXPECT_EQ(Run({"expire", "k", "10", "Foo"}), "-ERR Unsupported option Foo");
  EXPECT_EQ(Run({"expire", "k", "abc", "foo"}), "-ERR Unsupported option foo");
}

TEST_F(ExpiryCommandsTest, TimesThatDoNotFitAreRefused) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"expire", "k", "abc"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"expire", "none", "abc"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"expire", "k", "9223372036854776"}),
            "-ERR invalid expire time in 'expire' command");
  EXPECT_EQ(Run({"expire", "k", "9223372036854775"}),
            "-ERR invalid expire time in 'expire' command");
  EXPECT_EQ(Run({"expire", "k", "-9223372036854776"}),
            "-ERR invalid expire time in 'expire' command");
  EXPECT_EQ(Run({"pexpire", "k", "9223372036854775807"}),
            "-ERR invalid expire time in 'pexpire' command");
  EXPECT_EQ(Run({"expireat", "k", "9223372036854776"}),
            "-ERR invalid expire time in 'expireat' command");
  EXPECT_EQ(Run({"pexpireat", "k", "9223372036854775807"}), ":1");
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":9223372036854775807");
  EXPECT_EQ(Run({"pexpire", "k", "-9223372036854775808"}), ":1");
  EXPECT_TRUE(keys.empty());
}

TEST_F(ExpiryCommandsTest, TtlTellsMinusTwoForNoKeyAndMinusOneForNoExpiry) {
  for (const std::string_view command : {"ttl", "pttl", "expiretime", "pexpiretime"}) {
    keys.clear();
    EXPECT_EQ(Run({command, "k"}), ":-2");
    Run({"set", "k", "v"});
    EXPECT_EQ(Run({command, "k"}), ":-1");
  }
}

TEST_F(ExpiryCommandsTest, SecondsAreRounded) {
  Run({"set", "k", "v", "px", "1499"});
  EXPECT_EQ(Run({"ttl", "k"}), ":1");
  EXPECT_EQ(Run({"pttl", "k"}), ":1499");
  EXPECT_EQ(Run({"expiretime", "k"}), ":1700000001");
  Run({"pexpire", "k", "1500"});
  EXPECT_EQ(Run({"ttl", "k"}), ":2");
  EXPECT_EQ(Run({"expiretime", "k"}), ":1700000002");
  now_ms += 1100;
  EXPECT_EQ(Run({"ttl", "k"}), ":0");
}

TEST_F(ExpiryCommandsTest, PersistForgetsTheExpiryOnce) {
  Run({"set", "k", "v", "ex", "10"});
  EXPECT_EQ(Run({"persist", "k"}), ":1");
  EXPECT_EQ(Run({"persist", "k"}), ":0");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

}  // namespace
}  // namespace kindred
