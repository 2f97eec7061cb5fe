#include "base/check.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(CheckDeathTest, SaysWhatAndWhereAndAborts) {
  CHECK(1 + 1 == 2);
  EXPECT_DEATH(CHECK(1 + 1 == 3), "check_test.cc:[0-9]+: CHECK\\(1 \\+ 1 == 3\\) failed");
}

}  // namespace
}  // namespace kindred
