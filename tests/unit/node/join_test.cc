#include "node/join.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred {
namespace {

constexpr char kLost[] = "-NOQUORUM 0 of 2\r\n";

std::string Joined(Join join, const std::vector<std::string>& replies) {
  JoinState state(join, replies.size());
  for (size_t i = 0; i < replies.size(); ++i) state.Add(i, Outcome::kDone, 0, replies[i]);
  EXPECT_TRUE(state.Complete());
  return state.Reply(2);
}

TEST(JoinState, JoinsAsTheRowSays) {
  EXPECT_EQ(Joined(Join::kSum, {":1\r\n", ":0\r\n", ":12\r\n"}), ":13\r\n");
  EXPECT_EQ(Joined(Join::kArray, {"$1\r\na\r\n", "$-1\r\n"}), "*2\r\n$1\r\na\r\n$-1\r\n");
  EXPECT_EQ(Joined(Join::kAllOk, {"+OK\r\n", "+OK\r\n"}), "+OK\r\n");
}

TEST(JoinState, TheFirstErrorIsTheReply) {
  EXPECT_EQ(Joined(Join::kSum, {":1\r\n", kLost, "-ERR later\r\n"}), kLost);
  EXPECT_EQ(Joined(Join::kArray, {"$1\r\na\r\n", kLost}), kLost);
  EXPECT_EQ(Joined(Join::kAllOk, {kLost, "+OK\r\n"}), kLost);
}

TEST(JoinState, PartsComeInAnyOrderAndStandInTheirs) {
  JoinState state(Join::kArray, 3);
  state.Add(2, Outcome::kDone, 0, ":2\r\n");
  state.Add(0, Outcome::kDone, 0, ":0\r\n");
  EXPECT_FALSE(state.Complete());
  state.Add(1, Outcome::kDone, 0, ":1\r\n");
  EXPECT_TRUE(state.Complete());
  EXPECT_EQ(state.Reply(2), "*3\r\n:0\r\n:1\r\n:2\r\n");
}

TEST(JoinState, WaitsForTheLatestSequenceAndTellsTheWorstOutcome) {
  JoinState state(Join::kSum, 3);
  state.Add(0, Outcome::kDone, 7, ":1\r\n");
  state.Add(1, Outcome::kUnknown, 9, kLost);
  state.Add(2, Outcome::kRefused, 3, kLost);
  EXPECT_EQ(state.after(), 9u);
  EXPECT_EQ(state.outcome(), Outcome::kUnknown);
}

}  // namespace
}  // namespace kindred
