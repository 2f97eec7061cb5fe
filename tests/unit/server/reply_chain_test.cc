#include "server/reply_chain.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

class ReplyChainTest : public testing::Test {
 protected:
  void Say(std::string_view bytes, uint64_t after = 0) {
    chain_.Open()->append(bytes);
    chain_.Written(after);
  }
  std::string Take(uint64_t durable) {
    std::string out;
    chain_.TakeOutput(durable, &out);
    return out;
  }

  ReplyChain chain_;
};

TEST_F(ReplyChainTest, WhatDependsOnNothingLeavesAtOnce) {
  Say("a");
  Say("b");
  EXPECT_EQ(Take(0), "ab");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(ReplyChainTest, ARepliesWaitsForItsSequenceAndThoseBehindWithIt) {
  Say("a");
  Say("b", 5);
  Say("c", 3);
  Say("d", 9);
  EXPECT_EQ(Take(4), "a");
  EXPECT_EQ(chain_.WaitsFor(), 5u);
  EXPECT_EQ(Take(5), "bc");
  EXPECT_EQ(chain_.WaitsFor(), 9u);
  EXPECT_EQ(Take(100), "d");
  EXPECT_EQ(chain_.WaitsFor(), 0u);
}

TEST_F(ReplyChainTest, WhatWaitsForTheDiskCanBeGivenUp) {
  Say(":1\r\n", 3);
  Say(":2\r\n", 5);
  Say("*2\r\n$1\r\na\r\n$-1\r\n", 7);
  chain_.Open();
  chain_.Pending(7);
  Say("+OK\r\n");
  Say("+OK\r\n", 8);
  chain_.GiveUp(3, "-E\r\n");
  EXPECT_EQ(chain_.WaitsFor(), 0u);
  EXPECT_EQ(Take(3), ":1\r\n-E\r\n-E\r\n");
  EXPECT_TRUE(chain_.OnReply(7, 9, ":3\r\n"));
  EXPECT_EQ(Take(3), "");
  EXPECT_EQ(Take(9), ":3\r\n-E\r\n-E\r\n");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(ReplyChainTest, GivingUpLeavesWhatDoesNotWaitAlone) {
  chain_.GiveUp(0, "-E\r\n");
  Say(":1\r\n");
  Say(":2\r\n", 3);
  chain_.GiveUp(3, "-E\r\n");
  Say(":3\r\n", 4);
  EXPECT_EQ(Take(3), ":1\r\n:2\r\n");
  EXPECT_EQ(Take(4), ":3\r\n");
}

TEST_F(ReplyChainTest, RepliesThatComeInAnyOrderLeaveInTheOrderOfTheCommands) {
  chain_.Open();
  chain_.Pending(7);
  Say("b");
  chain_.Open();
  chain_.Pending(9);
  Say("d", 2);
  Say("e");
  EXPECT_EQ(chain_.pending(), 2u);
  EXPECT_TRUE(chain_.OnReply(9, 4, "c"));
  EXPECT_EQ(Take(100), "");
  EXPECT_EQ(chain_.bytes(), 4u);
  EXPECT_TRUE(chain_.OnReply(7, 1, "a"));
  EXPECT_EQ(Take(1), "ab");
  EXPECT_EQ(Take(4), "cde");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(ReplyChainTest, AReplyThatNobodyWaitsForIsNoticed) {
  EXPECT_FALSE(chain_.OnReply(1, 0, "x"));
  EXPECT_EQ(Take(1), "");
}

TEST_F(ReplyChainTest, AppendsToWhatIsThere) {
  Say("b", 1);
  Say("c", 2);
  std::string out = "a";
  chain_.TakeOutput(1, &out);
  EXPECT_EQ(out, "ab");
  chain_.TakeOutput(2, &out);
  EXPECT_EQ(out, "abc");
}

TEST_F(ReplyChainTest, MutedItDropsWhatIsWrittenAndWhatComesForWhatBeganMuted) {
  chain_.Pending(1);
  chain_.set_muted(true);
  Say("a");
  chain_.Pending(2);
  Say("b", 7);
  chain_.set_muted(false);
  Say("c");
  EXPECT_EQ(chain_.pending(), 2u);
  EXPECT_TRUE(chain_.OnReply(2, 9, "dropped"));
  EXPECT_TRUE(chain_.OnReply(1, 0, "first"));
  EXPECT_EQ(Take(7), "firstc");
  EXPECT_TRUE(chain_.empty());
}

}  // namespace
}  // namespace kindred
