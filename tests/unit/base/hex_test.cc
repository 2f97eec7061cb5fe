#include "base/hex.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace kindred {
namespace {

TEST(Hex, IsLowerCase) {
  EXPECT_EQ(HexEncode(std::string("\x00\xab\xff", 3)), "00abff");
  EXPECT_EQ(HexDecode("00abff"), std::string("\x00\xab\xff", 3));
}

TEST(Hex, RefusesOddLengthsAndForeignDigits) {
  for (const char* bad : {"0", "0g", "AB", "0x", " 0"}) {
    EXPECT_EQ(HexDecode(bad), std::nullopt) << bad;
  }
}

RC_GTEST_PROP(Hex, WhatIsEncodedIsDecoded, (const std::string& bytes)) {
  RC_ASSERT(HexDecode(HexEncode(bytes)) == bytes);
}

}  // namespace
}  // namespace kindred
