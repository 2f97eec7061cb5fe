#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class RenameCommandsTest : public KeyspaceTest {
 protected:
  const std::string kNoKey = "-ERR no such key";
};

TEST_F(RenameCommandsTest, RenameTakesTheExpiryAlong) {
  Run({"set", "a", "1", "ex", "100"});
  Run({"set", "b", "2", "ex", "200"});
  EXPECT_EQ(Run({"rename", "a", "b"}), "+OK");
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(Run({"get", "b"}), "$1 1");
  EXPECT_EQ(Run({"ttl", "b"}), ":100");
  Run({"set", "c", "3"});
  Run({"rename", "c", "b"});
  EXPECT_EQ(Run({"ttl", "b"}), ":-1");
}

TEST_F(RenameCommandsTest, RenameToItselfChangesNothing) {
  Run({"set", "a", "1", "ex", "100"});
  EXPECT_EQ(Run({"rename", "a", "a"}), "+OK");
  EXPECT_EQ(Run({"renamenx", "a", "a"}), ":0");
  EXPECT_EQ(Run({"get", "a"}), "$1 1");
  EXPECT_EQ(Run({"ttl", "a"}), ":100");
}

TEST_F(RenameCommandsTest, RenamenxLeavesAnExistingKey) {
  Run({"mset", "a", "1", "b", "2"});
  EXPECT_EQ(Run({"renamenx", "a", "b"}), ":0");
  EXPECT_EQ(Run({"mget", "a", "b"}), "*2 $1 1 $1 2");
  EXPECT_EQ(Run({"renamenx", "a", "c"}), ":1");
  EXPECT_EQ(Run({"mget", "a", "c"}), "*2 $-1 $1 1");
}

TEST_F(RenameCommandsTest, AMissingKeyCannotBeRenamed) {
  Run({"set", "b", "2"});
  EXPECT_EQ(Run({"rename", "none", "b"}), kNoKey);
  EXPECT_EQ(Run({"rename", "none", "none"}), kNoKey);
  EXPECT_EQ(Run({"renamenx", "none", "b"}), kNoKey);
  EXPECT_EQ(Run({"get", "b"}), "$1 2");
}

TEST_F(RenameCommandsTest, CopyTakesTheExpiryAlong) {
  Run({"set", "a", "1", "ex", "100"});
  EXPECT_EQ(Run({"copy", "a", "b"}), ":1");
  EXPECT_EQ(Run({"mget", "a", "b"}), "*2 $1 1 $1 1");
  EXPECT_EQ(Run({"ttl", "b"}), ":100");
  EXPECT_EQ(Run({"copy", "none", "b", "replace"}), ":0");
}

TEST_F(RenameCommandsTest, CopyReplacesOnlyWhenToldTo) {
  Run({"set", "a", "1"});
  Run({"set", "b", "2", "ex", "100"});
  EXPECT_EQ(Run({"copy", "a", "b"}), ":0");
  EXPECT_EQ(Run({"get", "b"}), "$1 2");
  EXPECT_EQ(Run({"copy", "a", "b", "REPLACE"}), ":1");
  EXPECT_EQ(Run({"get", "b"}), "$1 1");
  EXPECT_EQ(Run({"ttl", "b"}), ":-1");
}

TEST_F(RenameCommandsTest, CopyGoesToAnotherDatabase) {
  Run({"set", "a", "1"});
  EXPECT_EQ(Run({"copy", "a", "a", "DB", "3"}), ":1");
  EXPECT_EQ(other_dbs[3]["a"].payload, "1");
  EXPECT_EQ(Run({"copy", "a", "b", "db", "5", "replace", "db", "4"}), ":1");
  EXPECT_EQ(other_dbs[4]["b"].payload, "1");
  EXPECT_TRUE(other_dbs[5].empty());
  db = 3;
  EXPECT_EQ(Run({"copy", "a", "back", "db", "0"}), ":1");
  EXPECT_EQ(keys["back"].payload, "1");
  EXPECT_EQ(Run({"copy", "a", "here"}), ":1");
  EXPECT_EQ(other_dbs[3]["here"].payload, "1");
}

TEST_F(RenameCommandsTest, CopyToItselfIsRefused) {
  const std::string same = "-ERR source and destination objects are the same";
  EXPECT_EQ(Run({"copy", "a", "a"}), same);
  EXPECT_EQ(Run({"copy", "a", "a", "db", "0"}), same);
  db = 3;
  EXPECT_EQ(Run({"copy", "a", "a", "db", "3"}), same);
  EXPECT_EQ(Run({"copy", "a", "a", "db", "0"}), ":0");
}

TEST_F(RenameCommandsTest, CopyChecksItsOptions) {
  EXPECT_EQ(Run({"copy", "a", "b", "db"}), "-ERR syntax error");
  EXPECT_EQ(Run({"copy", "a", "b", "what"}), "-ERR syntax error");
  EXPECT_EQ(Run({"copy", "a", "b", "db", "x"}), "-ERR value is not an integer or out of range");
  EXPECT_EQ(Run({"copy", "a", "b", "db", "16"}), "-ERR DB index is out of range");
  EXPECT_EQ(Run({"copy", "a", "b", "db", "-1"}), "-ERR DB index is out of range");
  EXPECT_EQ(Run({"copy", "a", "b", "db", "2147483648"}),
            "-ERR value is out of range, value must between -2147483648 and 2147483647");
}

}  // namespace
}  // namespace kindred
