#ifndef KINDRED_SERVER_ACL_RULES_H_
#define KINDRED_SERVER_ACL_RULES_H_

// The words in which users are set up, as in Redis 7.2:
//
//   on off  nopass resetpass  >password <password #digest !digest
//   +command -command +command|subcommand +command|first-argument
//   +@category -@category allcommands nocommands
//   ~pattern %R~pattern %W~pattern %RW~pattern allkeys resetkeys
//   &pattern allchannels resetchannels  sanitize-payload skip-sanitize-payload
//   (rules of a selector)  clearselectors  reset
//
// Pure functions, any thread.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "command/table.h"
#include "server/acl_user.h"

namespace kindred {

// What is wrong with a rule.
enum class AclTrouble {
  kSyntaxError,
  kUnknownCommand,  // or category
  kKeysAfterAll,
  kChannelsAfterAll,
  kNoSuchPassword,
  kNotADigest,
  kFirstArgumentOfSubcommand,
};
std::string_view SentenceOf(AclTrouble trouble);  // Redis's, without a full stop

// Applies one rule. If it is refused the user is as before.
std::optional<AclTrouble> ApplyAclRule(const CommandTable& commands, std::string_view rule,
                                       AclUser* user);
// The same for the rules that a selector can have.
std::optional<AclTrouble> ApplySelectorRule(const CommandTable& commands, std::string_view rule,
                                            AclSelector* selector);

// Rules whose selectors may be spread over several words, "(~a" "+get)", with each selector as one
// rule again. Else `unmatched` is the index of the word with the bracket that is not closed.
struct MergedAclRules {
  std::vector<std::string> rules;
  std::optional<size_t> unmatched;
};
MergedAclRules MergeSelectors(std::span<const std::string_view> words);

// Applies all rules, or none: then returns the error for the client ("ERR ...").
std::optional<std::string> ApplyAclRules(const CommandTable& commands,
                                         std::span<const std::string_view> words, AclUser* user);

// Whether a name or a pattern has white space or a zero byte, which none may have.
bool HasSpaces(std::string_view text);

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_RULES_H_
