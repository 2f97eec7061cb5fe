#include <gtest/gtest.h>

#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class BitmapCommandsTest : public KeyspaceTest {
 protected:
  const std::string kSyntaxError = "-ERR syntax error";
  const std::string kNotAnInteger = "-ERR value is not an integer or out of range";
};

TEST_F(BitmapCommandsTest, SetbitTellsWhatWasThere) {
  EXPECT_EQ(Run({"setbit", "k", "7", "1"}), ":0");
  EXPECT_EQ(keys["k"].payload, "\x01");
  EXPECT_EQ(Run({"setbit", "k", "7", "0"}), ":1");
  EXPECT_EQ(keys["k"].payload, std::string(1, '\0'));
  EXPECT_EQ(Run({"setbit", "k", "16", "1"}), ":0");
  EXPECT_EQ(keys["k"].payload, std::string("\0\0\x80", 3));
}

TEST_F(BitmapCommandsTest, SetbitKeepsTheExpiryAndMakesTheKeyAlsoForAZero) {
  Run({"set", "k", "a", "ex", "100"});
  Run({"setbit", "k", "0", "1"});
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
  EXPECT_EQ(Run({"setbit", "zero", "9", "0"}), ":0");
  EXPECT_EQ(Run({"strlen", "zero"}), ":2");
}

TEST_F(BitmapCommandsTest, GetbitIsZeroBeyondTheEnd) {
  Run({"set", "k", "\x01"});
  EXPECT_EQ(Run({"getbit", "k", "7"}), ":1");
  EXPECT_EQ(Run({"getbit", "k", "6"}), ":0");
  EXPECT_EQ(Run({"getbit", "k", "7000"}), ":0");
  EXPECT_EQ(Run({"getbit", "none", "0"}), ":0");
}

TEST_F(BitmapCommandsTest, OffsetsAndBitsAreChecked) {
  const std::string offset = "-ERR bit offset is not an integer or out of range";
  const std::string bit = "-ERR bit is not an integer or out of range";
  EXPECT_EQ(Run({"setbit", "k", "-1", "1"}), offset);
  EXPECT_EQ(Run({"setbit", "k", "x", "2"}), offset);
  EXPECT_EQ(Run({"setbit", "k", "8000", "1"}), offset);
  EXPECT_EQ(Run({"getbit", "k", "8000"}), offset);
  EXPECT_EQ(Run({"setbit", "k", "1", "2"}), bit);
  EXPECT_EQ(Run({"setbit", "k", "1", "-1"}), bit);
  EXPECT_EQ(Run({"setbit", "k", "1", "x"}), bit);
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(Run({"setbit", "k", "7999", "1"}), ":0");
}

TEST_F(BitmapCommandsTest, BitcountCountsRangesOfBytesAndOfBits) {
  Run({"set", "k", "foobar"});
  EXPECT_EQ(Run({"bitcount", "k"}), ":26");
  EXPECT_EQ(Run({"bitcount", "k", "0", "0"}), ":4");
  EXPECT_EQ(Run({"bitcount", "k", "1", "1", "BYTE"}), ":6");
  EXPECT_EQ(Run({"bitcount", "k", "5", "30", "bit"}), ":17");
  EXPECT_EQ(Run({"bitcount", "k", "-1", "-3"}), ":0");
  EXPECT_EQ(Run({"bitcount", "none"}), ":0");
}

TEST_F(BitmapCommandsTest, BitcountRefusesWrongArgumentsAlsoOfAMissingKey) {
  EXPECT_EQ(Run({"bitcount", "k", "1"}), kSyntaxError);
  EXPECT_EQ(Run({"bitcount", "k", "1", "2", "bits"}), kSyntaxError);
  EXPECT_EQ(Run({"bitcount", "k", "1", "2", "bit", "x"}), kSyntaxError);
  EXPECT_EQ(Run({"bitcount", "k", "a", "2"}), kNotAnInteger);
}

TEST_F(BitmapCommandsTest, BitposFindsTheFirst) {
  Run({"set", "k", "\xff\xf0\x01"});
  EXPECT_EQ(Run({"bitpos", "k", "0"}), ":12");
  EXPECT_EQ(Run({"bitpos", "k", "1", "2"}), ":23");
  EXPECT_EQ(Run({"bitpos", "k", "1", "-1", "-1", "byte"}), ":23");
  EXPECT_EQ(Run({"bitpos", "k", "1", "12", "22", "BIT"}), ":-1");
  EXPECT_EQ(Run({"bitpos", "k", "1", "9", "10", "BIT"}), ":9");
  EXPECT_EQ(Run({"bitpos", "k", "1", "5"}), ":-1");
}

TEST_F(BitmapCommandsTest, BitposGoesOnInZerosUnlessAnEndIsGiven) {
  Run({"set", "k", "\xff\xff"});
  EXPECT_EQ(Run({"bitpos", "k", "0"}), ":16");
  EXPECT_EQ(Run({"bitpos", "k", "0", "1"}), ":16");
  EXPECT_EQ(Run({"bitpos", "k", "0", "0", "-1"}), ":-1");
  EXPECT_EQ(Run({"bitpos", "k", "0", "0", "5"}), ":-1");
  EXPECT_EQ(Run({"bitpos", "k", "0", "2"}), ":-1");
}

TEST_F(BitmapCommandsTest, BitposOfNothing) {
  EXPECT_EQ(Run({"bitpos", "none", "0"}), ":0");
  EXPECT_EQ(Run({"bitpos", "none", "1"}), ":-1");
  Run({"set", "empty", ""});
  EXPECT_EQ(Run({"bitpos", "empty", "0"}), ":-1");
  EXPECT_EQ(Run({"bitpos", "empty", "1"}), ":-1");
}

TEST_F(BitmapCommandsTest, BitposRefusesWrongArgumentsAlsoOfAMissingKey) {
  EXPECT_EQ(Run({"bitpos", "k", "2"}), "-ERR The bit argument must be 1 or 0.");
  EXPECT_EQ(Run({"bitpos", "k", "a"}), kNotAnInteger);
  EXPECT_EQ(Run({"bitpos", "k", "1", "a"}), kNotAnInteger);
  EXPECT_EQ(Run({"bitpos", "k", "1", "0", "b"}), kNotAnInteger);
  EXPECT_EQ(Run({"bitpos", "k", "1", "0", "1", "x"}), kSyntaxError);
  EXPECT_EQ(Run({"bitpos", "k", "1", "0", "1", "bit", "x"}), kSyntaxError);
}

}  // namespace
}  // namespace kindred
