#include "membership/roster.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(Roster, TheLaterTimeWins) {
  EXPECT_GT(Roster(1, "a").version(), Roster().version());
  EXPECT_GT(Roster(2, "a").version(), Roster(1, "b").version());
}

TEST(Roster, OfTheSameTimeAllNodesPreferTheSameText) {
  const Roster a(7, "a");
  const Roster b(7, "b");
  EXPECT_NE(a.version(), b.version());
  EXPECT_NE(a.version() < b.version(), b.version() < a.version());
  EXPECT_EQ(Roster(7, "a").version(), a.version());
}

TEST(Roster, ComesBackFromItsBytes) {
  for (const Roster& roster :
       {Roster(), Roster(1, ""), Roster(1ull << 60, std::string("user \0 x\n", 9))}) {
    Roster read(9, "something else");
    ASSERT_TRUE(Roster::Decode(roster.Encode(), &read));
    EXPECT_EQ(read, roster);
  }
}

TEST(Roster, RefusesWhatIsNone) {
  Roster roster(9, "kept");
  const std::string bytes = Roster(1, "text").Encode();
  for (size_t size = 0; size < 9; ++size) {
    EXPECT_FALSE(Roster::Decode(bytes.substr(0, size), &roster)) << size;
  }
  EXPECT_FALSE(Roster::Decode("\x02" + bytes.substr(1), &roster));
  // The first version has no text.
  EXPECT_FALSE(Roster::Decode(Roster().Encode() + "text", &roster));
  EXPECT_EQ(roster, Roster(9, "kept"));
}

}  // namespace
}  // namespace kindred
