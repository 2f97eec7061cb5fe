#include "base/number.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace kindred {
namespace {

std::string Reformat(std::string_view text) {
  std::optional<long double> value = ParseLongDouble(text);
  return value ? FormatLongDouble(*value) : "refused";
}

TEST(ParseInt64, TakesWhatItWouldPrint) {
  EXPECT_EQ(ParseInt64("0"), 0);
  EXPECT_EQ(ParseInt64("-1"), -1);
  EXPECT_EQ(ParseInt64("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(ParseInt64("-9223372036854775808"), INT64_MIN);
}

TEST(ParseInt64, RefusesEverythingElse) {
  for (const char* bad : {"", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "1.0", "1e3", "0x10",
                          "9223372036854775808", "-9223372036854775809", "--1"}) {
    EXPECT_EQ(ParseInt64(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseInt64(std::string_view("1\0", 2)), std::nullopt);
}

RC_GTEST_PROP(ParseInt64, EveryNumberComesBack, (int64_t value)) {
  RC_ASSERT(ParseInt64(std::to_string(value)) == value);
}

TEST(ParseLongDouble, TakesWhatStrtoldTakes) {
  EXPECT_EQ(ParseLongDouble("3.0e3"), 3000);
  EXPECT_EQ(ParseLongDouble("+1"), 1);
  EXPECT_EQ(ParseLongDouble("0x10"), 16);
  EXPECT_TRUE(std::isinf(ParseLongDouble("-inf").value()));
}

TEST(ParseLongDouble, RefusesSpaceNanAndWhatIsOutOfRange) {
  for (const char* bad : {"", " 1", "1 ", "abc", "1a", "nan", "1e5000", "-1e5000", "1e-5000"}) {
    EXPECT_EQ(ParseLongDouble(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseLongDouble(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(ParseLongDouble(std::string(6000, '1')), std::nullopt);
}

TEST(FormatLongDouble, IsHumanFriendly) {
  EXPECT_EQ(Reformat("10.50"), "10.5");
  EXPECT_EQ(Reformat("10.10"), "10.1");
  EXPECT_EQ(Reformat("5.0e3"), "5000");
  EXPECT_EQ(Reformat("0.1"), "0.1");
  EXPECT_EQ(Reformat("-0.0"), "0");
  EXPECT_EQ(Reformat("-1e-20"), "0");
  EXPECT_EQ(Reformat("inf"), "inf");
  EXPECT_EQ(Reformat("-inf"), "-inf");
  EXPECT_EQ(Reformat("0x1p13000").size(), 3914u);
}

}  // namespace
}  // namespace kindred
