#include "server/acl_users.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "fmt/format.h"
#include "server/acl_describe.h"
#include "server/acl_rules.h"

namespace kindred {
namespace {

constexpr std::string_view kUser = "user";

std::vector<std::string_view> WordsOf(absl::string_view line) {
  std::vector<std::string_view> words;
  for (absl::string_view word : absl::StrSplit(line, ' ')) {
    words.emplace_back(word.data(), word.size());
  }
  return words;
}

AclUser FirstDefaultUser(const CommandTable& commands) {
  AclUser user{std::string(kDefaultUser)};
  for (std::string_view rule : {"+@all", "~*", "&*", "on", "nopass"}) {
    CHECK(!ApplyAclRule(commands, rule, &user));
  }
  return user;
}

// The rules of a line of the roster.
void ReadRosterRules(const CommandTable& commands, const std::vector<std::string_view>& words,
                     AclUser* user) {
  bool inside = false;
  for (size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "(") {
      user->selectors.emplace_back();
      inside = true;
    } else if (words[i] == ")") {
      inside = false;
    } else if (inside) {
      static_cast<void>(ApplySelectorRule(commands, words[i], &user->selectors.back()));
    } else {
      static_cast<void>(ApplyAclRule(commands, words[i], user));
    }
  }
}

// What is wrong with a line's rules, in Redis's words.
std::string TroublesOf(const CommandTable& commands, const std::vector<std::string_view>& words,
                       const std::string& where, AclUser* user) {
  const MergedAclRules merged = MergeSelectors(std::span(words).subspan(2));
  if (merged.unmatched) {
    return fmt::format("{}: Unmatched parenthesis in selector definition.", where);
  }
  std::string troubles;
  bool told = false;
  for (const std::string& rule : merged.rules) {
    const absl::string_view bare = absl::StripAsciiWhitespace(rule);
    const auto trouble = ApplyAclRule(commands, {bare.data(), bare.size()}, user);
    if (!trouble) continue;
    if (*trouble == AclTrouble::kUnknownCommand) {
      troubles += fmt::format("{}: Error in applying operation '{}': {}. ", where, rule,
                              SentenceOf(*trouble));
    } else if (!told) {
      // Only the first, as it may have led to the others.
      troubles += fmt::format("{}: {}. ", where, SentenceOf(*trouble));
      told = true;
    }
  }
  return troubles;
}

}  // namespace

AclUsers::AclUsers(const CommandTable& commands) { Put(FirstDefaultUser(commands)); }

std::shared_ptr<const AclUser> AclUsers::Find(std::string_view name) const {
  const auto found = users_.find(name);
  return found == users_.end() ? nullptr : found->second;
}

void AclUsers::Put(AclUser user) {
  auto shared = std::make_shared<const AclUser>(std::move(user));
  if (shared->name == kDefaultUser) default_user_ = shared;
  users_[shared->name] = std::move(shared);
}

bool AclUsers::Remove(std::string_view name) {
  CHECK(name != kDefaultUser);
  const auto found = users_.find(name);
  if (found == users_.end()) return false;
  users_.erase(found);
  return true;
}

std::string AclUsers::ToRoster() const {
  std::string text;
  for (const auto& [name, user] : users_) {
    text += fmt::format("user {} {}\n", name, DescribeUser(*user, SelectorStyle::kApart));
  }
  return text;
}

AclUsers AclUsers::FromRoster(const CommandTable& commands, std::string_view text) {
  AclUsers users(commands);
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    const std::vector<std::string_view> words = WordsOf(line);
    if (words.size() < 2 || words[0] != kUser) continue;
    AclUser user{std::string(words[1])};
    ReadRosterRules(commands, words, &user);
    users.Put(std::move(user));
  }
  return users;
}

std::string AclUsers::ToFile() const {
  std::string text;
  for (const auto& [name, user] : users_) {
    text += fmt::format("user {} {}\n", name, DescribeUser(*user));
  }
  return text;
}

absl::StatusOr<AclUsers> AclUsers::FromFile(const CommandTable& commands, std::string_view text,
                                            std::string_view path) {
  AclUsers users(commands);
  std::string troubles;
  bool has_default = false;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    const std::string where = fmt::format("{}:{}", path, ++number);
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    const std::vector<std::string_view> words = WordsOf(line);
    if (words[0] != kUser || words.size() < 2) {
      troubles += where + " should start with user keyword followed by the username. ";
    } else if (HasSpaces(words[1])) {
      troubles += fmt::format("'{}: username '{}' contains invalid characters. ", where, words[1]);
    } else if (words[1] == kDefaultUser ? has_default : users.Find(words[1]) != nullptr) {
      troubles += fmt::format("WARNING: Duplicate user '{}' found on line {}. ", words[1], number);
    } else {
      AclUser user{std::string(words[1])};
      troubles += TroublesOf(commands, words, where, &user);
      has_default |= user.name == kDefaultUser;
      users.Put(std::move(user));
    }
  }
  if (troubles.empty()) return users;
  return absl::InvalidArgumentError(
      troubles +
      "WARNING: ACL errors detected, no change to the previously active ACL rules was performed");
}

}  // namespace kindred
