#include "command/table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "command/argument_docs.h"
#include "command/families.h"

namespace kindred {
namespace {

constexpr CommandRow kClientRows[] = {
    {.name = "client", .arity = -2},
    {.name = "client|id", .arity = 2},
    {.name = "client|setname", .arity = 3},
    {.name = "clientele", .arity = 1},
};

TEST(CommandTable, FindsNamesInAnyCase) {
  const CommandTable table(DataCommandFamilies());
  ASSERT_NE(table.Find("get"), nullptr);
  EXPECT_EQ(table.Find("GeT"), table.Find("get"));
  EXPECT_EQ(table.Find("get")->name, "get");
  EXPECT_EQ(table.Find("gets"), nullptr);
  EXPECT_EQ(table.Find(""), nullptr);
  EXPECT_EQ(table.Find(std::string(1000, 'g')), nullptr);
  EXPECT_EQ(table.Find(std::string_view("get\0", 4)), nullptr);
}

TEST(CommandTable, SubcommandsAreFoundThroughTheirParent) {
  const CommandTable table({kClientRows});
  EXPECT_EQ(table.Find("client|id"), nullptr);
  EXPECT_EQ(table.FindFullName("CLIENT|ID"), &kClientRows[1]);
  EXPECT_EQ(table.FindSubcommand("client", "SetName"), &kClientRows[2]);
  EXPECT_EQ(table.FindSubcommand("client", "what"), nullptr);
  EXPECT_EQ(table.FindSubcommand("client", std::string(1000, 'x')), nullptr);
  const std::vector<const CommandRow*> two = {&kClientRows[1], &kClientRows[2]};
  EXPECT_EQ(table.SubcommandsOf(kClientRows[0]), two);
  EXPECT_EQ(table.rows().size(), 4u);
  EXPECT_EQ(table.commands().size(), 2u);
}

TEST(CommandTable, ArgumentsRunTheSubcommandOfAMereContainer) {
  const CommandTable table(DataCommandFamilies());
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(table.FindFor(Words{"GET", "k"}), table.Find("get"));
  EXPECT_EQ(table.FindFor(Words{"Object", "Encoding", "k"}), table.FindFullName("object|encoding"));
  EXPECT_EQ(table.FindFor(Words{"object"}), table.Find("object"));
  EXPECT_EQ(table.FindFor(Words{"object", "what"}), nullptr);
  EXPECT_EQ(table.FindFor(Words{"object|encoding", "k"}), nullptr);
}

TEST(CommandTable, KeepsTheOrderOfItsFamilies) {
  const CommandTable table({KeyCommands(), StringCommands()});
  EXPECT_EQ(table.rows().front()->name, "del");
  EXPECT_EQ(table.rows().back()->name, StringCommands().back().name);
}

void ExpectOneHandlerOfItsKind(const CommandRow& row) {
  EXPECT_EQ(row.read != nullptr, row.kind == RowKind::kRead);
  EXPECT_EQ(row.read_record != nullptr, row.kind == RowKind::kRecordRead);
  EXPECT_EQ(row.write != nullptr, row.kind == RowKind::kWrite);
  EXPECT_EQ(row.many != nullptr, row.kind == RowKind::kManyKeys);
  EXPECT_TRUE(row.blind == nullptr || row.kind == RowKind::kWrite);
}

void ExpectKeysThatFit(const CommandRow& row) {
  const bool has_keys = row.keys.first != 0;
  const bool many = row.kind == RowKind::kManyKeys;
  EXPECT_EQ(has_keys, row.kind != RowKind::kKeyspace && row.kind != RowKind::kContainer);
  EXPECT_EQ(has_keys, row.key_use != 0);
  EXPECT_EQ(row.key_use_of != nullptr, (row.key_use & kKeyVariable) != 0);
  EXPECT_TRUE(many || (row.join == Join::kOneKey) == (row.keys.last >= 0));
  // A part is the name and one key with what belongs to it.
  EXPECT_TRUE(row.join == Join::kOneKey || row.keys.first == 1);
  EXPECT_TRUE(many || (row.db_of_key == nullptr && row.rest_use == 0));
  EXPECT_TRUE(!has_keys || std::abs(row.arity) > row.keys.first);
}

void ExpectFlagsThatFit(const CommandRow& row) {
  const bool writes = (row.flags & kFlagWrite) != 0;
  const bool reads = (row.flags & kFlagReadonly) != 0;
  EXPECT_EQ(writes || reads, row.kind != RowKind::kContainer);
  EXPECT_FALSE(writes && reads);
  EXPECT_TRUE(reads || (row.kind != RowKind::kRead && row.kind != RowKind::kRecordRead));
  EXPECT_TRUE(writes || row.kind != RowKind::kWrite);
}

TEST(DataCommandFamilies, EveryRowIsWhole) {
  const CommandTable table(DataCommandFamilies());
  std::set<std::string_view> groups = {"string", "bitmap", "generic", "server"};
  for (const CommandRow* row : table.rows()) {
    SCOPED_TRACE(row->name);
    EXPECT_NE(row->arity, 0);
    EXPECT_EQ(table.FindFullName(row->name), row);
    ExpectOneHandlerOfItsKind(*row);
    ExpectKeysThatFit(*row);
    ExpectFlagsThatFit(*row);
    EXPECT_EQ(row->kind == RowKind::kContainer, !table.SubcommandsOf(*row).empty());
    EXPECT_FALSE(row->summary.empty());
    EXPECT_FALSE(row->since.empty());
    EXPECT_FALSE(row->complexity.empty());
    EXPECT_TRUE(groups.contains(row->group));
    EXPECT_EQ(row->deprecated_since.empty(), row->replaced_by.empty());
    EXPECT_EQ(ParseArgumentDocs(row->arguments).empty(),
              row->arity == 1 || row->kind == RowKind::kContainer);
  }
}

TEST(DataCommandFamilies, HaveAllThatIsPromised) {
  const CommandTable table(DataCommandFamilies());
  for (const std::string_view name :
       {"get",     "set",         "setnx",     "setex",       "psetex",      "getset", "getdel",
        "getex",   "mget",        "mset",      "del",         "unlink",      "exists", "type",
        "strlen",  "append",      "incr",      "decr",        "incrby",      "decrby", "expire",
        "pexpire", "expireat",    "pexpireat", "incrbyfloat", "ttl",         "pttl",   "expiretime",
        "persist", "pexpiretime", "touch",     "siblings",    "scan",        "keys",   "randomkey",
        "dbsize",  "flushdb",     "flushall",  "setrange",    "getrange",    "substr", "setbit",
        "getbit",  "bitcount",    "bitpos",    "bitfield",    "bitfield_ro", "object", "memory",
        "dump",    "restore",     "msetnx",    "rename",      "renamenx",    "copy",   "bitop",
        "lcs"}) {
    EXPECT_NE(table.Find(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace kindred
