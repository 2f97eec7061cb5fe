#include <gtest/gtest.h>

#include "command/dump_payload.h"
#include "command/families.h"
#include "command/table.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class DumpCommandsTest : public KeyspaceTest {
 protected:
  const std::string payload_ = EncodeDump("hello");
};

TEST_F(DumpCommandsTest, DumpTellsTheValueButNotItsExpiry) {
  EXPECT_EQ(Run({"dump", "k"}), "$-1");
  Run({"set", "k", "hello", "ex", "10"});
  EXPECT_EQ(Run({"dump", "k"}), "$17 " + payload_);
}

TEST_F(DumpCommandsTest, RestoreMakesTheKey) {
  EXPECT_EQ(Run({"restore", "k", "0", payload_}), "+OK");
  EXPECT_EQ(Run({"get", "k"}), "$5 hello");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

TEST_F(DumpCommandsTest, RestoreReplacesOnlyWhenToldTo) {
  Run({"set", "k", "old", "ex", "10"});
  EXPECT_EQ(Run({"restore", "k", "0", payload_}), "-BUSYKEY Target key name already exists.");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "REPLACE"}), "+OK");
  EXPECT_EQ(Run({"get", "k"}), "$5 hello");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

TEST_F(DumpCommandsTest, RestoreTakesATimeFromNowOrAbsolute) {
  Run({"restore", "a", "5000", payload_});
  EXPECT_EQ(Run({"pttl", "a"}), ":5000");
  Run({"restore", "b", "1700000000007", payload_, "absttl"});
  EXPECT_EQ(Run({"pttl", "b"}), ":7");
  Run({"restore", "c", "9223372036854775807", payload_});
  EXPECT_EQ(Run({"pexpiretime", "c"}), ":9223372036854775807");
}

TEST_F(DumpCommandsTest, RestoreOfWhatIsOverIsADeletion) {
  Run({"set", "k", "old"});
  EXPECT_EQ(Run({"restore", "k", "1000", payload_, "REPLACE", "ABSTTL"}), "+OK");
  EXPECT_TRUE(keys.empty());
}

TEST_F(DumpCommandsTest, RestoreChecksItsOptions) {
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "idletime", "5", "replace"}), "+OK");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "replace", "freq", "255"}), "+OK");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "freq", "256"}),
            "-ERR Invalid FREQ value, must be >= 0 and <= 255");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "idletime", "-1"}),
            "-ERR Invalid IDLETIME value, must be >= 0");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "idletime", "x"}),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "idletime"}), "-ERR syntax error");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "idletime", "1", "freq", "1"}),
            "-ERR syntax error");
  EXPECT_EQ(Run({"restore", "k", "0", payload_, "keepttl"}), "-ERR syntax error");
}

// Options, then the key, then the time, then the payload.
TEST_F(DumpCommandsTest, RestoreRefusesInRedisesOrder) {
  Run({"set", "k", "old"});
  EXPECT_EQ(Run({"restore", "k", "-1", "", "x"}), "-ERR syntax error");
  EXPECT_EQ(Run({"restore", "k", "-1", ""}), "-BUSYKEY Target key name already exists.");
  EXPECT_EQ(Run({"restore", "new", "-1", ""}), "-ERR Invalid TTL value, must be >= 0");
  EXPECT_EQ(Run({"restore", "new", "x", ""}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"restore", "new", "0", ""}), "-ERR DUMP payload version or checksum are wrong");
  EXPECT_EQ(keys.size(), 1u);
}

TEST_F(DumpCommandsTest, RestoreStopsAtTheLimit) {
  EXPECT_EQ(Run({"restore", "k", "0", EncodeDump(std::string(1000, 'x'))}), "+OK");
  EXPECT_EQ(Run({"restore", "k2", "0", EncodeDump(std::string(1001, 'x'))}),
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}

TEST_F(DumpCommandsTest, RestoreIsBlindOnlyWhereItReplaces) {
  const CommandTable table(DataCommandFamilies());
  const CommandRow& row = *table.Find("restore");
  using Words = std::vector<std::string_view>;
  EXPECT_FALSE(row.blind(Words{"restore", "replace", "0", "replace", "absttl"}));
  EXPECT_TRUE(row.blind(Words{"restore", "k", "0", "payload", "absttl", "Replace"}));
}

}  // namespace
}  // namespace kindred
