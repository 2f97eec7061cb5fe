#include <gtest/gtest.h>

#include "command/families.h"
#include "command/table.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class BitfieldCommandsTest : public KeyspaceTest {};

TEST_F(BitfieldCommandsTest, RunsItsOperationsInOrder) {
  EXPECT_EQ(
      Run({"bitfield", "k", "set", "u8", "#1", "200", "INCRBY", "u8", "8", "10", "get", "i8", "8"}),
      "*3 :0 :210 :-46");
  EXPECT_EQ(keys["k"].payload, std::string("\0\xd2", 2));
  EXPECT_EQ(Run({"bitfield", "k", "set", "u4", "8", "1"}), "*1 :13");
}

TEST_F(BitfieldCommandsTest, OverflowIsForWhatFollows) {
  Run({"bitfield", "k", "set", "u2", "0", "3"});
  EXPECT_EQ(Run({"bitfield", "k",  "incrby",   "u2",   "0",        "1",    "overflow", "sat",
                 "incrby",   "u2", "0",        "9",    "overflow", "fail", "incrby",   "u2",
                 "0",        "1",  "overflow", "wrap", "incrby",   "u2",   "0",        "1"}),
            "*4 :0 :3 $-1 :0");
}

TEST_F(BitfieldCommandsTest, MakesTheKeyAlsoWhereAllFails) {
  protocol = 3;
  EXPECT_EQ(Run({"bitfield", "k", "overflow", "fail", "set", "u2", "15", "4"}), "*1 _");
  EXPECT_EQ(keys["k"].payload, std::string(3, '\0'));
}

TEST_F(BitfieldCommandsTest, GetsMakeNoKey) {
  EXPECT_EQ(Run({"bitfield", "k", "get", "u8", "0", "get", "i64", "100"}), "*2 :0 :0");
  EXPECT_EQ(Run({"bitfield", "k"}), "*0");
  EXPECT_EQ(Run({"bitfield_ro", "k", "get", "u8", "0"}), "*1 :0");
  EXPECT_TRUE(keys.empty());
}

TEST_F(BitfieldCommandsTest, KeepsTheExpiry) {
  Run({"set", "k", "a", "ex", "100"});
  Run({"bitfield", "k", "set", "u8", "0", "98"});
  EXPECT_EQ(keys["k"].payload, "b");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
}

TEST_F(BitfieldCommandsTest, TheReadonlyOneRefusesWrites) {
  Run({"set", "k", "a"});
  EXPECT_EQ(Run({"bitfield_ro", "k", "get", "u8", "0"}), "*1 :97");
  EXPECT_EQ(Run({"bitfield_ro", "k", "set", "u8", "0", "1"}),
            "-ERR BITFIELD_RO only supports the GET subcommand");
}

TEST_F(BitfieldCommandsTest, ArgumentsAreCheckedBeforeAnythingIsDone) {
  const std::string type =
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but "
      "i64 is.";
  const std::string offset = "-ERR bit offset is not an integer or out of range";
  for (std::string_view wrong : {"u64", "i65", "u0", "8", "U8", "", "u", "u08"}) {
    EXPECT_EQ(Run({"bitfield", "k", "set", "u8", "0", "1", "get", wrong, "0"}), type) << wrong;
  }
  for (std::string_view wrong : {"-1", "x", "#", "#-1", "8000", "#1000", "#9223372036854775807"}) {
    EXPECT_EQ(Run({"bitfield", "k", "set", "u8", wrong, "1"}), offset) << wrong;
  }
  EXPECT_EQ(Run({"bitfield", "k", "set", "u8", "0", "x"}),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"bitfield", "k", "overflow", "stop"}), "-ERR Invalid OVERFLOW type specified");
  EXPECT_EQ(Run({"bitfield", "k", "set", "u8", "0"}), "-ERR syntax error");
  EXPECT_EQ(Run({"bitfield", "k", "overflow"}), "-ERR syntax error");
  EXPECT_TRUE(keys.empty());
}

TEST_F(BitfieldCommandsTest, AFieldMayNotReachBeyondTheLimit) {
  EXPECT_EQ(Run({"bitfield", "k", "set", "u8", "7992", "1"}), "*1 :0");
  EXPECT_EQ(Run({"bitfield", "k", "set", "u8", "7993", "1"}),
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}

TEST_F(BitfieldCommandsTest, TheUseOfTheKeyDependsOnTheOperations) {
  const CommandTable table(DataCommandFamilies());
  const CommandRow& row = *table.Find("bitfield");
  const std::string_view get[] = {"bitfield", "k", "get", "u8", "0"};
  const std::string_view set[] = {"bitfield", "k", "set", "u8", "0", "1"};
  EXPECT_EQ(KeyUseOf(row, get, 0), kKeyReadOnly | kKeyAccess);
  EXPECT_EQ(KeyUseOf(row, set, 0), kKeyReadWrite | kKeyAccess | kKeyUpdate);
}

}  // namespace
}  // namespace kindred
