#include "command/argument_docs.h"

#include <gtest/gtest.h>

#include <string>

namespace kindred {
namespace {

// "name:type:token" with ? for optional and + for multiple, parts in brackets.
std::string Describe(const std::vector<ArgumentDoc>& arguments) {
  std::string text;
  for (const ArgumentDoc& argument : arguments) {
    if (!text.empty()) text += ' ';
    text += argument.name + ":" + std::string(argument.type);
    if (!argument.token.empty()) text += ":" + std::string(argument.token);
    if (argument.optional) text += '?';
    if (argument.multiple) text += '+';
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

TEST(ArgumentDocs, AreWrittenAsMaps) {
  std::string out;
  ReplyWriter reply(&out, 3);
  WriteArgumentDocs(ParseArgumentDocs("[mode=ON|OFF]"), reply);
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
