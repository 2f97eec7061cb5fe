#ifndef KINDRED_TESTS_UNIT_SERVER_ACL_FIXTURE_H_
#define KINDRED_TESTS_UNIT_SERVER_ACL_FIXTURE_H_

// Users for tests, set up by rules as a client types them, in one line.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "command/families.h"
#include "command/table.h"
#include "server/acl_rules.h"
#include "server/session_command.h"

namespace kindred {

// All commands of a server.
inline const CommandTable& AllCommands() {
  static const CommandTable table = [] {
    std::vector<std::span<const CommandRow>> families = DataCommandFamilies();
    for (std::span<const SessionCommand> family : SessionCommandFamilies()) {
      for (const SessionCommand& command : family) families.emplace_back(&command.row, 1);
    }
    return CommandTable(families);
  }();
  return table;
}

inline std::vector<std::string_view> SplitWords(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::string_view word = line.substr(0, line.find(' '));
    if (!word.empty()) words.push_back(word);
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  }
  return words;
}

// The error for the client, or nothing.
inline std::string Apply(std::string_view rules, AclUser* user) {
  return ApplyAclRules(AllCommands(), SplitWords(rules), user).value_or("");
}

// REQUIRES: the rules are right
inline AclUser UserWith(std::string_view rules, std::string name = "alice") {
  AclUser user(std::move(name));
  EXPECT_EQ(Apply(rules, &user), "") << rules;
  return user;
}

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_SERVER_ACL_FIXTURE_H_
