#include "base/lzf.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace kindred {
namespace {

std::string Plain(std::string_view compressed, size_t size) {
  std::string out;
  return LzfDecompress(compressed, size, &out) ? out : "(refused)";
}

TEST(Lzf, LiteralsStandAsTheyAre) {
  EXPECT_EQ(Plain("", 0), "");
  EXPECT_EQ(Plain(std::string_view("\x00"
                                   "a",
                                   2),
                  1),
            "a");
  EXPECT_EQ(Plain("\x02"
                  "abc",
                  3),
            "abc");
}

TEST(Lzf, CopiesReachBackAndMayOverlapThemselves) {
  // "ab", then 4 octets from 2 back.
  EXPECT_EQ(Plain("\x01"
                  "ab"
                  "\x40\x01",
                  6),
            "ababab");
  // "x", then 2 + 7 + 1 octets from 1 back.
  EXPECT_EQ(Plain(std::string_view("\x00"
                                   "x"
                                   "\xe0\x01\x00",
                                   5),
                  11),
            "xxxxxxxxxxx");
}

TEST(Lzf, ALongDistanceHasItsHighBitsInTheControl) {
  std::string compressed;
  std::string plain;
  for (int i = 0; i < 300; ++i) {
    compressed += {'\0', static_cast<char>(i)};
    plain += static_cast<char>(i);
  }
  compressed += std::string_view("\x21\x2b", 2);  // 3 octets from 1 * 256 + 43 + 1 = 300 back
  EXPECT_EQ(Plain(compressed, 303), plain + plain.substr(0, 3));
}

// What Redis made of 80 bytes.
TEST(Lzf, TakesWhatRedisCompresses) {
  std::string expected;
  for (int i = 0; i < 10; ++i) expected += "abcdefgh";
  const std::string compressed = HexDecode("08616263646566676861e03c07016768").value();
  EXPECT_EQ(Plain(compressed, 80), expected);
}

TEST(Lzf, RefusesWhatDoesNotFit) {
  EXPECT_EQ(Plain("\x02"
                  "abc",
                  2),
            "(refused)");  // more than announced
  EXPECT_EQ(Plain("\x02"
                  "abc",
                  4),
            "(refused)");  // less
  EXPECT_EQ(Plain("\x05"
                  "abc",
                  6),
            "(refused)");  // literals cut off
  EXPECT_EQ(Plain("\x01"
                  "ab"
                  "\x40\x02",
                  6),
            "(refused)");  // before the beginning
  EXPECT_EQ(Plain("\x01"
                  "ab"
                  "\x40",
                  6),
            "(refused)");  // a copy cut off
  EXPECT_EQ(Plain("\x01"
                  "ab"
                  "\xe0",
                  6),
            "(refused)");  // a long one
  EXPECT_EQ(Plain("\x01"
                  "ab",
                  size_t{1} << 60),
            "(refused)");  // no memory is taken for that
}

}  // namespace
}  // namespace kindred
