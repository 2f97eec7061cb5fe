#include "server/slow_log.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

using Words = std::vector<std::string>;

constexpr CommandRow kSet = {.name = "set", .kind = RowKind::kWrite};

Words Logged(const CommandRow& row, const std::vector<std::string_view>& args) {
  return UnpackFromLog(PackForLog(row, args));
}

CommandRow Named(std::string_view name) {
  CommandRow row;
  row.name = name;
  return row;
}

SlowCommand Taking(uint64_t us) {
  SlowCommand command;
  command.duration_us = us;
  return command;
}

TEST(SlowLog, KeepsArgumentsShortenedAsRedisDoes) {
  EXPECT_EQ(Logged(kSet, {"SET", "", std::string_view("\0\xff", 2)}),
            (Words{"SET", "", std::string("\0\xff", 2)}));
  const std::string exact(128, 'x');
  EXPECT_EQ(Logged(kSet, {exact})[0], exact);
  EXPECT_EQ(Logged(kSet, {exact + "y"})[0], exact + "... (1 more bytes)");
  std::vector<std::string_view> many(32, "a");
  EXPECT_EQ(Logged(kSet, many).size(), 32u);
  EXPECT_EQ(Logged(kSet, many)[31], "a");
  many.resize(40, "a");
  EXPECT_EQ(Logged(kSet, many).size(), 32u);
  EXPECT_EQ(Logged(kSet, many)[31], "... (9 more arguments)");
}

TEST(SlowLog, BlotsOutSecrets) {
  const std::string x(kRedacted);
  EXPECT_EQ(Logged(Named("auth"), {"AUTH", "pass"}), (Words{"AUTH", x}));
  EXPECT_EQ(Logged(Named("auth"), {"AUTH", "user", "pass"}), (Words{"AUTH", x, x}));
  EXPECT_EQ(Logged(Named("hello"), {"HELLO", "3", "SETNAME", "n", "AUTH", "u", "p"}),
            (Words{"HELLO", "3", "SETNAME", "n", "AUTH", x, x}));
  EXPECT_EQ(Logged(Named("hello"), {"HELLO", "3", "AUTH", "u"}),
            (Words{"HELLO", "3", "AUTH", "u"}));
  EXPECT_EQ(Logged(Named("config|set"), {"CONFIG", "SET", "timeout", "1", "RequirePass", "p"}),
            (Words{"CONFIG", "SET", "timeout", "1", "RequirePass", x}));
  EXPECT_EQ(Logged(Named("acl|setuser"), {"ACL", "SETUSER", "u", ">p"}),
            (Words{"ACL", "SETUSER", x, x}));
}

TEST(SlowLog, KeepsTheNewestAndNumbersThemForEver) {
  SlowLog log;
  for (uint64_t i = 0; i < 5; ++i) log.Add(Taking(i), 3);
  EXPECT_EQ(log.size(), 3u);
  std::vector<SlowCommand> newest = log.Newest(2);
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].id, 4u);
  EXPECT_EQ(newest[1].duration_us, 3u);
  log.Reset();
  EXPECT_EQ(log.size(), 0u);
  log.Add(Taking(1), 3);
  EXPECT_EQ(log.Newest(1)[0].id, 5u);
}

}  // namespace
}  // namespace kindred
