#include "base/hash.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

// These values are stored on disks and sent between nodes: they must never change.
TEST(Hash, ValuesAreFixed) {
  EXPECT_EQ(Hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(Hash32(""), 0x2d068005u);
}

TEST(Hash, SeedsGiveDifferentHashes) {
  EXPECT_EQ(Hash64("key"), Hash64("key", 0));
  EXPECT_NE(Hash64("key", 1), Hash64("key", 2));
}

}  // namespace
}  // namespace kindred
