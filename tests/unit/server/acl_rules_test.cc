#include "server/acl_rules.h"

#include "server/acl_describe.h"
#include "tests/unit/server/acl_fixture.h"

namespace kindred {
namespace {

constexpr std::string_view kSha256OfSecret =
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

struct RuleCase {
  std::string_view rules;
  std::string_view user;  // as ACL LIST shows it, without its name
};

// What Redis 7.2 makes of the same rules.
constexpr RuleCase kCases[] = {
    {"", "off sanitize-payload resetchannels -@all"},
    {"on nopass", "on nopass sanitize-payload resetchannels -@all"},
    {"ON NoPass skip-SANITIZE-payload", "on nopass skip-sanitize-payload resetchannels -@all"},
    {"on off", "off sanitize-payload resetchannels -@all"},
    {"nopass resetpass", "off sanitize-payload resetchannels -@all"},

    // Commands.
    {"+@all", "off sanitize-payload resetchannels +@all"},
    {"allcommands", "off sanitize-payload resetchannels +@all"},
    {"+get +@all", "off sanitize-payload resetchannels +@all"},
    {"+@all nocommands", "off sanitize-payload resetchannels -@all"},
    {"+get +SET", "off sanitize-payload resetchannels -@all +get +set"},
    {"+get -get", "off sanitize-payload resetchannels -@all -get"},
    {"+get +set +get", "off sanitize-payload resetchannels -@all +set +get"},
    {"+@all -@Admin +acl|WhoAmI", "off sanitize-payload resetchannels +@all -@admin +acl|whoami"},
    {"+client|id +client|info -client", "off sanitize-payload resetchannels -@all -client"},
    {"+client -client|id", "off sanitize-payload resetchannels -@all +client -client|id"},
    {"+select|0 +select|1", "off sanitize-payload resetchannels -@all +select|0 +select|1"},
    {"+select|0 +select", "off sanitize-payload resetchannels -@all +select"},
    {"+@hash -@stream", "off sanitize-payload resetchannels -@all +@hash -@stream"},

    // Keys.
    {"~a ~b*", "off sanitize-payload ~a ~b* resetchannels -@all"},
    {"~a ~a", "off sanitize-payload ~a resetchannels -@all"},
    {"%R~a %w~b %rw~c %WR~d", "off sanitize-payload %R~a %W~b ~c ~d resetchannels -@all"},
    {"%R~a %W~a", "off sanitize-payload ~a resetchannels -@all"},
    {"~a allkeys", "off sanitize-payload ~* resetchannels -@all"},
    {"~* resetkeys ~b", "off sanitize-payload ~b resetchannels -@all"},
    {"~", "off sanitize-payload ~ resetchannels -@all"},
    {"%R %w", "off sanitize-payload ~ resetchannels -@all"},

    // Channels.
    {"&a &b &a", "off sanitize-payload resetchannels &a &b -@all"},
    {"&a &*", "off sanitize-payload &* -@all"},
    {"allchannels resetchannels", "off sanitize-payload resetchannels -@all"},

    // Selectors.
    {"+get ~a (+set ~b) (+del %R~c)",
     "off sanitize-payload ~a resetchannels -@all +get (~b resetchannels -@all +set) "
     "(%R~c resetchannels -@all +del)"},
    {"(allkeys +@all allchannels)", "off sanitize-payload resetchannels -@all (~* &* +@all)"},
    {"()", "off sanitize-payload resetchannels -@all (resetchannels -@all)"},
    {"(+get) clearselectors", "off sanitize-payload resetchannels -@all"},
    {"on nopass ~a &b +get (+set) skip-sanitize-payload reset",
     "off sanitize-payload resetchannels -@all"},
};

TEST(AclRules, MakeTheUsersThatRedisMakes) {
  for (const RuleCase& each : kCases) {
    EXPECT_EQ(DescribeUser(UserWith(each.rules)), each.user) << each.rules;
  }
}

TEST(AclRules, PasswordsAreKeptAsDigests) {
  AclUser user = UserWith(">secret");
  EXPECT_EQ(user.passwords, std::vector<std::string>{std::string(kSha256OfSecret)});
  EXPECT_EQ(Apply(">secret >other", &user), "");
  EXPECT_EQ(user.passwords.size(), 2u);
  EXPECT_EQ(Apply("<secret", &user), "");
  EXPECT_EQ(user.passwords.size(), 1u);
  EXPECT_EQ(Apply("resetpass #" + std::string(kSha256OfSecret), &user), "");
  EXPECT_EQ(user.passwords, UserWith(">secret").passwords);
  EXPECT_EQ(Apply("!" + std::string(kSha256OfSecret), &user), "");
  EXPECT_TRUE(user.passwords.empty());
}

TEST(AclRules, APasswordEndsNopassAndNopassEndsPasswords) {
  AclUser user = UserWith("nopass >secret");
  EXPECT_FALSE(user.nopass);
  EXPECT_EQ(Apply("nopass", &user), "");
  EXPECT_TRUE(user.nopass);
  EXPECT_TRUE(user.passwords.empty());
}

struct ErrorCase {
  std::string_view rules;
  std::string_view error;  // behind "ERR Error in ACL SETUSER modifier "
};

constexpr ErrorCase kErrors[] = {
    {"+nosuch", "'+nosuch': Unknown command or category name in ACL"},
    {"-nosuch", "'-nosuch': Unknown command or category name in ACL"},
    {"+", "'+': Unknown command or category name in ACL"},
    {"+@nosuch", "'+@nosuch': Unknown command or category name in ACL"},
    {"-@", "'-@': Unknown command or category name in ACL"},
    {"+client|nosuch", "'+client|nosuch': Unknown command or category name in ACL"},
    {"-client|nosuch", "'-client|nosuch': Unknown command or category name in ACL"},
    {"-select|0", "'-select|0': Unknown command or category name in ACL"},
    {"+nosuch|get", "'+nosuch|get': Unknown command or category name in ACL"},
    {"+config|set|maxclients",
     "'+config|set|maxclients': Allowing first-arg of a subcommand is not supported"},
    {"+select|", "'+select|': Syntax error"},
    {"nonsense", "'nonsense': Syntax error"},
    {"%~a", "'%~a': Syntax error"},
    {"%X~a", "'%X~a': Syntax error"},
    {"%RR~a", "'%RR~a': Syntax error"},
    {"%", "'%': Syntax error"},
    {"allkeys ~a",
     "'~a': Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not "
     "have any effect. Try 'resetkeys' to start with an empty list of patterns"},
    {"&* &a",
     "'&a': Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does "
     "not have any effect. Try 'resetchannels' to start with an empty list of channels"},
    {"<secret", "'<secret': The password you are trying to remove from the user does not exist"},
    {"#abc",
     "'#abc': The password hash must be exactly 64 characters and contain only lowercase "
     "hexadecimal characters"},
    {"!ABCDEF",
     "'!ABCDEF': The password hash must be exactly 64 characters and contain only lowercase "
     "hexadecimal characters"},
    {"(+nosuch)", "'(+nosuch)': Unknown command or category name in ACL"},
    {"( +get on )", "'( +get on )': Syntax error"},
    {"( >secret )", "'( >secret )': Syntax error"},
};

TEST(AclRules, AreRefusedInRedissWords) {
  for (const ErrorCase& each : kErrors) {
    AclUser user("alice");
    EXPECT_EQ(Apply(each.rules, &user),
              "ERR Error in ACL SETUSER modifier " + std::string(each.error));
  }
}

TEST(AclRules, AreAppliedAllOrNone) {
  AclUser user = UserWith("on ~a");
  EXPECT_NE(Apply("off ~b +get +nosuch", &user), "");
  EXPECT_EQ(DescribeUser(user), "on sanitize-payload ~a resetchannels -@all");
}

TEST(AclRules, ASelectorMayBeSpreadOverSeveralWords) {
  const AclUser user = UserWith("(+get ~a) ( +set ~b )");
  ASSERT_EQ(user.selectors.size(), 3u);
  EXPECT_EQ(DescribeCommands(user.selectors[2]), "-@all +set");
  AclUser other("bob");
  EXPECT_EQ(Apply("+get (~a +set", &other),
            "ERR Unmatched parenthesis in acl selector starting at '(~a'.");
}

TEST(AclRules, NoWhiteSpaceGetsIntoANameAPatternOrAnArgument) {
  AclUser user("alice");
  for (const std::string& rule :
       {std::string("~a b"), std::string("&a\tb"), std::string("~a\0b", 4),
        std::string("+select|0 1"), std::string("(~\"a b\")")}) {
    const std::string_view words[] = {rule};
    EXPECT_TRUE(ApplyAclRules(AllCommands(), words, &user).has_value()) << rule;
  }
  EXPECT_TRUE(HasSpaces("a\nb"));
  EXPECT_TRUE(HasSpaces(std::string_view("\0", 1)));
  EXPECT_FALSE(HasSpaces("alice"));
  EXPECT_FALSE(HasSpaces(""));
}

}  // namespace
}  // namespace kindred
