#include "server/keys_in_flight.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

using Touch = KeysInFlight::Touch;

Touch Read(std::string_view key) { return {false, false, {{KeysInFlight::HashOf(key, 0), 0}}}; }
Touch Write(std::string_view key, Peer route) {
  return {false, true, {{KeysInFlight::HashOf(key, 0), route}}};
}
Touch Everything() { return {true, true, {}}; }

TEST(KeysInFlight, OtherKeysDoNotWait) {
  KeysInFlight flight;
  flight.Add(1, Write("a", 2));
  EXPECT_EQ(flight.BlockerOf(Read("b")), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("b", 2)), 0u);
}

TEST(KeysInFlight, TheSameKeyInAnotherDatabaseIsAnotherKey) {
  EXPECT_NE(KeysInFlight::HashOf("a", 0), KeysInFlight::HashOf("a", 1));
}

TEST(KeysInFlight, ReadsOfOneKeyRunSideBySide) {
  KeysInFlight flight;
  flight.Add(1, Read("a"));
  EXPECT_EQ(flight.BlockerOf(Read("a")), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("a", 0)), 1u);
}

TEST(KeysInFlight, WritesOnOneRouteFollowEachOther) {
  KeysInFlight flight;
  flight.Add(1, Write("a", 2));
  EXPECT_EQ(flight.BlockerOf(Write("a", 2)), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("a", 1)), 1u);
  EXPECT_EQ(flight.BlockerOf(Read("a")), 1u);
  flight.Remove(1);
  EXPECT_EQ(flight.BlockerOf(Read("a")), 0u);
  EXPECT_TRUE(flight.empty());
}

TEST(KeysInFlight, EverythingWaitsForAllAndAllForIt) {
  KeysInFlight flight;
  flight.Add(1, Read("a"));
  EXPECT_EQ(flight.BlockerOf(Everything()), 1u);
  flight.Remove(1);
  EXPECT_EQ(flight.BlockerOf(Everything()), 0u);
  flight.Add(2, Everything());
  EXPECT_EQ(flight.BlockerOf(Read("b")), 2u);
}

TEST(KeysInFlight, IsBounded) {
  KeysInFlight flight;
  for (size_t i = 0; i < kKeysInFlightMax; ++i) flight.Add(i + 1, Read(std::to_string(i)));
  EXPECT_EQ(flight.BlockerOf(Read("other")), 1u);
}

// --- reads that were answered early

TEST(KeysInFlight, AWriteWaitsForAnEarlyReadOfItsKeyUntilItsWordIsHeard) {
  KeysInFlight flight;
  flight.AddEarly(1, 4, Read("a"));
  flight.AddEarly(2, 5, Read("b"));
  EXPECT_FALSE(flight.empty());
  EXPECT_EQ(flight.WaitsForWord(), 4u);
  EXPECT_EQ(flight.BlockerOf(Read("a")), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("c", 0)), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("a", 0)), 1u);
  EXPECT_EQ(flight.BlockerOf(Everything()), 2u);
  flight.OnWord(4);
  EXPECT_FALSE(flight.Has(1));
  EXPECT_EQ(flight.BlockerOf(Write("a", 0)), 0u);
  EXPECT_EQ(flight.BlockerOf(Write("b", 0)), 2u);
  flight.OnWord(5);
  EXPECT_EQ(flight.WaitsForWord(), 0u);
  EXPECT_TRUE(flight.empty());
}

TEST(KeysInFlight, ARecalledReadIsInFlightUntilItIsAnswered) {
  KeysInFlight flight;
  flight.AddEarly(1, 4, Read("a"));
  flight.Recall(1);
  flight.OnWord(4);
  EXPECT_EQ(flight.requests(), std::vector<uint64_t>{1});
  EXPECT_EQ(flight.BlockerOf(Write("a", 0)), 1u);
  EXPECT_EQ(flight.BlockerOf(Read("a")), 0u);
  flight.Remove(1);
  EXPECT_TRUE(flight.empty());
}

}  // namespace
}  // namespace kindred
