#include "server/reply_chain.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

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

// --- early replies

class EarlyRepliesInAChain : public ReplyChainTest {
 protected:
  void SayEarly(std::string_view bytes, uint64_t id, uint64_t word, uint64_t after = 0) {
    chain_.Open()->append(bytes);
    chain_.WrittenEarly(after, id, word);
  }
  void Wait(uint64_t id) {
    chain_.Open();
    chain_.Pending(id);
  }
};

TEST_F(EarlyRepliesInAChain, WaitForTheirWordAndTheDisk) {
  Say("a");
  SayEarly("b", 1, 4, 9);
  SayEarly("c", 2, 5);
  Say("d");
  EXPECT_EQ(Take(100), "a");
  EXPECT_EQ(chain_.bytes(), 3u);
  chain_.OnWord(4);
  EXPECT_EQ(Take(8), "");
  EXPECT_EQ(chain_.WaitsFor(), 9u);
  EXPECT_EQ(Take(9), "b");
  EXPECT_EQ(chain_.early(), 1u);
  chain_.OnWord(5);
  EXPECT_EQ(Take(9), "cd");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(EarlyRepliesInAChain, WaitForPendingOnesBeforeThem) {
  Wait(1);
  SayEarly("b", 2, 1);
  Wait(3);
  SayEarly("d", 4, 2);
  chain_.OnWord(1);
  EXPECT_EQ(Take(0), "");
  EXPECT_TRUE(chain_.OnReply(1, 0, "a"));
  EXPECT_EQ(Take(0), "ab");
  EXPECT_TRUE(chain_.OnReply(3, 0, "c"));
  EXPECT_EQ(Take(0), "c");
  chain_.OnWord(2);
  EXPECT_EQ(Take(0), "d");
}

TEST_F(EarlyRepliesInAChain, ARecalledOneComesInItsPlace) {
  SayEarly("one", 1, 1);
  Say("two");
  SayEarly("three", 3, 1);
  SayEarly("four", 4, 1);
  Say("five");
  EXPECT_TRUE(chain_.Recall(3));
  EXPECT_EQ(chain_.pending(), 1u);
  EXPECT_EQ(chain_.bytes(), 14u);
  chain_.OnWord(1);
  EXPECT_EQ(Take(0), "onetwo");
  EXPECT_TRUE(chain_.OnReply(3, 0, "3"));
  EXPECT_EQ(Take(0), "3fourfive");
  EXPECT_TRUE(chain_.empty());
  EXPECT_FALSE(chain_.Recall(3));
}

TEST_F(EarlyRepliesInAChain, TheFirstAndTheLastCanBeRecalledAndAllOfThem) {
  Say("0");
  for (uint64_t id = 1; id <= 4; ++id) SayEarly(std::to_string(id), id, 1);
  EXPECT_TRUE(chain_.Recall(1));
  EXPECT_TRUE(chain_.Recall(4));
  Say("5");
  EXPECT_TRUE(chain_.Recall(2));
  EXPECT_TRUE(chain_.Recall(3));
  chain_.OnWord(1);
  for (uint64_t id : {3, 1, 4, 2}) EXPECT_TRUE(chain_.OnReply(id, 0, "r" + std::to_string(id)));
  EXPECT_EQ(Take(0), "0r1r2r3r45");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(EarlyRepliesInAChain, WhatIsBehindARecalledOneKeepsItsPlaceAndItsWord) {
  SayEarly("a", 1, 1);
  SayEarly("b", 2, 1);
  Wait(3);
  SayEarly("d", 4, 2);
  SayEarly("e", 5, 2);
  EXPECT_TRUE(chain_.Recall(1));
  chain_.OnWord(1);
  EXPECT_TRUE(chain_.Recall(5));
  EXPECT_TRUE(chain_.OnReply(3, 0, "c"));
  EXPECT_TRUE(chain_.OnReply(1, 0, "A"));
  EXPECT_EQ(Take(0), "Abc");
  EXPECT_TRUE(chain_.OnReply(5, 0, "E"));
  EXPECT_EQ(Take(0), "");
  chain_.OnWord(2);
  EXPECT_EQ(Take(0), "dE");
  EXPECT_TRUE(chain_.empty());
}

TEST_F(EarlyRepliesInAChain, WhatDoesNotDependOnAWordLeavesWhenTheRecalledOneHas) {
  SayEarly("a", 1, 7);
  Say("b");
  EXPECT_TRUE(chain_.Recall(1));
  EXPECT_TRUE(chain_.OnReply(1, 0, "A"));
  EXPECT_EQ(Take(0), "Ab") << "nobody tells of word 7";
}

TEST_F(EarlyRepliesInAChain, GivenUpTheyAreErrorsAndCannotBeRecalled) {
  SayEarly("+a\r\n", 1, 1, 3);
  SayEarly("+b\r\n", 2, 2);
  chain_.GiveUp(2, "-E\r\n");
  EXPECT_EQ(Take(2), "-E\r\n");
  EXPECT_FALSE(chain_.Recall(1));
  chain_.OnWord(2);
  EXPECT_EQ(Take(2), "+b\r\n");
}

TEST_F(EarlyRepliesInAChain, MutedTheyAreDropped) {
  chain_.set_muted(true);
  SayEarly("a", 1, 1);
  chain_.set_muted(false);
  Say("b");
  EXPECT_FALSE(chain_.Recall(1));
  EXPECT_EQ(Take(0), "b");
}

// Against a list of replies, each with what it waits for.
TEST_F(EarlyRepliesInAChain, AnyStoryEndsWithAllRepliesInTheirOrder) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    ReplyChain chain;
    std::string expected, out;
    std::vector<uint64_t> pending;
    std::vector<uint64_t> early;
    uint64_t word = 1, id = 0;
    const auto text = [](uint64_t n) { return "<" + std::to_string(n) + ">"; };
    const auto drop = [&](std::vector<uint64_t>& from) {
      const size_t at = random.Below(from.size());
      const uint64_t dropped = from[at];
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
      return dropped;
    };
    for (int step = 0; step < 60; ++step) {
      const uint64_t draw = random.Below(10);
      if (draw < 4) {
        ++id;
        expected += text(id);
        *chain.Open() += text(id);
        chain.WrittenEarly(0, id, word);
        early.push_back(id);
      } else if (draw < 6) {
        ++id;
        expected += text(id);
        chain.Open();
        if (random.Chance(0.5)) {
          chain.Pending(id);
          pending.push_back(id);
        } else {
          *chain.Open() += text(id);
          chain.Written(0);
        }
      } else if (draw == 6 && !early.empty()) {
        pending.push_back(drop(early));
        ASSERT_TRUE(chain.Recall(pending.back()));
      } else if (draw == 7 && !pending.empty()) {
        const uint64_t answered = drop(pending);
        ASSERT_TRUE(chain.OnReply(answered, 0, text(answered)));
      } else if (draw == 8) {
        ++word;
      } else if (draw == 9 && word > 1) {
        chain.OnWord(word - 1);
        early.clear();  // but for those of this word: they are just not recalled here
      }
      chain.TakeOutput(0, &out);
      ASSERT_TRUE(expected.starts_with(out)) << seed;
    }
    chain.OnWord(word);
    for (uint64_t each : pending) ASSERT_TRUE(chain.OnReply(each, 0, text(each)));
    chain.TakeOutput(0, &out);
    ASSERT_EQ(out, expected) << seed;
    ASSERT_TRUE(chain.empty());
  }
}

}  // namespace
}  // namespace kindred
