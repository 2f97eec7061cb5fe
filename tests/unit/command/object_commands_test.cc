#include <gtest/gtest.h>

#include "command/families.h"
#include "command/table.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class ObjectCommandsTest : public KeyspaceTest {};

TEST_F(ObjectCommandsTest, EncodingIsThatOfRedis) {
  const auto encoding = [this](std::string_view value) {
    Run({"set", "k", value});
    return Run({"object", "encoding", "k"});
  };
  EXPECT_EQ(encoding("123"), "$3 int");
  EXPECT_EQ(encoding("-9223372036854775808"), "$3 int");
  EXPECT_EQ(encoding("9223372036854775808"), "$6 embstr");
  EXPECT_EQ(encoding("0123"), "$6 embstr");
  EXPECT_EQ(encoding(""), "$6 embstr");
  EXPECT_EQ(encoding(std::string(44, 'x')), "$6 embstr");
  EXPECT_EQ(encoding(std::string(45, 'x')), "$3 raw");
}

TEST_F(ObjectCommandsTest, RefcountTellsWhatRedisShares) {
  const auto refcount = [this](std::string_view value) {
    Run({"set", "k", value});
    return Run({"OBJECT", "REFCOUNT", "k"});
  };
  EXPECT_EQ(refcount("0"), ":2147483647");
  EXPECT_EQ(refcount("9999"), ":2147483647");
  EXPECT_EQ(refcount("10000"), ":1");
  EXPECT_EQ(refcount("-1"), ":1");
  EXPECT_EQ(refcount("text"), ":1");
}

TEST_F(ObjectCommandsTest, IdletimeAndFreq) {
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"object", "idletime", "k"}), ":0");
  EXPECT_TRUE(Run({"object", "freq", "k"}).starts_with("-ERR An LFU maxmemory policy is not"));
}

TEST_F(ObjectCommandsTest, AMissingKeyIsNilToAll) {
  for (std::string_view what : {"encoding", "refcount", "idletime", "freq"}) {
    EXPECT_EQ(Run({"object", what, "none"}), "$-1") << what;
  }
  EXPECT_EQ(Run({"memory", "usage", "none"}), "$-1");
}

TEST_F(ObjectCommandsTest, AContainerAloneIsRefusedByItsArity) {
  EXPECT_EQ(Run({"object"}), "-ERR wrong number of arguments for 'object' command");
  EXPECT_EQ(Run({"object", "encoding"}),
            "-ERR wrong number of arguments for 'object|encoding' command");
}

TEST_F(ObjectCommandsTest, MemoryUsageGrowsWithTheValue) {
  const auto usage = [this](size_t bytes) {
    Run({"set", "k", std::string(bytes, 'x')});
    return std::stoi(Run({"memory", "usage", "k"}).substr(1));
  };
  const int small = usage(1);
  EXPECT_GT(small, 100);
  EXPECT_LT(small, 1000);
  EXPECT_GE(usage(900), 900);
  EXPECT_LT(usage(900), 900 + small + 100);
}

TEST_F(ObjectCommandsTest, MemoryUsageChecksItsOptions) {
  Run({"set", "k", "v"});
  EXPECT_TRUE(Run({"memory", "usage", "k", "SAMPLES", "0"}).starts_with(":"));
  EXPECT_EQ(Run({"memory", "usage", "k", "samples"}), "-ERR syntax error");
  EXPECT_EQ(Run({"memory", "usage", "k", "samples", "-1"}), "-ERR syntax error");
  EXPECT_EQ(Run({"memory", "usage", "k", "samples", "x"}),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"memory", "usage", "none", "x"}), "-ERR syntax error");
}

}  // namespace
}  // namespace kindred
