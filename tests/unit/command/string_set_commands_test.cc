#include <gtest/gtest.h>

#include "command/families.h"
#include "command/table.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class StringSetCommandsTest : public KeyspaceTest {
 protected:
  static bool Blind(std::initializer_list<std::string_view> command) {
    const CommandTable table(DataCommandFamilies());
    const CommandRow* row = table.Find(*command.begin());
    return row->blind != nullptr && row->blind(Args(command.begin(), command.size()));
  }
};

TEST_F(StringSetCommandsTest, SetReplacesValueAndExpiry) {
  EXPECT_EQ(Run({"set", "k", "v", "EX", "100"}), "+OK");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
  EXPECT_EQ(Run({"set", "k", "w"}), "+OK");
  EXPECT_EQ(Run({"get", "k"}), "$1 w");
  EXPECT_EQ(Run({"ttl", "k"}), ":-1");
}

TEST_F(StringSetCommandsTest, SetTakesTheExpiryInFourForms) {
  Run({"set", "k", "v", "ex", "10"});
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000010000");
  Run({"set", "k", "v", "Px", "10"});
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1700000000010");
  Run({"set", "k", "v", "exAT", "1800000000"});
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1800000000000");
  Run({"set", "k", "v", "PXAT", "1800000000001"});
  EXPECT_EQ(Run({"pexpiretime", "k"}), ":1800000000001");
}

TEST_F(StringSetCommandsTest, SetWithTheSameOptionTwiceTakesTheLast) {
  EXPECT_EQ(Run({"set", "k", "v", "px", "10", "px", "20"}), "+OK");
  EXPECT_EQ(Run({"pttl", "k"}), ":20");
}

TEST_F(StringSetCommandsTest, SetInThePastIsOkAndLeavesNoKey) {
  Run({"set", "k", "old"});
  EXPECT_EQ(Run({"set", "k", "v", "exat", "1"}), "+OK");
  EXPECT_EQ(Run({"get", "k"}), "$-1");
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, KeepttlKeepsIt) {
  Run({"set", "k", "v", "ex", "100"});
  EXPECT_EQ(Run({"set", "k", "w", "keepttl"}), "+OK");
  EXPECT_EQ(Run({"ttl", "k"}), ":100");
  EXPECT_EQ(Run({"set", "new", "w", "keepttl"}), "+OK");
  EXPECT_EQ(Run({"ttl", "new"}), ":-1");
}

TEST_F(StringSetCommandsTest, NxSetsOnlyWhatIsMissing) {
  EXPECT_EQ(Run({"set", "k", "v", "nx"}), "+OK");
  EXPECT_EQ(Run({"set", "k", "w", "nx"}), "$-1");
  EXPECT_EQ(Run({"get", "k"}), "$1 v");
}

TEST_F(StringSetCommandsTest, XxSetsOnlyWhatExists) {
  EXPECT_EQ(Run({"set", "k", "v", "xx"}), "$-1");
  EXPECT_EQ(Run({"exists", "k"}), ":0");
  Run({"set", "k", "v"});
  EXPECT_EQ(Run({"set", "k", "w", "XX"}), "+OK");
  EXPECT_EQ(Run({"get", "k"}), "$1 w");
}

TEST_F(StringSetCommandsTest, GetTellsWhatWasThereWhetherOrNotItIsSet) {
  EXPECT_EQ(Run({"set", "k", "a", "get"}), "$-1");
  EXPECT_EQ(Run({"set", "k", "b", "get"}), "$1 a");
  EXPECT_EQ(Run({"set", "k", "c", "nx", "get"}), "$1 b");
  EXPECT_EQ(Run({"get", "k"}), "$1 b");
  EXPECT_EQ(Run({"set", "other", "c", "xx", "get"}), "$-1");
  EXPECT_EQ(Run({"exists", "other"}), ":0");
  EXPECT_EQ(Run({"set", "third", "c", "nx", "get"}), "$-1");
  EXPECT_EQ(Run({"get", "third"}), "$1 c");
}

