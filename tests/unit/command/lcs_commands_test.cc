#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class LcsCommandsTest : public KeyspaceTest {
 protected:
  void SetUp() override { Run({"mset", "a", "ohmytext", "b", "mynewtext"}); }
};

TEST_F(LcsCommandsTest, TellsTheTextOrItsLength) {
  EXPECT_EQ(Run({"lcs", "a", "b"}), "$6 mytext");
  EXPECT_EQ(Run({"lcs", "a", "b", "LEN"}), ":6");
  EXPECT_EQ(Run({"lcs", "a", "none"}), "$0 ");
  EXPECT_EQ(Run({"lcs", "none", "b", "len"}), ":0");
  EXPECT_EQ(Run({"lcs", "a", "a"}), "$8 ohmytext");
}

TEST_F(LcsCommandsTest, TellsWhereTheMatchesAre) {
  EXPECT_EQ(Run({"lcs", "a", "b", "idx"}),
            "*4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6");
  EXPECT_EQ(Run({"lcs", "a", "b", "IDX", "MINMATCHLEN", "4", "WITHMATCHLEN"}),
            "*4 $7 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 $3 len :6");
  protocol = 3;
  EXPECT_EQ(Run({"lcs", "a", "none", "idx"}), "%2 $7 matches *0 $3 len :0");
}

TEST_F(LcsCommandsTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(Run({"lcs", "a", "b", "len", "idx"}),
            "-ERR If you want both the length and indexes, please just use IDX.");
  EXPECT_EQ(Run({"lcs", "a", "b", "minmatchlen"}), "-ERR syntax error");
  EXPECT_EQ(Run({"lcs", "a", "b", "what"}), "-ERR syntax error");
  EXPECT_EQ(Run({"lcs", "a", "b", "minmatchlen", "x"}),
            "-ERR value is not an integer or out of range");
}

TEST_F(LcsCommandsTest, TakesNoMoreMemoryThanAValueMayHave) {
  value_bytes_max = (8 + 1) * (9 + 1) * 4;
  EXPECT_EQ(Run({"lcs", "a", "b"}), "$6 mytext");
  --value_bytes_max;
  EXPECT_EQ(Run({"lcs", "a", "b"}),
            "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
}

}  // namespace
}  // namespace kindred
