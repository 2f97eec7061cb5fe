#include "base/base64url.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace kindred {
namespace {

TEST(Base64Url, AgreesWithTheRfcWithoutPadding) {
  EXPECT_EQ(Base64UrlEncode(""), "");
  EXPECT_EQ(Base64UrlEncode("f"), "Zg");
  EXPECT_EQ(Base64UrlEncode("fo"), "Zm8");
  EXPECT_EQ(Base64UrlEncode("foo"), "Zm9v");
  EXPECT_EQ(Base64UrlEncode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff"), "-_8");
}

TEST(Base64Url, RefusesWhatItWouldNotHaveWritten) {
  for (const char* bad : {"Z", "Zg==", "Zm9vY", "Zm+v", "Zm/v", "Z g", "Zh"}) {
    EXPECT_EQ(Base64UrlDecode(bad), std::nullopt) << bad;
  }
}

RC_GTEST_PROP(Base64Url, WhatIsEncodedIsDecoded, (const std::string& bytes)) {
  RC_ASSERT(Base64UrlDecode(Base64UrlEncode(bytes)) == bytes);
}

RC_GTEST_PROP(Base64Url, EveryAcceptedTextIsTheOneOfItsBytes, (const std::string& text)) {
  std::optional<std::string> bytes = Base64UrlDecode(text);
  if (bytes) RC_ASSERT(Base64UrlEncode(*bytes) == text);
}

}  // namespace
}  // namespace kindred
