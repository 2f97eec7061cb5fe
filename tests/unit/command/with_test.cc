#include "command/with.h"

#include <gtest/gtest.h>

#include <string>

#include "causal/token.h"

namespace kindred {
namespace {

class WithTest : public testing::Test {
 protected:
  std::string With(std::initializer_list<std::string_view> command) {
    const absl::StatusOr<size_t> index =
        ParseWith(Args(command.begin(), command.size()), &consistency_);
    return index.ok() ? std::to_string(*index) : std::string(index.status().message());
  }
  std::string Set(std::initializer_list<std::string_view> command) {
    const absl::Status status =
        ParseConsistency(Args(command.begin(), command.size()), &consistency_);
    return status.ok() ? "OK" : std::string(status.message());
  }

  Consistency consistency_;
};

TEST_F(WithTest, OptionsComeInAnyOrderAndCase) {
  Context context;
  context.Add({7, 8});
  EXPECT_EQ(With({"WITH", "w", "ALL", "Strict", "CONTEXT", EncodeToken(context), "R", "local",
                  "SET", "k", "v"}),
            "8");
  EXPECT_EQ(consistency_.read, Level::Local());
  EXPECT_EQ(consistency_.write, Level::All());
  EXPECT_TRUE(consistency_.strict);
  EXPECT_EQ(consistency_.context, context);
}

TEST_F(WithTest, WhatIsNotNamedStaysAsItWas) {
  consistency_.write = Level::Number(3);
  EXPECT_EQ(With({"with", "r", "one", "get", "k"}), "3");
  EXPECT_EQ(consistency_.read, Level::Number(1));
  EXPECT_EQ(consistency_.write, Level::Number(3));
  EXPECT_FALSE(consistency_.strict);
  EXPECT_FALSE(consistency_.context.has_value());
  EXPECT_EQ(With({"with", "get", "r"}), "1");
}

TEST_F(WithTest, TheTokenOfAMissingKeyIsTheEmptyContext) {
  EXPECT_EQ(With({"with", "context", "", "set", "k", "v"}), "3");
  ASSERT_TRUE(consistency_.context.has_value());
  EXPECT_TRUE(consistency_.context->empty());
}

TEST_F(WithTest, MistakesAreNamed) {
  EXPECT_EQ(With({"with", "r", "one"}), "ERR WITH needs a command after its options");
  EXPECT_EQ(With({"with", "r"}), "ERR R needs a value");
  EXPECT_EQ(With({"with", "r", "1", "r", "2", "get", "k"}), "ERR R is given twice");
  EXPECT_EQ(With({"with", "strict", "strict", "get", "k"}), "ERR STRICT is given twice");
  EXPECT_EQ(With({"with", "r", "0", "get", "k"}),
            "ERR R takes ONE, QUORUM, ALL, LOCAL or a number from 1 to 255");
  EXPECT_EQ(With({"with", "w", "local", "get", "k"}),
            "ERR W takes ONE, QUORUM, ALL or a number from 1 to 255");
  EXPECT_EQ(With({"with", "context", "rubbish", "set", "k", "v"}),
            "ERR invalid context token, SIBLINGS gives them out");
  EXPECT_EQ(With({"with", "with", "get", "k"}), "ERR WITH cannot stand inside of WITH");
}

TEST_F(WithTest, ConsistencyTakesLevelsOnly) {
  EXPECT_EQ(Set({"consistency"}), "OK");
  EXPECT_EQ(consistency_.read, Level::Quorum());
  EXPECT_EQ(Set({"consistency", "w", "2", "r", "all"}), "OK");
  EXPECT_EQ(consistency_.read, Level::All());
  EXPECT_EQ(consistency_.write, Level::Number(2));
  EXPECT_EQ(Set({"consistency", "strict"}), "ERR CONSISTENCY takes R level and W level");
  EXPECT_EQ(Set({"consistency", "r", "1", "get"}), "ERR CONSISTENCY takes R level and W level");
  EXPECT_EQ(Set({"consistency", "w"}), "ERR W needs a value");
}

}  // namespace
}  // namespace kindred
