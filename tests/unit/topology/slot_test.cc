#include "topology/slot.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(Slot, AgreesWithRedisCluster) {
  EXPECT_EQ(KeySlot("foo"), 12182);
  EXPECT_EQ(KeySlot("123456789"), 12739);
  EXPECT_EQ(KeySlot(""), 0);
}

TEST(Slot, AHashTagAloneDecides) {
  EXPECT_EQ(KeySlot("{user1000}.following"), KeySlot("user1000"));
  EXPECT_EQ(HashTag("foo{bar}{zap}"), "bar");
  EXPECT_EQ(HashTag("foo{{bar}}zap"), "{bar");
}

TEST(Slot, WithoutATagTheWholeKeyCounts) {
  EXPECT_EQ(HashTag("foo{}{bar}"), "foo{}{bar}");
  EXPECT_EQ(HashTag("foo{bar"), "foo{bar");
  EXPECT_EQ(HashTag("foo}bar{"), "foo}bar{");
}

}  // namespace
}  // namespace kindred
