#include <gtest/gtest.h>

#include "command/families.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class KeyCommandsTest : public KeyspaceTest {};

TEST_F(KeyCommandsTest, DelAndUnlinkTellHowManyThereWere) {
  Run({"mset", "a", "1", "b", "2", "c", "3"});
  EXPECT_EQ(Run({"del", "a", "b", "none", "a"}), ":2");
  EXPECT_EQ(Run({"unlink", "c"}), ":1");
  EXPECT_EQ(Run({"unlink", "c"}), ":0");
  EXPECT_TRUE(keys.empty());
}

TEST_F(KeyCommandsTest, DelWritesEvenWhereNothingLives) {
  const CommandTable table(DataCommandFamilies());
  const std::string_view args[] = {"del", "k"};
  std::string out;
  ReplyWriter reply(&out, 2);
  const Next next = table.Find("del")->write(nullptr, Args(args), Call{}, reply);
  EXPECT_EQ(next.what, Next::What::kDelete);
  EXPECT_EQ(out, ":0\r\n");
}

TEST_F(KeyCommandsTest, ExistsAndTouchCountAKeyAsOftenAsItIsNamed) {
  Run({"set", "a", "1"});
  EXPECT_EQ(Run({"exists", "a", "none", "a"}), ":2");
  EXPECT_EQ(Run({"touch", "a", "none", "a"}), ":2");
  EXPECT_EQ(Run({"exists"}), "-ERR wrong number of arguments for 'exists' command");
}

TEST_F(KeyCommandsTest, TypeNamesTheKind) {
  Run({"set", "a", "1"});
  EXPECT_EQ(Run({"type", "a"}), "+string");
  EXPECT_EQ(Run({"type", "none"}), "+none");
}

}  // namespace
}  // namespace kindred
