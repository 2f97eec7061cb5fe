#include "server/acl_users.h"

#include "server/acl_describe.h"
#include "tests/unit/server/acl_fixture.h"

namespace kindred {
namespace {

AclUsers UsersWith(const std::vector<std::pair<std::string, std::string_view>>& rules_by_name) {
  AclUsers users(AllCommands());
  for (const auto& [name, rules] : rules_by_name) users.Put(UserWith(rules, name));
  return users;
}

std::string Shown(const AclUsers& users) {
  std::string text;
  for (const auto& [name, user] : users.all()) text += name + ": " + DescribeUser(*user) + "\n";
  return text;
}

AclUsers Sample() {
  return UsersWith({{"bob", "on nopass ~* &* +@all"},
                    {"alice",
                     ">secret %R~a* %W~b &c +@read -keys +config|get +select|0 (+set ~x "
                     "~y) (%R~z +@all -@write)"},
                    {"default", "on >secret ~* +@all"},
                    {"\xff\x01name", "off"}});
}

TEST(AclUsers, BeginWithADefaultUserWhoMayDoAnything) {
  const AclUsers users(AllCommands());
  EXPECT_EQ(Shown(users), "default: on nopass sanitize-payload ~* &* +@all\n");
  EXPECT_EQ(&users.default_user(), users.Find("default").get());
  EXPECT_EQ(Shown(AclUsers::FromRoster(AllCommands(), "")), Shown(users));
}

TEST(AclUsers, AreFoundByTheirExactNames) {
  AclUsers users = Sample();
  EXPECT_EQ(users.Find("alice")->name, "alice");
  EXPECT_EQ(users.Find("Alice"), nullptr);
  EXPECT_FALSE(users.default_user().nopass);
  EXPECT_TRUE(users.Remove("alice"));
  EXPECT_FALSE(users.Remove("alice"));
  EXPECT_EQ(users.Find("alice"), nullptr);
}

TEST(AclUsers, ComeBackFromTheRoster) {
  const AclUsers users = Sample();
  const AclUsers back = AclUsers::FromRoster(AllCommands(), users.ToRoster());
  EXPECT_EQ(Shown(back), Shown(users));
  EXPECT_EQ(back.ToRoster(), users.ToRoster());
}

// Redis's own form would be read as another selector.
TEST(AclUsers, APatternThatEndsWithABracketStaysInItsSelector) {
  AclUser user = UserWith("on");
  const std::string_view words[] = {"(~a) +get ~b))", "(%R~c) -@all +select|x) +set)"};
  ASSERT_EQ(ApplyAclRules(AllCommands(), words, &user), std::nullopt);
  AclUsers users(AllCommands());
  users.Put(user);
  const AclUsers back = AclUsers::FromRoster(AllCommands(), users.ToRoster());
  ASSERT_EQ(back.Find("alice")->selectors.size(), 3u);
  EXPECT_EQ(Shown(back), Shown(users));
}

TEST(AclUsers, RulesOfALaterReleaseAreLeftOut) {
  const AclUsers users = AclUsers::FromRoster(
      AllCommands(),
      "user alice on nopass newflag ~a %X~b +get +json.get +@vector ( ~c +json.set +set )\n"
      "group nobody knows this\n"
      "user\n");
  EXPECT_EQ(Shown(users),
            "alice: on nopass sanitize-payload ~a resetchannels -@all +get "
            "(~c resetchannels -@all +set)\n"
            "default: on nopass sanitize-payload ~* &* +@all\n");
}

TEST(AclUsers, ComeBackFromTheFile) {
  const AclUsers users = Sample();
  const auto back = AclUsers::FromFile(AllCommands(), users.ToFile(), "users.acl");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Shown(*back), Shown(users));
}

TEST(AclUsers, AFileMayBeWrittenByHand) {
  const auto users =
      AclUsers::FromFile(AllCommands(), "\n  user alice on  >secret (~a\t +get) \r\n\n", "f");
  ASSERT_TRUE(users.ok()) << users.status();
  EXPECT_EQ(users->all().size(), 2u) << "the default user is there, too";
  EXPECT_EQ(DescribeCommands(users->Find("alice")->selectors[1]), "-@all +get");
}

struct FileCase {
  std::string_view text;
  std::string_view error;
};

constexpr FileCase kFiles[] = {
    {"alice on", "f:1 should start with user keyword followed by the username. "},
    {"# comment", "f:1 should start with user keyword followed by the username. "},
    {"user", "f:1 should start with user keyword followed by the username. "},
    {"\nuser a\tb on", "'f:2: username 'a\tb' contains invalid characters. "},
    {"user a on\nuser a off", "WARNING: Duplicate user 'a' found on line 2. "},
    {"user default on\nuser default on", "WARNING: Duplicate user 'default' found on line 2. "},
    {"user a +nosuch +neither",
     "f:1: Error in applying operation '+nosuch': Unknown command or category name in ACL. "
     "f:1: Error in applying operation '+neither': Unknown command or category name in ACL. "},
    {"user a nonsense more", "f:1: Syntax error. "},
    {"user a (~a", "f:1: Unmatched parenthesis in selector definition."},
};

TEST(AclUsers, AFileIsRefusedInRedissWords) {
  for (const FileCase& each : kFiles) {
    const auto users = AclUsers::FromFile(AllCommands(), each.text, "f");
    ASSERT_FALSE(users.ok()) << each.text;
    EXPECT_EQ(std::string(users.status().message()),
              std::string(each.error) +
                  "WARNING: ACL errors detected, no change to the previously active ACL rules was "
                  "performed");
  }
}

}  // namespace
}  // namespace kindred
