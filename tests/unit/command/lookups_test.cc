// Which commands count as lookups, and of which of their keys.

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "command/families.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

class LookupsTest : public KeyspaceTest {
 protected:
  // The hits and misses of one command, where "there" is a key and "gone" is none.
  std::pair<uint64_t, uint64_t> Of(std::initializer_list<std::string_view> command) {
    keys = {{"there", {Kind::kString, kNever, "12"}}};
    lookups = {};
    Run(command);
    return {lookups.hits, lookups.misses};
  }

  const std::pair<uint64_t, uint64_t> kHit = {1, 0};
  const std::pair<uint64_t, uint64_t> kMiss = {0, 1};
  const std::pair<uint64_t, uint64_t> kNone = {0, 0};
};

TEST_F(LookupsTest, EveryCommandThatReadsOneKeyCounts) {
  const CommandTable table(DataCommandFamilies());
  const ValueView value = {Kind::kString, kNever, "12"};
  for (const CommandRow* row : table.rows()) {
    if (row->kind != RowKind::kRead) continue;
    const std::vector<std::string_view> args(static_cast<size_t>(std::abs(row->arity)), "1");
    Lookups counted;
    Call call;
    call.lookups = &counted;
    std::string out;
    ReplyWriter reply(&out, 2);
    row->read(&value, args, call, reply);
    row->read(nullptr, args, call, reply);
    EXPECT_EQ(counted, (Lookups{1, 1})) << row->name;
  }
}

TEST_F(LookupsTest, EachKeyOfSeveralCounts) {
  EXPECT_EQ(Of({"mget", "there", "gone", "there"}), std::pair(2ul, 1ul));
  EXPECT_EQ(Of({"exists", "there", "gone", "there"}), std::pair(2ul, 1ul));
  EXPECT_EQ(Of({"touch", "there", "gone", "there"}), std::pair(2ul, 1ul));
  EXPECT_EQ(Of({"lcs", "there", "gone"}), std::pair(1ul, 1ul));
  EXPECT_EQ(Of({"lcs", "there", "there"}), std::pair(2ul, 0ul));
}

TEST_F(LookupsTest, WritesThatTellTheOldValueCount) {
  EXPECT_EQ(Of({"getset", "there", "v"}), kHit);
  EXPECT_EQ(Of({"getset", "gone", "v"}), kMiss);
  EXPECT_EQ(Of({"getdel", "there"}), kHit);
  EXPECT_EQ(Of({"getdel", "gone"}), kMiss);
  EXPECT_EQ(Of({"getex", "there", "ex", "9"}), kHit);
  EXPECT_EQ(Of({"getex", "gone", "ex", "9"}), kMiss);
  EXPECT_EQ(Of({"set", "there", "v", "nx", "get"}), kHit);
  EXPECT_EQ(Of({"set", "gone", "v", "xx", "get"}), kMiss);
}

TEST_F(LookupsTest, WritesThatOnlyChangeTheKeyDoNot) {
  EXPECT_EQ(Of({"set", "there", "v", "nx"}), kNone);
  EXPECT_EQ(Of({"set", "there", "v", "ifeq", "12"}), kNone);
  EXPECT_EQ(Of({"incr", "there"}), kNone);
  EXPECT_EQ(Of({"append", "there", "x"}), kNone);
  EXPECT_EQ(Of({"setbit", "there", "1", "1"}), kNone);
  EXPECT_EQ(Of({"expire", "there", "9"}), kNone);
  EXPECT_EQ(Of({"del", "there", "gone"}), kNone);
  EXPECT_EQ(Of({"rename", "there", "gone"}), kNone);
  EXPECT_EQ(Of({"msetnx", "there", "1"}), kNone);
}

TEST_F(LookupsTest, OfASourceAndADestinationTheSourceCounts) {
  EXPECT_EQ(Of({"copy", "there", "gone"}), kHit);
  EXPECT_EQ(Of({"copy", "gone", "there"}), kMiss);
  EXPECT_EQ(Of({"bitop", "and", "there", "there", "gone"}), std::pair(1ul, 1ul));
}

TEST_F(LookupsTest, BitfieldCountsWhereItOnlyReads) {
  EXPECT_EQ(Of({"bitfield", "there", "get", "u8", "0"}), kHit);
  EXPECT_EQ(Of({"bitfield", "gone", "get", "u8", "0"}), kMiss);
  EXPECT_EQ(Of({"bitfield", "there", "get", "u8", "0", "set", "u8", "0", "1"}), kNone);
}

TEST_F(LookupsTest, WhatIsRefusedBeforeTheKeyIsReadDoesNotCount) {
  EXPECT_EQ(Of({"getrange", "there", "x", "1"}), kNone);
  EXPECT_EQ(Of({"getbit", "there", "x"}), kNone);
  EXPECT_EQ(Of({"getex", "there", "nonsense"}), kNone);
  EXPECT_EQ(Of({"getex", "there", "ex", "0"}), kHit);
  EXPECT_EQ(Of({"set", "there", "v", "ex", "0", "get"}), kNone);
  EXPECT_EQ(Of({"object", "freq", "there"}), kHit);
}

TEST_F(LookupsTest, MemoryUsageDoesNotCount) { EXPECT_EQ(Of({"memory", "usage", "there"}), kNone); }

}  // namespace
}  // namespace kindred
