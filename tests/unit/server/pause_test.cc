#include "server/pause.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

constexpr CommandRow kGet = {.name = "get", .flags = kFlagReadonly};
constexpr CommandRow kSet = {.name = "set", .flags = kFlagWrite};

TEST(Pause, HoldsWritesOrAllUntilItsTime) {
  Pause pause;
  EXPECT_FALSE(pause.Holds(kSet, 10));
  pause.Begin(Pause::What::kWrites, 100, 10);
  EXPECT_TRUE(pause.Holds(kSet, 99));
  EXPECT_FALSE(pause.Holds(kGet, 99));
  EXPECT_FALSE(pause.Holds(kSet, 100));
  pause.Begin(Pause::What::kAll, 200, 150);
  EXPECT_TRUE(pause.Holds(kGet, 199));
  pause.End();
  EXPECT_FALSE(pause.Holds(kGet, 199));
}

TEST(Pause, OneMoreOnlyMakesItLongerAndStricter) {
  Pause pause;
  pause.Begin(Pause::What::kAll, 100, 0);
  pause.Begin(Pause::What::kWrites, 200, 50);
  EXPECT_TRUE(pause.Holds(kGet, 199));
  pause.Begin(Pause::What::kAll, 60, 55);
  EXPECT_TRUE(pause.Holds(kGet, 199));
  pause.Begin(Pause::What::kWrites, 300, 200);  // the other one is over
  EXPECT_FALSE(pause.Holds(kGet, 201));
  EXPECT_TRUE(pause.Holds(kSet, 299));
}

}  // namespace
}  // namespace kindred
