#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class CounterCommandsTest : public KeyspaceTest {};

constexpr std::string_view kNotAnInteger = "-ERR value is not an integer or out of range";
constexpr std::string_view kWouldOverflow = "-ERR increment or decrement would overflow";

TEST_F(CounterCommandsTest, AMissingKeyCountsFromZero) {
  EXPECT_EQ(Run({"incr", "a"}), ":1");
  EXPECT_EQ(Run({"decr", "b"}), ":-1");
  EXPECT_EQ(Run({"incrby", "c", "5"}), ":5");
  EXPECT_EQ(Run({"decrby", "d", "5"}), ":-5");
  EXPECT_EQ(Run({"incrby", "c", "-7"}), ":-2");
  EXPECT_EQ(Run({"get", "c"}), "$2 -2");
}

TEST_F(CounterCommandsTest, CountingKeepsTheExpiry) {
  Run({"set", "k", "1", "ex", "100"});
  Run({"incr", "k"});
  Run({"incrbyfloat", "k", "1"});
  EXPECT_EQ(Run({"get", "k"}), "$1 3");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
}

TEST_F(CounterCommandsTest, OnlyIntegersInTheirPlainFormAreCounted) {
  for (const std::string_view text : {"abc", "", " 1", "1 ", "+1", "01", "1.0", "-0", "0x1"}) {
    Run({"set", "k", text});
    EXPECT_EQ(Run({"incr", "k"}), kNotAnInteger) << text;
    EXPECT_EQ(Run({"incrby", "fresh", text}), kNotAnInteger) << text;
    EXPECT_EQ(Run({"decrby", "fresh", text}), kNotAnInteger) << text;
  }
  Run({"set", "k", "99999999999999999999"});
  EXPECT_EQ(Run({"incr", "k"}), kNotAnInteger);
}

TEST_F(CounterCommandsTest, CountersStopAtTheEndsOf64Bits) {
  Run({"set", "k", "9223372036854775806"});
  EXPECT_EQ(Run({"incr", "k"}), ":9223372036854775807");
  EXPECT_EQ(Run({"incr", "k"}), kWouldOverflow);
  Run({"set", "k", "-9223372036854775808"});
  EXPECT_EQ(Run({"decr", "k"}), kWouldOverflow);
  EXPECT_EQ(Run({"decrby", "k", "-9223372036854775808"}), "-ERR decrement would overflow");
  EXPECT_EQ(Run({"incrby", "k", "9223372036854775807"}), ":-1");
}

TEST_F(CounterCommandsTest, IncrbyfloatAddsWithLongDoubles) {
  Run({"set", "k", "10.50"});
  EXPECT_EQ(Run({"incrbyfloat", "k", "0.1"}), "$4 10.6");
  EXPECT_EQ(Run({"incrbyfloat", "k", "-5"}), "$3 5.6");
  Run({"set", "k", "5.0e3"});
  EXPECT_EQ(Run({"incrbyfloat", "k", "2.0e2"}), "$4 5200");
  EXPECT_EQ(Run({"incrbyfloat", "fresh", "3.0"}), "$1 3");
  EXPECT_EQ(Run({"incr", "fresh"}), ":4");
}

TEST_F(CounterCommandsTest, IncrbyfloatRefusesWhatIsNoFloat) {
  Run({"set", "k", "abc"});
  EXPECT_EQ(Run({"incrbyfloat", "k", "1"}), "-ERR value is not a valid float");
  EXPECT_EQ(Run({"incrbyfloat", "fresh", "1 "}), "-ERR value is not a valid float");
  EXPECT_EQ(Run({"incrbyfloat", "fresh", "nan"}), "-ERR value is not a valid float");
  EXPECT_EQ(Run({"incrbyfloat", "fresh", "inf"}), "-ERR increment would produce NaN or Infinity");
  EXPECT_EQ(keys.count("fresh"), 0u);
}

}  // namespace
}  // namespace kindred
