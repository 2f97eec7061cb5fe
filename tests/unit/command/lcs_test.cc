#include "command/lcs.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace kindred {
namespace {

// "text: a0-a1/b0-b1 ...", as FindLcs gives it.
std::string Found(std::string_view a, std::string_view b) {
  const Lcs lcs = FindLcs(a, b);
  std::string text = lcs.text + ":";
  for (const Lcs::Match& match : lcs.matches) {
    text += " " + std::to_string(match.a.first) + "-" + std::to_string(match.a.last) + "/" +
            std::to_string(match.b.first) + "-" + std::to_string(match.b.last);
  }
  return text;
}

TEST(Lcs, FindsTheCommonBytesInTheirOrder) {
  EXPECT_EQ(Found("ohmytext", "mynewtext"), "mytext: 4-7/5-8 2-3/0-1");
  EXPECT_EQ(Found("abc", "abc"), "abc: 0-2/0-2");
  EXPECT_EQ(Found("abc", "xyz"), ":");
  EXPECT_EQ(Found("", "abc"), ":");
  EXPECT_EQ(Found("abc", ""), ":");
}

// Redis's own answers where several are as long.
TEST(Lcs, OfSeveralItIsRedises) { EXPECT_EQ(Found("ab", "ba"), "b: 1-1/0-0"); }

// The subsequence is in both strings where the matches say, and they are as long as they can be.
TEST(Lcs, MatchesAreTrueAndDoNotTouch) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::string a, b;
    for (uint64_t i = random.Below(30); i > 0; --i) a += static_cast<char>('a' + random.Below(3));
    for (uint64_t i = random.Below(30); i > 0; --i) b += static_cast<char>('a' + random.Below(3));
    const Lcs lcs = FindLcs(a, b);
    std::string text;
    for (auto match = lcs.matches.rbegin(); match != lcs.matches.rend(); ++match) {
      EXPECT_EQ(match->a.Count(), match->b.Count());
      EXPECT_EQ(a.substr(match->a.first, match->a.Count()),
                b.substr(match->b.first, match->b.Count()));
      text += a.substr(match->a.first, match->a.Count());
      if (match == lcs.matches.rbegin()) continue;
      const Lcs::Match& before = *(match - 1);
      EXPECT_TRUE(before.a.last < match->a.first && before.b.last < match->b.first);
      EXPECT_FALSE(before.a.last + 1 == match->a.first && before.b.last + 1 == match->b.first);
    }
    EXPECT_EQ(text, lcs.text);
  }
}

}  // namespace
}  // namespace kindred
