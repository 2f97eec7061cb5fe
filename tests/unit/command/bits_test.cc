#include "command/bits.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace kindred {
namespace {

using std::string_literals::operator""s;

std::string RandomBytes(Random& random, size_t size) {
  // Mostly runs of equal bytes, so that the long steps are taken, too.
  constexpr char kBytes[] = {'\0', '\0', '\0', '\xff', '\xff', '\xff', '\x10', '\xfe'};
  std::string bytes;
  while (bytes.size() < size) bytes.append(1 + random.Below(12), kBytes[random.Below(8)]);
  bytes.resize(size);
  return bytes;
}

TEST(Bits, TheFirstIsTheHighestOfTheFirstByte) {
  EXPECT_TRUE(BitAt("\x80", 0));
  EXPECT_FALSE(BitAt("\x80", 1));
  EXPECT_TRUE(BitAt("\x80\x01", 15));
  EXPECT_FALSE(BitAt("\xff", 8));
}

TEST(Bits, CountAndFindAgreeWithLookingAtEachBit) {
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    const std::string bytes = RandomBytes(random, 1 + random.Below(40));
    const uint64_t a = random.Below(bytes.size() * 8);
    const uint64_t b = random.Below(bytes.size() * 8);
    const IndexRange range = {std::min(a, b), std::max(a, b)};
    uint64_t count = 0;
    std::optional<uint64_t> first_set;
    std::optional<uint64_t> first_clear;
    for (uint64_t bit = range.first; bit <= range.last; ++bit) {
      count += BitAt(bytes, bit);
      auto& first = BitAt(bytes, bit) ? first_set : first_clear;
      if (!first) first = bit;
    }
    EXPECT_EQ(CountBits(bytes, range), count);
    EXPECT_EQ(FindBit(bytes, true, range), first_set);
    EXPECT_EQ(FindBit(bytes, false, range), first_clear);
  }
}

TEST(Bits, FieldsBeginAtAnyBit) {
  std::string bytes = "\0\0"s;
  WriteField(&bytes, 7, 5, 23);
  EXPECT_EQ(bytes, "\x01\x70");
  EXPECT_EQ(ReadField(bytes, 7, 5), 23u);
  WriteField(&bytes, 8, 8, 0xabc);
  EXPECT_EQ(bytes, "\x01\xbc");
  EXPECT_EQ(ReadField(bytes, 0, 16), 0x01bcu);
}

TEST(Bits, FieldsReadZerosBeyondTheEnd) {
  EXPECT_EQ(ReadField("\xff", 4, 8), 0xf0u);
  EXPECT_EQ(ReadField("", 100, 64), 0u);
}

TEST(Bits, AFieldOf64BitsIsReadAsItWasWritten) {
  std::string bytes(9, '\xff');
  WriteField(&bytes, 3, 64, 0x0123456789abcdef);
  EXPECT_EQ(ReadField(bytes, 3, 64), 0x0123456789abcdefu);
  EXPECT_EQ(ReadField(bytes, 0, 3), 7u);
  EXPECT_EQ(ReadField(bytes, 67, 5), 31u);
}

}  // namespace
}  // namespace kindred