TEST_F(StringSetCommandsTest, IfeqComparesAndSets) {
  EXPECT_EQ(Run({"set", "k", "b", "ifeq", "a"}), "$-1");
  EXPECT_EQ(Run({"exists", "k"}), ":0");
  Run({"set", "k", "a"});
  EXPECT_EQ(Run({"set", "k", "c", "IFEQ", "b"}), "$-1");
  EXPECT_EQ(Run({"set", "k", "b", "IFEQ", "a", "EX", "10"}), "+OK");
  EXPECT_EQ(Run({"ttl", "k"}), ":10");
  EXPECT_EQ(Run({"set", "k", "c", "IFEQ", "x", "GET"}), "$1 b");
  EXPECT_EQ(Run({"set", "k", "c", "GET", "IFEQ", "b"}), "$1 b");
  EXPECT_EQ(Run({"get", "k"}), "$1 c");
}

TEST_F(StringSetCommandsTest, SetRefusesWhatDoesNotGoTogether) {
  const std::string syntax = "-ERR syntax error";
  EXPECT_EQ(Run({"set", "k", "v", "nx", "xx"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "xx", "nx"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "nx", "ifeq", "a"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "ifeq", "a", "xx"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "ifeq", "a", "ifeq", "a"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "ifeq"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "ex"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "ex", "1", "px", "1"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "exat", "1", "ex", "1"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "keepttl", "ex", "1"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "pxat", "1", "keepttl"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "persist"}), syntax);
  EXPECT_EQ(Run({"set", "k", "v", "what"}), syntax);
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, SetRefusesTimesThatAreNone) {
  const std::string not_integer = "-ERR value is not an integer or out of range";
  const std::string invalid = "-ERR invalid expire time in 'set' command";
  EXPECT_EQ(Run({"set", "k", "v", "ex", "abc"}), not_integer);
  EXPECT_EQ(Run({"set", "k", "v", "ex", "1.5"}), not_integer);
  EXPECT_EQ(Run({"set", "k", "v", "ex", ""}), not_integer);
  EXPECT_EQ(Run({"set", "k", "v", "ex", "9223372036854775808"}), not_integer);
  EXPECT_EQ(Run({"set", "k", "v", "ex", "0"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "px", "-1"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "exat", "0"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "ex", "9223372036854775"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "px", "9223372036854775807"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "exat", "9223372036854776"}), invalid);
  EXPECT_EQ(Run({"set", "k", "v", "exat", "9223372036854775"}), "+OK");
  EXPECT_EQ(Run({"set", "k", "v", "pxat", "9223372036854775807"}), "+OK");
}

TEST_F(StringSetCommandsTest, SetnxAnswersANumber) {
  EXPECT_EQ(Run({"setnx", "k", "v"}), ":1");
  EXPECT_EQ(Run({"setnx", "k", "w"}), ":0");
  EXPECT_EQ(Run({"get", "k"}), "$1 v");
}

TEST_F(StringSetCommandsTest, SetexAndPsetexSetBoth) {
  EXPECT_EQ(Run({"setex", "k", "10", "v"}), "+OK");
  EXPECT_EQ(Run({"pttl", "k"}), ":10000");
  EXPECT_EQ(Run({"psetex", "k", "10", "w"}), "+OK");
  EXPECT_EQ(Run({"pttl", "k"}), ":10");
  EXPECT_EQ(Run({"get", "k"}), "$1 w");
}

TEST_F(StringSetCommandsTest, SetexAndPsetexNameThemselvesInErrors) {
  EXPECT_EQ(Run({"setex", "k", "0", "v"}), "-ERR invalid expire time in 'setex' command");
  EXPECT_EQ(Run({"SETEX", "k", "-1", "v"}), "-ERR invalid expire time in 'setex' command");
  EXPECT_EQ(Run({"psetex", "k", "0", "v"}), "-ERR invalid expire time in 'psetex' command");
  EXPECT_EQ(Run({"setex", "k", "x", "v"}), "-ERR value is not an integer or out of range");
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, MsetSetsPairsAndTheLastOfAKeyWins) {
  EXPECT_EQ(Run({"mset", "a", "1", "b", "2", "a", "3"}), "+OK");
  EXPECT_EQ(Run({"mget", "a", "b"}), "*2 $1 3 $1 2");
}

