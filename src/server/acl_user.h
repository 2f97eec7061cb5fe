#ifndef KINDRED_SERVER_ACL_USER_H_
#define KINDRED_SERVER_ACL_USER_H_

// A user and what it may do, as Redis's ACL has it: the user's own (root) selector and any number
// of others, each a set of commands with the keys and channels that they may be used on. A command
// is allowed if one selector alone allows it.
//
// Plain values: acl_rules.h changes them, acl_check.h asks them, acl_describe.h writes them down.
// Once a user is in force it is not changed any more, but replaced.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "command/row.h"

namespace kindred {

enum KeyPermission : uint8_t { kMayRead = 1, kMayWrite = 2, kMayReadAndWrite = 3 };

struct AclKeyPattern {
  std::string pattern;  // a glob
  uint8_t permissions = kMayReadAndWrite;
};

struct AclSelector {
  bool all_commands = false;     // and none was taken away: no need to look further
  bool begins_with_all = false;  // what the rules begin with, +@all or -@all
  absl::flat_hash_set<const CommandRow*> commands;
  // Commands that are not in `commands` but allowed with one of these as their first argument.
  absl::flat_hash_map<const CommandRow*, std::vector<std::string>> first_arguments;
  // How the commands were chosen: "+get", "-@admin", "+config|get", in their order.
  std::vector<std::string> command_rules;

  bool all_keys = false;  // then there are no patterns
  std::vector<AclKeyPattern> keys;
  bool all_channels = false;
  std::vector<std::string> channels;
};

struct AclUser {
  explicit AclUser(std::string user_name) : name(std::move(user_name)), selectors(1) {}

  std::string name;
  bool on = false;
  bool nopass = false;                 // any password will do
  bool sanitize_payload = true;        // kept for those who set it
  std::vector<std::string> passwords;  // PasswordDigest of each
  std::vector<AclSelector> selectors;  // the root first; never empty

  AclSelector& root() { return selectors.front(); }
  const AclSelector& root() const { return selectors.front(); }
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_USER_H_
