#include "command/argument_docs.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred {
namespace {

// "name:type:token" with ? for optional, + for multiple and * for multiple with its token, parts in
// brackets.
std::string Describe(const std::vector<ArgumentDoc>& arguments) {
  std::string text;
  for (const ArgumentDoc& argument : arguments) {
    if (!text.empty()) text += ' ';
    text += argument.name + ":" + std::string(argument.type);
    if (!argument.token.empty()) text += ":" + std::string(argument.token);
    if (argument.optional) text += '?';
    if (argument.multiple) text += argument.multiple_token ? '*' : '+';
    if (!argument.parts.empty()) text += "(" + Describe(argument.parts) + ")";
  }
  return text;
}

std::string Parsed(std::string_view line) { return Describe(ParseArgumentDocs(line)); }

TEST(ArgumentDocs, NamesTellTypesUnlessOneIsGiven) {
  EXPECT_EQ(Parsed("key value seconds increment:double pattern unix-time-seconds"),
            "key:key value:string seconds:integer increment:double pattern:pattern "
            "unix-time-seconds:unix-time");
  EXPECT_EQ(Parsed(""), "");
}

TEST(ArgumentDocs, CapitalsAreTokens) {
  EXPECT_EQ(Parsed("key [GET] [MATCH pattern] [COUNT count]"),
            "key:key get:pure-token:GET? pattern:pattern:MATCH? count:integer:COUNT?");
}

TEST(ArgumentDocs, BarsChooseAndLabelsName) {
  EXPECT_EQ(Parsed("[condition=NX|XX] [expiration=EX seconds|KEEPTTL]"),
            "condition:oneof?(nx:pure-token:NX xx:pure-token:XX) "
            "expiration:oneof?(seconds:integer:EX keepttl:pure-token:KEEPTTL)");
  EXPECT_EQ(Parsed("ASYNC|SYNC"), "async:oneof(async:pure-token:ASYNC sync:pure-token:SYNC)");
}

TEST(ArgumentDocs, DotsRepeatAndBracesGroup) {
  EXPECT_EQ(Parsed("key..."), "key:key+");
  EXPECT_EQ(Parsed("data={key value}..."), "data:block+(key:key value:string)");
  EXPECT_EQ(Parsed("[section]..."), "section:string?+");
}

TEST(ArgumentDocs, TokensStandBeforeBlocksAndChoices) {
  EXPECT_EQ(Parsed("[GET {encoding offset:integer}]*"),
            "encoding:block:GET?*(encoding:string offset:integer)");
  EXPECT_EQ(Parsed("[OVERFLOW <WRAP|SAT>] key"),
            "wrap:oneof:OVERFLOW?(wrap:pure-token:WRAP sat:pure-token:SAT) key:key");
}

TEST(ArgumentDocs, PiecesOfAChoiceHaveTheirOwnLabels) {
  EXPECT_EQ(Parsed("[operation=get-block=GET {type}|write={[SAT] value}]..."),
            "operation:oneof?+(get-block:block:GET(type:string) "
            "write:block(sat:pure-token:SAT? value:string))");
}

TEST(ArgumentDocs, PiecesOfAChoiceMayBeLeftOutOrRepeated) {
  EXPECT_EQ(Parsed("filter=old-format|new-format=<[ID id:integer]|[skip=SKIP <YES|NO>]>..."),
            "filter:oneof(old-format:string new-format:oneof+(id:integer:ID? "
            "skip:oneof:SKIP?(yes:pure-token:YES no:pure-token:NO)))");
}

TEST(ArgumentDocs, KeysBelongToTheKeySpecificationsInTheirOrder) {
  const auto indexes = [](int key_specs) {
    std::string out;
    ReplyWriter reply(&out, 3);
    WriteArgumentDocs(ParseArgumentDocs("destination:key value {key other:key}"), key_specs, reply);
    std::string found;
    constexpr std::string_view kField = "key_spec_index\r\n:";
    for (size_t at = 0; (at = out.find(kField, at)) != std::string::npos;) {
      found += out[at += kField.size()];
    }
    return found;
  };
  EXPECT_EQ(indexes(1), "000");
  EXPECT_EQ(indexes(2), "011");
}

TEST(ArgumentDocs, AreWrittenAsMaps) {
  std::string out;
  ReplyWriter reply(&out, 3);
  WriteArgumentDocs(ParseArgumentDocs("[mode=ON|OFF]"), 1, reply);
  EXPECT_EQ(out,
            "*1\r\n%4\r\n$4\r\nname\r\n$4\r\nmode\r\n$4\r\ntype\r\n$5\r\noneof\r\n"
            "$5\r\nflags\r\n~1\r\n+optional\r\n$9\r\narguments\r\n*2\r\n"
            "%4\r\n$4\r\nname\r\n$2\r\non\r\n$4\r\ntype\r\n$10\r\npure-token\r\n"
            "$12\r\ndisplay_text\r\n$2\r\non\r\n$5\r\ntoken\r\n$2\r\nON\r\n"
            "%4\r\n$4\r\nname\r\n$3\r\noff\r\n$4\r\ntype\r\n$10\r\npure-token\r\n"
            "$12\r\ndisplay_text\r\n$3\r\noff\r\n$5\r\ntoken\r\n$3\r\nOFF\r\n");
}

}  // namespace
}  // namespace kindred