TEST_F(StringSetCommandsTest, MsetWithoutTheLastValueSetsNothing) {
  EXPECT_EQ(Run({"mset", "a", "1", "b"}), "-ERR wrong number of arguments for 'mset' command");
  EXPECT_EQ(Run({"mset", "a"}), "-ERR wrong number of arguments for 'mset' command");
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, NothingLongerThanTheLimitIsStored) {
  const std::string long_value(1001, 'x');
  const std::string too_long = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)";
  EXPECT_EQ(Run({"set", "k", long_value}), too_long);
  EXPECT_EQ(Run({"setnx", "k", long_value}), too_long);
  EXPECT_EQ(Run({"setex", "k", "1", long_value}), too_long);
  EXPECT_EQ(Run({"mset", "k", long_value}), too_long);
  EXPECT_EQ(Run({"getset", "k", long_value}), too_long);
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, OnlyWhatMeansWhateverWasThereIsBlind) {
  EXPECT_TRUE(Blind({"set", "k", "v"}));
  EXPECT_TRUE(Blind({"set", "k", "v", "ex", "1"}));
  EXPECT_TRUE(Blind({"setex", "k", "1", "v"}));
  EXPECT_TRUE(Blind({"psetex", "k", "1", "v"}));
  EXPECT_TRUE(Blind({"mset", "k", "v"}));
  EXPECT_TRUE(Blind({"del", "k"}));
  EXPECT_TRUE(Blind({"unlink", "k"}));
  EXPECT_FALSE(Blind({"set", "k", "v", "nx"}));
  EXPECT_FALSE(Blind({"set", "k", "v", "xx"}));
  EXPECT_FALSE(Blind({"set", "k", "v", "get"}));
  EXPECT_FALSE(Blind({"set", "k", "v", "keepttl"}));
  EXPECT_FALSE(Blind({"set", "k", "v", "ifeq", "a"}));
  EXPECT_FALSE(Blind({"setnx", "k", "v"}));
  EXPECT_FALSE(Blind({"getset", "k", "v"}));
  EXPECT_FALSE(Blind({"append", "k", "v"}));
  EXPECT_FALSE(Blind({"incr", "k"}));
  EXPECT_FALSE(Blind({"expire", "k", "1"}));
}

TEST_F(StringSetCommandsTest, MsetnxSetsAllOrNothing) {
  EXPECT_EQ(Run({"msetnx", "a", "1", "b", "2"}), ":1");
  EXPECT_EQ(Run({"msetnx", "c", "3", "b", "4"}), ":0");
  EXPECT_EQ(Run({"mget", "a", "b", "c"}), "*3 $1 1 $1 2 $-1");
  EXPECT_EQ(Run({"msetnx", "d", "1", "d", "2"}), ":1");
  EXPECT_EQ(Run({"get", "d"}), "$1 2");
}

TEST_F(StringSetCommandsTest, MsetnxNeedsPairs) {
  EXPECT_EQ(Run({"msetnx", "a", "1", "b"}), "-ERR wrong number of arguments for 'msetnx' command");
  EXPECT_EQ(Run({"msetnx", "a", "1", "b", std::string(1001, 'x')}),
            "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  EXPECT_TRUE(keys.empty());
}

TEST_F(StringSetCommandsTest, TheUseOfTheKeyDependsOnTheOptions) {
  const CommandTable table(DataCommandFamilies());
  const CommandRow& row = *table.Find("set");
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(KeyUseOf(row, Words{"set", "k", "v", "nx"}, 0), kKeyOverwrite | kKeyUpdate);
  for (std::string_view option : {"GET", "ifeq"}) {
    EXPECT_EQ(KeyUseOf(row, Words{"set", "k", "v", option, "x"}, 0),
              kKeyReadWrite | kKeyAccess | kKeyUpdate);
  }
}

}  // namespace
}  // namespace kindred
