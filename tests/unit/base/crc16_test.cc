#include "base/crc16.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(Crc16, AgreesWithRedisCluster) {
  EXPECT_EQ(Crc16(""), 0);
  EXPECT_EQ(Crc16("123456789"), 0x31c3);
  // CLUSTER KEYSLOT foo / bar / hello on a real Redis.
  EXPECT_EQ(Crc16("foo") % 16384, 12182);
  EXPECT_EQ(Crc16("bar") % 16384, 5061);
  EXPECT_EQ(Crc16("hello") % 16384, 866);
}

TEST(Crc16, TakesBytesAboveAscii) { EXPECT_EQ(Crc16("\xff"), 0x1ef0); }

}  // namespace
}  // namespace kindred
