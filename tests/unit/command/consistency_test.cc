#include "command/consistency.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(Level, IsSoManyOfTheReplicas) {
  EXPECT_EQ(Level::Number(2).Of(3), 2u);
  EXPECT_EQ(Level::Number(5).Of(3), 3u);
  EXPECT_EQ(Level::Quorum().Of(1), 1u);
  EXPECT_EQ(Level::Quorum().Of(3), 2u);
  EXPECT_EQ(Level::Quorum().Of(4), 3u);
  EXPECT_EQ(Level::All().Of(5), 5u);
  EXPECT_EQ(Level::Local().Of(3), 1u);
}

TEST(Level, ReadsBackWhatItPrints) {
  for (const Level level :
       {Level::Number(1), Level::Number(255), Level::Quorum(), Level::All(), Level::Local()}) {
    EXPECT_EQ(Level::Parse(level.ToString(), true), level);
  }
  EXPECT_EQ(Level::Parse("One", false), Level::Number(1));
}

TEST(Level, RefusesEverythingElse) {
  for (const std::string_view text : {"", "0", "-1", "256", "two", "quorum ", "1.0"}) {
    EXPECT_EQ(Level::Parse(text, true), std::nullopt) << text;
  }
  EXPECT_EQ(Level::Parse("LOCAL", false), std::nullopt);
}

}  // namespace
}  // namespace kindred
