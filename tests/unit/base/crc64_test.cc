#include "base/crc64.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred {
namespace {

// Bit by bit, as the definition has it.
uint64_t SlowCrc64(std::string_view bytes) {
  uint64_t crc = 0;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? crc >> 1 ^ 0x95ac9329ac4bc9b5 : crc >> 1;
  }
  return crc;
}

TEST(Crc64, AgreesWithRedis) {
  EXPECT_EQ(Crc64(""), 0u);
  EXPECT_EQ(Crc64("123456789"), 0xe9c6d914c4b8d9ca);
  // The end of DUMP's answer for "a" on a real Redis.
  EXPECT_EQ(Crc64(std::string_view("\x00\x01\x61\x0a\x00", 5)), 0xb47d368f9beffebf);
}

TEST(Crc64, EightBytesAtATimeIsTheSameAsOne) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Crc64(bytes), SlowCrc64(bytes)) << i;
    bytes.push_back(static_cast<char>(i * 37 + 200));
  }
}

}  // namespace
}  // namespace kindred
