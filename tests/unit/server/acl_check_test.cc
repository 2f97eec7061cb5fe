#include "server/acl_check.h"

#include "base/check.h"
#include "tests/unit/server/acl_fixture.h"

namespace kindred {
namespace {

// The row as a session finds it.
const CommandRow& RowOf(const std::vector<std::string_view>& words) {
  const CommandRow* row = AllCommands().Find(words[0]);
  CHECK(row != nullptr);
  if (words.size() < 2 || AllCommands().SubcommandsOf(*row).empty()) return *row;
  const CommandRow* subcommand = AllCommands().FindSubcommand(words[0], words[1]);
  return subcommand == nullptr ? *row : *subcommand;
}

// "ok", "command", or the key that is denied.
std::string Check(const AclUser& user, std::string_view command) {
  const std::vector<std::string_view> words = SplitWords(command);
  const AclVerdict verdict = CheckAcl(user, RowOf(words), words);
  switch (verdict.denied) {
    case AclDenied::kNothing:
      return "ok";
    case AclDenied::kCommand:
      return "command";
    case AclDenied::kKey:
      return std::string(words[verdict.argument]);
  }
  return "?";
}

struct CheckCase {
  std::string_view rules;
  std::string_view command;
  std::string_view verdict;
};

constexpr CheckCase kCases[] = {
    // Commands.
    {"", "get k", "command"},
    {"+@all ~*", "get k", "ok"},
    {"+get ~*", "get k", "ok"},
    {"+get ~*", "set k v", "command"},
    {"+@all -get ~*", "get k", "command"},
    {"+@all -get ~*", "set k v", "ok"},
    {"+@read ~*", "get k", "ok"},
    {"+@read ~*", "set k v", "command"},
    {"+@all -@write ~*", "set k v", "command"},
    {"+@all -@dangerous ~*", "flushall", "command"},
    {"+@all -@dangerous ~*", "keys *", "command"},
    {"+@all -@dangerous ~*", "get k", "ok"},
    {"+@all -@dangerous +keys ~*", "keys *", "ok"},
    {"+ping", "ping", "ok"},

    // Subcommands.
    {"+client", "client id", "ok"},
    {"+client -client|id", "client id", "command"},
    {"+client -client|id", "client info", "ok"},
    {"+client|id", "client id", "ok"},
    {"+client|id", "client info", "command"},
    {"+config|get", "config get maxclients", "ok"},
    {"+config|get", "config set maxclients 1", "command"},
    {"+@all -@admin", "acl list", "command"},
    {"+@all -@admin", "acl whoami", "ok"},

    // First arguments.
    {"+select|0", "select 0", "ok"},
    {"+select|0", "select 1", "command"},
    {"+echo|Hi", "echo hI", "ok"},
    {"+select|0 -select", "select 0", "command"},
    {"+select|0 -@all", "select 0", "command"},

    // What everybody may do, so that he can become somebody else.
    {"", "auth x", "ok"},
    {"", "hello 3", "ok"},
    {"", "reset", "ok"},
    {"", "quit", "ok"},

    // Keys.
    {"+@all", "get k", "k"},
    {"+@all", "ping", "ok"},
    {"+@all ~a*", "get a1", "ok"},
    {"+@all ~a*", "get b1", "b1"},
    {"+@all ~a* ~b*", "mget a1 b1 c1", "c1"},
    {"+@all ~a*", "mset a1 v a2 v", "ok"},
    {"+@all ~a*", "mset a1 v b2 v", "b2"},
    {"+@all ~a*", "del a1 a2", "ok"},
    {"+@all ~a*", "scan 0", "ok"},
    {"+@all ~[ab]?", "get b1", "ok"},

    // Reading and writing.
    {"+@all %R~a*", "get a1", "ok"},
    {"+@all %R~a*", "exists a1", "ok"},
    {"+@all %R~a*", "set a1 v", "a1"},
    {"+@all %R~a*", "del a1", "a1"},
    {"+@all %R~a*", "incr a1", "a1"},
    {"+@all %W~a*", "set a1 v", "ok"},
    {"+@all %W~a*", "set a1 v get", "a1"},
    {"+@all %W~a*", "set a1 get", "ok"},
    {"+@all %W~a*", "set a1 v ifeq w", "a1"},
    {"+@all %W~a*", "get a1", "a1"},
    {"+@all %W~a*", "del a1", "ok"},
    {"+@all %W~a*", "getset a1 v", "a1"},
    {"+@all %RW~a*", "getset a1 v", "ok"},
    {"+@all %R~a* %W~a1", "incr a1", "a1"},
    {"+@all %R~a1 %W~a1", "incr a1", "ok"},

    // Selectors: one of them has to allow all of it.
    {"+get ~a* (+set ~b*)", "get a1", "ok"},
    {"+get ~a* (+set ~b*)", "set b1 v", "ok"},
    {"+get ~a* (+set ~b*)", "set a1 v", "a1"},
    {"+get ~a* (+set ~b*)", "get b1", "b1"},
    {"+get ~a* (+set ~b*)", "del a1", "command"},
    {"+mget ~a* (+mget ~b*)", "mget a1 b1", "b1"},
    {"(+@all ~*)", "set k v", "ok"},
};

TEST(AclCheck, SaysWhatRedisSays) {
  for (const CheckCase& each : kCases) {
    EXPECT_EQ(Check(UserWith(each.rules), each.command), each.verdict)
        << each.rules << ": " << each.command;
  }
}

TEST(AclCheck, OnlyWhoMayDoAnythingNeedsNoCheck) {
  EXPECT_TRUE(MayDoAnything(UserWith("+@all ~* &*")));
  EXPECT_TRUE(MayDoAnything(UserWith("(+@all ~* &*)")));
  EXPECT_FALSE(MayDoAnything(UserWith("+@all ~*")));
  EXPECT_FALSE(MayDoAnything(UserWith("+@all &* ~a")));
  EXPECT_FALSE(MayDoAnything(UserWith("+@all &* ~* -get")));
  EXPECT_FALSE(MayDoAnything(UserWith("+@all -get +get ~* &*")));
  EXPECT_FALSE(MayDoAnything(UserWith("+@all (~* &*)")));
}

TEST(AclCheck, PasswordsAreComparedByTheirDigests) {
  const AclUser user = UserWith(">one >two");
  EXPECT_TRUE(HasPassword(user, "one"));
  EXPECT_TRUE(HasPassword(user, "two"));
  EXPECT_FALSE(HasPassword(user, ""));
  EXPECT_FALSE(HasPassword(user, "three"));
  EXPECT_FALSE(HasPassword(user, user.passwords[0]));
  EXPECT_TRUE(HasPassword(UserWith("nopass"), "any"));
  EXPECT_FALSE(HasPassword(UserWith("resetpass"), "")) << "no password is not an empty one";
}

TEST(AclCheck, TextsForClients) {
  const AclUser user = UserWith("+get ~a");
  const std::vector<std::string_view> set = {"set", "k", "v"};
  const AclVerdict command = CheckAcl(user, RowOf(set), set);
  EXPECT_EQ(DeniedText(command, user, RowOf(set)),
            "NOPERM User alice has no permissions to run the 'set' command");
  EXPECT_EQ(DryRunText(command, user, RowOf(set), set),
            "User alice has no permissions to run the 'set' command");
  const std::vector<std::string_view> get = {"get", "k"};
  const AclVerdict key = CheckAcl(user, RowOf(get), get);
  EXPECT_EQ(DeniedText(key, user, RowOf(get)), "NOPERM No permissions to access a key");
  EXPECT_EQ(DryRunText(key, user, RowOf(get), get),
            "User alice has no permissions to access the 'k' key");
  const std::vector<std::string_view> config = {"CONFIG", "GET", "x"};
  EXPECT_EQ(DeniedText(CheckAcl(user, RowOf(config), config), user, RowOf(config)),
            "NOPERM User alice has no permissions to run the 'config|get' command");
}

}  // namespace
}  // namespace kindred
