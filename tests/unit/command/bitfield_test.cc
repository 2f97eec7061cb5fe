#include "command/bitfield.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace kindred {
namespace {

using What = FieldOperation::What;

constexpr FieldType kU8 = {false, 8};
constexpr FieldType kI8 = {true, 8};
constexpr FieldType kU63 = {false, 63};
constexpr FieldType kI64 = {true, 64};
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// The number in the field after the operation, or "fails".
std::string After(What what, FieldType type, int64_t old, int64_t operand, FieldOverflow overflow) {
  FieldOperation operation;
  operation.what = what;
  operation.type = type;
  operation.operand = operand;
  operation.overflow = overflow;
  const uint64_t mask = type.width == 64 ? ~uint64_t{0} : (uint64_t{1} << type.width) - 1;
  const auto bits = NextBits(operation, static_cast<uint64_t>(old) & mask);
  return bits ? std::to_string(NumberOf(type, *bits)) : "fails";
}

TEST(Bitfield, NumbersHaveTheSignOfTheirType) {
  EXPECT_EQ(NumberOf(kU8, 0xff), 255);
  EXPECT_EQ(NumberOf(kI8, 0xff), -1);
  EXPECT_EQ(NumberOf(kI8, 0x7f), 127);
  EXPECT_EQ(NumberOf(kI64, ~uint64_t{0}), -1);
  EXPECT_EQ(NumberOf({true, 1}, 1), -1);
}

TEST(Bitfield, WrapKeepsTheLowestBits) {
  EXPECT_EQ(After(What::kIncrement, kU8, 250, 10, FieldOverflow::kWrap), "4");
  EXPECT_EQ(After(What::kIncrement, kU8, 3, -5, FieldOverflow::kWrap), "254");
  EXPECT_EQ(After(What::kIncrement, kI8, 127, 1, FieldOverflow::kWrap), "-128");
  EXPECT_EQ(After(What::kIncrement, kI64, kMax, 1, FieldOverflow::kWrap), std::to_string(kMin));
  EXPECT_EQ(After(What::kSet, kU8, 0, 257, FieldOverflow::kWrap), "1");
  EXPECT_EQ(After(What::kSet, kI8, 0, 200, FieldOverflow::kWrap), "-56");
}

TEST(Bitfield, SaturateStopsAtTheEnds) {
  EXPECT_EQ(After(What::kIncrement, kU8, 250, 10, FieldOverflow::kSaturate), "255");
  EXPECT_EQ(After(What::kIncrement, kU8, 3, -5, FieldOverflow::kSaturate), "0");
  EXPECT_EQ(After(What::kIncrement, kI8, -100, -100, FieldOverflow::kSaturate), "-128");
  EXPECT_EQ(After(What::kIncrement, kI64, kMin, -1, FieldOverflow::kSaturate),
            std::to_string(kMin));
  EXPECT_EQ(After(What::kIncrement, kU63, kMax, kMax, FieldOverflow::kSaturate),
            std::to_string(kMax));
  EXPECT_EQ(After(What::kSet, kI8, 0, -129, FieldOverflow::kSaturate), "-128");
}

TEST(Bitfield, FailWritesNothing) {
  EXPECT_EQ(After(What::kIncrement, kU8, 255, 1, FieldOverflow::kFail), "fails");
  EXPECT_EQ(After(What::kIncrement, kI64, kMin, -1, FieldOverflow::kFail), "fails");
  EXPECT_EQ(After(What::kSet, kI8, 0, 128, FieldOverflow::kFail), "fails");
  EXPECT_EQ(After(What::kSet, kI8, 0, 127, FieldOverflow::kFail), "127");
}

TEST(Bitfield, ANegativeNumberIsLargeForAnUnsignedField) {
  EXPECT_EQ(After(What::kSet, kU8, 0, -1, FieldOverflow::kSaturate), "255");
  EXPECT_EQ(After(What::kSet, kU8, 0, -1, FieldOverflow::kWrap), "255");
  EXPECT_EQ(After(What::kSet, kU8, 0, -1, FieldOverflow::kFail), "fails");
}

TEST(Bitfield, OnlyGetsIsSureOfIt) {
  using Words = std::vector<std::string_view>;
  EXPECT_TRUE(OnlyGets(Words{}));
  EXPECT_TRUE(OnlyGets(Words{"get", "u8", "0", "OVERFLOW", "SAT", "GET", "i5", "#1"}));
  EXPECT_FALSE(OnlyGets(Words{"get", "u8", "0", "set", "u8", "0", "1"}));
  EXPECT_FALSE(OnlyGets(Words{"get", "u8"}));
}

}  // namespace
}  // namespace kindred
