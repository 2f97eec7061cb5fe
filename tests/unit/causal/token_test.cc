#include "causal/token.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cctype>
#include <string>

#include "tests/unit/causal/generators.h"

namespace kindred {
namespace {

TEST(Token, EmptyContextIsTheEmptyToken) {
  EXPECT_EQ(EncodeToken({}), "");
  ASSERT_TRUE(DecodeToken("").ok());
  EXPECT_TRUE(DecodeToken("")->empty());
}

TEST(Token, WhatIsNoTokenIsRefused) {
  for (const char* token : {"x", "hello", "AAAA", "AAAAAAAAAAAAAAAA", "not a token", "\xff"}) {
    EXPECT_EQ(DecodeToken(token).status().code(), absl::StatusCode::kInvalidArgument) << token;
  }
}

RC_GTEST_PROP(Token, DecodeReturnsWhatEncodeWrote, ()) {
  const Context context = AnyContext();
  const std::string token = EncodeToken(context);
  for (const char c : token) RC_ASSERT(std::isalnum(c) || c == '-' || c == '_');
  const absl::StatusOr<Context> decoded = DecodeToken(token);
  RC_ASSERT(decoded.ok());
  RC_ASSERT(*decoded == context);
}

RC_GTEST_PROP(Token, MistypedTokensAreRefused, ()) {
  const std::string token = EncodeToken(AnyContext());
  RC_PRE(!token.empty());
  std::string mistyped = token;
  mistyped[*rc::gen::inRange<size_t>(0, token.size())] =
      *rc::gen::elementOf(std::string("aZ09-_+"));
  RC_PRE(mistyped != token);
  RC_ASSERT(!DecodeToken(mistyped).ok());
  RC_ASSERT(!DecodeToken(token.substr(0, token.size() - 1)).ok());
}

RC_GTEST_PROP(Token, ArbitraryTextIsRefused, (const std::string& text)) {
  RC_PRE(!text.empty());
  RC_ASSERT(!DecodeToken(text).ok());
}

}  // namespace
}  // namespace kindred
