#include "base/glob.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace kindred {
namespace {

TEST(Glob, StarsAndQuestionMarks) {
  EXPECT_TRUE(GlobMatch("*", ""));
  EXPECT_TRUE(GlobMatch("", ""));
  EXPECT_FALSE(GlobMatch("", "a"));
  EXPECT_TRUE(GlobMatch("h*llo", "hllo"));
  EXPECT_TRUE(GlobMatch("h*llo", "heeeello"));
  EXPECT_TRUE(GlobMatch("h?llo", "hello"));
  EXPECT_FALSE(GlobMatch("h?llo", "hllo"));
  EXPECT_TRUE(GlobMatch("*ab*ab", "abxabab"));
  EXPECT_FALSE(GlobMatch("*ab*ab", "xab"));
  EXPECT_TRUE(GlobMatch("a**", "a"));
}

TEST(Glob, Classes) {
  EXPECT_TRUE(GlobMatch("h[ae]llo", "hallo"));
  EXPECT_FALSE(GlobMatch("h[ae]llo", "hillo"));
  EXPECT_TRUE(GlobMatch("h[^e]llo", "hallo"));
  EXPECT_FALSE(GlobMatch("h[^e]llo", "hello"));
  EXPECT_TRUE(GlobMatch("h[a-c]llo", "hbllo"));
  EXPECT_TRUE(GlobMatch("h[c-a]llo", "hbllo"));
  EXPECT_FALSE(GlobMatch("h[a-c]llo", "hdllo"));
  EXPECT_TRUE(GlobMatch("[\\]]", "]"));
  EXPECT_TRUE(GlobMatch("[a\\-z]", "-"));
  EXPECT_FALSE(GlobMatch("[a\\-z]", "b"));
}

TEST(Glob, UnfinishedPatternsActAsInRedis) {
  EXPECT_TRUE(GlobMatch("[abc", "b"));
  EXPECT_FALSE(GlobMatch("[abc", "d"));
  EXPECT_FALSE(GlobMatch("[", "["));
  EXPECT_TRUE(GlobMatch("[^", "x"));
  EXPECT_FALSE(GlobMatch("[]", "]"));
  EXPECT_TRUE(GlobMatch("a\\", "a\\"));
  EXPECT_FALSE(GlobMatch("[a-]", "-"));  // the range from a to ], without an end
}

TEST(Glob, EscapesTakeTheMeaningAway) {
  EXPECT_TRUE(GlobMatch("a\\*b", "a*b"));
  EXPECT_FALSE(GlobMatch("a\\*b", "axb"));
  EXPECT_TRUE(GlobMatch("\\[a]", "[a]"));
}

TEST(Glob, CaseIsIgnoredOnDemand) {
  EXPECT_FALSE(GlobMatch("HELLO", "hello"));
  EXPECT_TRUE(GlobMatch("HEL*", "hello", true));
  EXPECT_TRUE(GlobMatch("[A-C]", "b", true));
}

TEST(Glob, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(GlobMatch(pattern + "b", std::string(5000, 'a')));
}

// The definition, word for word: exponential, and obviously right.
bool SlowMatch(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return SlowMatch(pattern.substr(1), text) ||
           (!text.empty() && SlowMatch(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         SlowMatch(pattern.substr(1), text.substr(1));
}

RC_GTEST_PROP(Glob, AgreesWithTheSlowDefinition, ()) {
  auto pattern = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '*', '?'));
  auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b'));
  pattern.resize(std::min<size_t>(pattern.size(), 8));
  text.resize(std::min<size_t>(text.size(), 10));
  RC_ASSERT(GlobMatch(pattern, text) == SlowMatch(pattern, text));
}

RC_GTEST_PROP(Glob, NoPatternReadsBeyondItsEnd,
              (const std::string& pattern, const std::string& text)) {
  GlobMatch("[" + pattern, text);
  GlobMatch(pattern + "\\", text, true);
}

}  // namespace
}  // namespace kindred
