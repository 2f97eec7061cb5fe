#include "resp/look_ahead.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred {
namespace {

using Arguments = std::vector<std::string_view>;

class LookAheadTest : public testing::Test {
 protected:
  Arguments Of(std::string_view input, size_t commands_max = 16) {
    Arguments arguments;
    passed_ = FirstArguments(input, commands_max, &arguments);
    return arguments;
  }
  size_t passed_ = 0;
};

constexpr std::string_view kGet = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
constexpr std::string_view kSet = "*3\r\n$3\r\nSET\r\n$2\r\nbc\r\n$4\r\nd\r\ne\r\n";
constexpr std::string_view kPing = "*1\r\n$4\r\nPING\r\n";

TEST_F(LookAheadTest, FindsTheFirstArgumentOfEachCommand) {
  const std::string input = std::string(kGet) + std::string(kPing) + std::string(kSet);
  EXPECT_EQ(Of(input), (Arguments{"a", "bc"}));
  EXPECT_EQ(passed_, 3u);
}

TEST_F(LookAheadTest, PassesAtMostSoManyCommands) {
  const std::string input = std::string(kGet) + std::string(kSet);
  EXPECT_EQ(Of(input, 1), (Arguments{"a"}));
  EXPECT_EQ(passed_, 1u);
}

TEST_F(LookAheadTest, EndsWhereACommandHasNotArrived) {
  for (size_t size = 0; size < kSet.size(); ++size) {
    const std::string input = std::string(kGet) + std::string(kSet.substr(0, size));
    EXPECT_EQ(Of(input), (Arguments{"a"})) << size;
    EXPECT_EQ(passed_, 1u);
  }
}

TEST_F(LookAheadTest, EndsBeforeACommandOfManyArguments) {
  std::string mget = "*9\r\n$4\r\nMGET\r\n";
  for (int i = 0; i < 8; ++i) mget += "$1\r\nk\r\n";
  EXPECT_EQ(Of(std::string(kGet) + mget + std::string(kGet)), (Arguments{"a"}));
  EXPECT_EQ(passed_, 1u);
}

TEST_F(LookAheadTest, EndsBeforeWhatIsNoPlainCommand) {
  for (const std::string_view other :
       {"PING\r\n", "*x\r\n", "*-1\r\n", "*\r\n", "*2\n$3\r\n", "*1\r\n:1\r\n", "*1\r\n$-1\r\n",
        "*1000000000000000000000\r\n", "*1\r\n$99999999999999999999\r\nx\r\n"}) {
    EXPECT_EQ(Of(std::string(kGet) + std::string(other) + std::string(kGet)), (Arguments{"a"}));
    EXPECT_EQ(passed_, 1u) << other;
  }
}

}  // namespace
}  // namespace kindred
