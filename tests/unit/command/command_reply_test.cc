#include "command/command_reply.h"

#include <gtest/gtest.h>

#include <string>

#include "command/families.h"

namespace kindred {
namespace {

constexpr CommandRow kRows[] = {
    {.name = "parent", .arity = -2, .summary = "Holds two.", .since = "1.0.0", .group = "server"},
    {.name = "parent|one",
     .arity = 2,
     .flags = kFlagAdmin | kFlagNoScript | kFlagLoading,
     .summary = "One.",
     .since = "1.0.0",
     .group = "server"},
};

class CommandReplyTest : public testing::Test {
 protected:
  std::string Info(std::string_view name) {
    std::string out;
    ReplyWriter reply(&out, protocol_);
    WriteCommandInfo(table_, *table_.Find(name), reply);
    return Lines(out);
  }
  std::string Docs(std::string_view name) {
    std::string out;
    ReplyWriter reply(&out, protocol_);
    const CommandRow* row = table_.Find(name);
    WriteCommandDocs(table_, {&row, 1}, reply);
    return Lines(out);
  }
  std::string Keys(std::initializer_list<std::string_view> command, bool with_use = false) {
    std::string out;
    ReplyWriter reply(&out, protocol_);
    WriteKeys(table_, Args(command.begin(), command.size()), with_use, reply);
    return Lines(out);
  }
  static std::string Lines(std::string text) {
    size_t at = 0;
    while ((at = text.find("\r\n", at)) != std::string::npos) text.replace(at, 2, " ");
    return text;
  }

  CommandTable table_{[] {
    auto families = DataCommandFamilies();
    families.push_back(kRows);
    return families;
  }()};
  int protocol_ = 3;
};

TEST_F(CommandReplyTest, InfoHasTenElements) {
  EXPECT_EQ(Info("get"),
            "*10 $3 get :2 ~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~0 "
            "~1 %3 $5 flags ~2 +RO +access "
            "$12 begin_search %2 $4 type $5 index $4 spec %1 $5 index :1 "
            "$9 find_keys %2 $4 type $5 range $4 spec %3 $7 lastkey :0 $7 keystep :1 $5 limit :0 "
            "~0 ");
}

TEST_F(CommandReplyTest, InfoWithoutKeysHasNoKeySpecs) {
  EXPECT_EQ(Info("scan"),
            "*10 $4 scan :-2 ~1 +readonly :0 :0 :0 ~3 +@keyspace +@read +@slow "
            "~2 $23 nondeterministic_output $22 request_policy:special ~0 ~0 ");
}

TEST_F(CommandReplyTest, InfoTellsOtherUsesOfFurtherKeysInASecondSpecification) {
  const std::string info = Info("bitop");
  EXPECT_NE(info.find("~2 %3 $5 flags ~2 +OW +update $12 begin_search %2 $4 type $5 index "
                      "$4 spec %1 $5 index :2 $9 find_keys %2 $4 type $5 range "
                      "$4 spec %3 $7 lastkey :0 $7 keystep :1 $5 limit :0 "
                      "%3 $5 flags ~2 +RO +access $12 begin_search %2 $4 type $5 index "
                      "$4 spec %1 $5 index :3 $9 find_keys %2 $4 type $5 range "
                      "$4 spec %3 $7 lastkey :-1 $7 keystep :1 $5 limit :0 "),
            std::string::npos)
      << info;
}

TEST_F(CommandReplyTest, InfoHoldsTheSubcommands) {
  EXPECT_EQ(Info("parent"),
            "*10 $6 parent :-2 ~0 :0 :0 :0 ~1 +@slow ~0 ~0 "
            "*1 *10 $10 parent|one :2 ~3 +admin +noscript +loading :0 :0 :0 "
            "~3 +@admin +@slow +@dangerous ~0 ~0 ~0 ");
}

TEST_F(CommandReplyTest, InfoInResp2IsAllArrays) {
  protocol_ = 2;
  EXPECT_EQ(Info("randomkey"),
            "*10 $9 randomkey :1 *1 +readonly :0 :0 :0 *3 +@keyspace +@read +@slow "
            "*2 $25 request_policy:all_shards $23 nondeterministic_output *0 *0 ");
}

TEST_F(CommandReplyTest, DocsTellWhatReplacesADeprecatedCommand) {
  EXPECT_EQ(Docs("getset"),
            "%1 $6 getset %8 $7 summary $75 Returns the previous string value of a key after "
            "setting it to a new value. $5 since $5 1.0.0 $5 group $6 string "
            "$10 complexity $4 O(1) $9 doc_flags ~1 +deprecated $16 deprecated_since $5 6.2.0 "
            "$11 replaced_by $30 `SET` with the `!GET` argument $9 arguments "
            "*2 %4 $4 name $3 key $4 type $3 key $12 display_text $3 key $14 key_spec_index :0 "
            "%3 $4 name $5 value $4 type $6 string $12 display_text $5 value ");
}

TEST_F(CommandReplyTest, DocsHoldTheSubcommands) {
  EXPECT_EQ(Docs("parent"),
            "%1 $6 parent %4 $7 summary $10 Holds two. $5 since $5 1.0.0 $5 group $6 server "
            "$11 subcommands %1 $10 parent|one %3 $7 summary $4 One. $5 since $5 1.0.0 "
            "$5 group $6 server ");
}

TEST_F(CommandReplyTest, KeysStandWhereTheRowSays) {
  EXPECT_EQ(Keys({"GET", "a"}), "*1 $1 a ");
  EXPECT_EQ(Keys({"mset", "a", "1", "b", "2"}), "*2 $1 a $1 b ");
  EXPECT_EQ(Keys({"bitop", "and", "d", "a", "b"}), "*3 $1 d $1 a $1 b ");
  EXPECT_EQ(Keys({"object", "encoding", "a"}), "*1 $1 a ");
}

TEST_F(CommandReplyTest, KeysWithTheirUse) {
  EXPECT_EQ(Keys({"set", "a", "1"}, true), "*1 *2 $1 a ~2 +OW +update ");
  EXPECT_EQ(Keys({"set", "a", "1", "get"}, true), "*1 *2 $1 a ~3 +RW +access +update ");
  EXPECT_EQ(Keys({"copy", "a", "b"}, true), "*2 *2 $1 a ~2 +RO +access *2 $1 b ~2 +OW +update ");
}

TEST_F(CommandReplyTest, KeysOfWhatHasNone) {
  EXPECT_EQ(Keys({"scan", "0"}), "-ERR The command has no key arguments ");
  EXPECT_EQ(Keys({"parent", "one"}), "-ERR The command has no key arguments ");
  EXPECT_EQ(Keys({"parent", "two"}), "-ERR Invalid command specified ");
  EXPECT_EQ(Keys({"what", "a"}), "-ERR Invalid command specified ");
  EXPECT_EQ(Keys({"get"}), "-ERR Invalid number of arguments specified for command ");
  EXPECT_EQ(Keys({"get", "a", "b"}), "-ERR Invalid number of arguments specified for command ");
}

}  // namespace
}  // namespace kindred
