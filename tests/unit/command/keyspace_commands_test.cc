#include <gtest/gtest.h>

#include "command/scan_options.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

// Their work is the node's; what is theirs is which arguments they take.
class KeyspaceCommandsTest : public KeyspaceTest {
 protected:
  static ScanOptions Scan(std::initializer_list<std::string_view> command) {
    ScanOptions options;
    std::string out;
    ReplyWriter reply(&out, 2);
    EXPECT_TRUE(ParseScan(Args(command.begin(), command.size()), &options, reply)) << out;
    return options;
  }
};

TEST_F(KeyspaceCommandsTest, ScanTakesItsOptionsInAnyOrder) {
  const ScanOptions plain = Scan({"scan", "0"});
  EXPECT_EQ(plain.cursor, 0u);
  EXPECT_EQ(plain.pattern, "*");
  EXPECT_EQ(plain.count, 10);
  EXPECT_EQ(plain.type, "");
  const ScanOptions full = Scan({"scan", "17", "TYPE", "string", "count", "5", "Match", "a*"});
  EXPECT_EQ(full.cursor, 17u);
  EXPECT_EQ(full.pattern, "a*");
  EXPECT_EQ(full.count, 5);
  EXPECT_EQ(full.type, "string");
  EXPECT_EQ(Scan({"scan", "18446744073709551615"}).cursor, UINT64_MAX);
}

TEST_F(KeyspaceCommandsTest, ScanRefusesBeforeAnyWork) {
  EXPECT_EQ(Run({"scan", "abc"}), "-ERR invalid cursor");
  EXPECT_EQ(Run({"scan", " 1", "foo"}), "-ERR invalid cursor");
  EXPECT_EQ(Run({"scan", "18446744073709551616"}), "-ERR invalid cursor");
  EXPECT_EQ(Run({"scan", "0", "count"}), "-ERR syntax error");
  EXPECT_EQ(Run({"scan", "0", "count", "0"}), "-ERR syntax error");
  EXPECT_EQ(Run({"scan", "0", "count", "x"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"scan", "0", "foo", "bar"}), "-ERR syntax error");
}

TEST_F(KeyspaceCommandsTest, FlushTakesOneMode) {
  EXPECT_EQ(Run({"flushall", "foo"}), "-ERR syntax error");
  EXPECT_EQ(Run({"flushdb", "async", "sync"}), "-ERR syntax error");
  EXPECT_EQ(Run({"dbsize", "x"}), "-ERR wrong number of arguments for 'dbsize' command");
}

}  // namespace
}  // namespace kindred
