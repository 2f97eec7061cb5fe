#include "server/acl_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "command/acl_categories.h"
#include "command/handler_tools.h"
#include "fmt/format.h"
#include "resp/inline_arguments.h"
#include "server/secrets.h"

namespace kindred {
namespace {

using Trouble = std::optional<AclTrouble>;

// --- commands

// A later rule about the same command, or about the command of a subcommand, makes an earlier one
// meaningless.
void NoteCommandRule(AclSelector* selector, char sign, std::string_view rule) {
  std::string lower = absl::AsciiStrToLower({rule.data(), rule.size()});
  std::erase_if(selector->command_rules, [&lower](const std::string& old) {
    const std::string_view subject = std::string_view(old).substr(1);
    return subject.starts_with(lower) &&
           (subject.size() == lower.size() || subject[lower.size()] == '|');
  });
  selector->command_rules.push_back(sign + lower);
}

void AllowOne(AclSelector* selector, const CommandRow* row, bool allow) {
  if (allow) {
    selector->commands.insert(row);
  } else {
    selector->commands.erase(row);
    selector->all_commands = false;
  }
}

// With all its subcommands.
void Allow(const CommandTable& commands, AclSelector* selector, const CommandRow* row, bool allow) {
  AllowOne(selector, row, allow);
  selector->first_arguments.erase(row);
  for (const CommandRow* sub : commands.SubcommandsOf(*row)) AllowOne(selector, sub, allow);
}

void SetAllCommands(const CommandTable& commands, AclSelector* selector, bool all) {
  selector->all_commands = all;
  selector->begins_with_all = all;
  selector->commands.clear();
  if (all) selector->commands.insert(commands.rows().begin(), commands.rows().end());
  selector->first_arguments.clear();
  selector->command_rules.clear();
}

Trouble ApplyCategory(const CommandTable& commands, std::string_view rule, AclSelector* selector) {
  const std::optional<uint32_t> category = AclCategoryByName(rule.substr(2));
  if (!category) return AclTrouble::kUnknownCommand;
  NoteCommandRule(selector, rule[0], rule.substr(1));
  for (const CommandRow* row : commands.rows()) {
    if ((AclCategoriesOf(*row) & *category) != 0) {
      Allow(commands, selector, row, rule[0] == '+');
    }
  }
  return std::nullopt;
}

// +command|word: a subcommand, or a first argument of a command that has none.
Trouble AllowWithWord(const CommandTable& commands, std::string_view name, AclSelector* selector) {
  const size_t bar = name.rfind('|');
  const std::string_view word = name.substr(bar + 1);
  const CommandRow* row = commands.FindFullName(name.substr(0, bar));
  if (row == nullptr) return AclTrouble::kUnknownCommand;
  if (row->IsSubcommand()) return AclTrouble::kFirstArgumentOfSubcommand;
  if (word.empty() || HasSpaces(word)) return AclTrouble::kSyntaxError;
  if (!commands.SubcommandsOf(*row).empty()) {
    const CommandRow* subcommand = commands.FindFullName(name);
    if (subcommand == nullptr) return AclTrouble::kUnknownCommand;
    Allow(commands, selector, subcommand, true);
  } else {
    std::vector<std::string>& words = selector->first_arguments[row];
    std::string lower = absl::AsciiStrToLower({word.data(), word.size()});
    if (std::find(words.begin(), words.end(), lower) == words.end()) {
      words.push_back(std::move(lower));
    }
  }
  NoteCommandRule(selector, '+', name);
  return std::nullopt;
}

Trouble ApplyCommand(const CommandTable& commands, std::string_view rule, AclSelector* selector) {
  const bool allow = rule[0] == '+';
  const std::string_view name = rule.substr(1);
  if (name.starts_with('@')) return ApplyCategory(commands, rule, selector);
  if (allow && name.find('|') != std::string_view::npos) {
    return AllowWithWord(commands, name, selector);
  }
  const CommandRow* row = commands.FindFullName(name);
  if (row == nullptr) return AclTrouble::kUnknownCommand;
  Allow(commands, selector, row, allow);
  NoteCommandRule(selector, rule[0], row->name);
  return std::nullopt;
}

// --- keys and channels

// "%RW~" and the like: the permissions, and how long it is. Nothing if it is none of them. As in
// Redis, a rule without a pattern may be without the tilde, too.
struct PermissionWord {
  uint8_t permissions = 0;
  size_t size = 0;
};
std::optional<PermissionWord> ReadPermissions(std::string_view rule) {
  if (rule[0] == '~') return PermissionWord{kMayReadAndWrite, 1};
  uint8_t permissions = 0;
  for (size_t i = 1; i < rule.size(); ++i) {
    const char c = absl::ascii_toupper(static_cast<unsigned char>(rule[i]));
    if (c == '~' && permissions != 0) return PermissionWord{permissions, i + 1};
    if (c != 'R' && c != 'W') return std::nullopt;
    const uint8_t permission = c == 'R' ? kMayRead : kMayWrite;
    if ((permissions & permission) != 0) return std::nullopt;
    permissions |= permission;
  }
  if (permissions == 0) return std::nullopt;
  return PermissionWord{permissions, rule.size()};
}

Trouble AddKeys(std::string_view rule, AclSelector* selector) {
  if (selector->all_keys) return AclTrouble::kKeysAfterAll;
  const std::optional<PermissionWord> word = ReadPermissions(rule);
  if (!word) return AclTrouble::kSyntaxError;
  const std::string_view pattern = rule.substr(word->size);
  if (HasSpaces(pattern)) return AclTrouble::kSyntaxError;
  for (AclKeyPattern& known : selector->keys) {
    if (known.pattern != pattern) continue;
    known.permissions |= word->permissions;
    return std::nullopt;
  }
  selector->keys.push_back({std::string(pattern), word->permissions});
  return std::nullopt;
}

Trouble AddChannels(std::string_view pattern, AclSelector* selector) {
  if (selector->all_channels) return AclTrouble::kChannelsAfterAll;
  if (HasSpaces(pattern)) return AclTrouble::kSyntaxError;
  std::vector<std::string>& channels = selector->channels;
  if (std::find(channels.begin(), channels.end(), pattern) == channels.end()) {
    channels.emplace_back(pattern);
  }
  return std::nullopt;
}

void SetAllKeys(AclSelector* selector, bool all) {
  selector->all_keys = all;
  selector->keys.clear();
}

void SetAllChannels(AclSelector* selector, bool all) {
  selector->all_channels = all;
  selector->channels.clear();
}

// --- users

bool IsDigest(std::string_view text) {
  return text.size() == kPasswordDigestChars && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// >password #digest add, <password !digest take away.
Trouble ApplyPassword(std::string_view rule, AclUser* user) {
  const bool is_digest = rule[0] == '#' || rule[0] == '!';
  if (is_digest && !IsDigest(rule.substr(1))) return AclTrouble::kNotADigest;
  std::string digest = is_digest ? std::string(rule.substr(1)) : PasswordDigest(rule.substr(1));
  const auto known = std::find(user->passwords.begin(), user->passwords.end(), digest);
  if (rule[0] == '<' || rule[0] == '!') {
    if (known == user->passwords.end()) return AclTrouble::kNoSuchPassword;
    user->passwords.erase(known);
    return std::nullopt;
  }
  if (known == user->passwords.end()) user->passwords.push_back(std::move(digest));
  user->nopass = false;
  return std::nullopt;
}

void SetNopass(AclUser* user, bool nopass) {
  user->nopass = nopass;
  user->passwords.clear();
}

Trouble AddSelector(const CommandTable& commands, std::string_view rules, AclUser* user) {
  std::string bytes;
  std::vector<ArgumentSpan> spans;
  if (rules.find('\0') != std::string_view::npos || !SplitInlineArguments(rules, &bytes, &spans)) {
    return AclTrouble::kSyntaxError;
  }
  AclSelector selector;
  for (const ArgumentSpan& span : spans) {
    const std::string_view rule = std::string_view(bytes).substr(span.begin, span.length);
    if (Trouble trouble = ApplySelectorRule(commands, rule, &selector)) return trouble;
  }
  user->selectors.push_back(std::move(selector));
  return std::nullopt;
}

}  // namespace

std::string_view SentenceOf(AclTrouble trouble) {
  switch (trouble) {
    case AclTrouble::kSyntaxError:
      return "Syntax error";
    case AclTrouble::kUnknownCommand:
      return "Unknown command or category name in ACL";
    case AclTrouble::kKeysAfterAll:
      return "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does "
             "not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    case AclTrouble::kChannelsAfterAll:
      return "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and "
             "does not have any effect. Try 'resetchannels' to start with an empty list of "
             "channels";
    case AclTrouble::kNoSuchPassword:
      return "The password you are trying to remove from the user does not exist";
    case AclTrouble::kNotADigest:
      return "The password hash must be exactly 64 characters and contain only lowercase "
             "hexadecimal characters";
    case AclTrouble::kFirstArgumentOfSubcommand:
      return "Allowing first-arg of a subcommand is not supported";
  }
  return "Wrong format";
}

Trouble ApplySelectorRule(const CommandTable& commands, std::string_view rule,
                          AclSelector* selector) {
  if (SameWord(rule, "allkeys") || rule == "~*") {
    SetAllKeys(selector, true);
  } else if (SameWord(rule, "resetkeys")) {
    SetAllKeys(selector, false);
  } else if (SameWord(rule, "allchannels") || rule == "&*") {
    SetAllChannels(selector, true);
  } else if (SameWord(rule, "resetchannels")) {
    SetAllChannels(selector, false);
  } else if (SameWord(rule, "allcommands") || SameWord(rule, "+@all")) {
    SetAllCommands(commands, selector, true);
  } else if (SameWord(rule, "nocommands") || SameWord(rule, "-@all")) {
    SetAllCommands(commands, selector, false);
  } else if (rule.starts_with('~') || rule.starts_with('%')) {
    return AddKeys(rule, selector);
  } else if (rule.starts_with('&')) {
    return AddChannels(rule.substr(1), selector);
  } else if (rule.starts_with('+') || rule.starts_with('-')) {
    return ApplyCommand(commands, rule, selector);
  } else {
    return AclTrouble::kSyntaxError;
  }
  return std::nullopt;
}

Trouble ApplyAclRule(const CommandTable& commands, std::string_view rule, AclUser* user) {
  if (rule.empty()) return std::nullopt;
  if (SameWord(rule, "on") || SameWord(rule, "off")) {
    user->on = rule.size() == 2;
  } else if (SameWord(rule, "sanitize-payload") || SameWord(rule, "skip-sanitize-payload")) {
    user->sanitize_payload = SameWord(rule, "sanitize-payload");
  } else if (SameWord(rule, "nopass") || SameWord(rule, "resetpass")) {
    SetNopass(user, SameWord(rule, "nopass"));
  } else if (std::string_view("><#!").find(rule[0]) != std::string_view::npos) {
    return ApplyPassword(rule, user);
  } else if (rule[0] == '(' && rule.back() == ')') {
    return AddSelector(commands, rule.substr(1, rule.size() - 2), user);
  } else if (SameWord(rule, "clearselectors")) {
    user->selectors.resize(1);
  } else if (SameWord(rule, "reset")) {
    *user = AclUser(std::move(user->name));
  } else {
    return ApplySelectorRule(commands, rule, &user->root());
  }
  return std::nullopt;
}

MergedAclRules MergeSelectors(std::span<const std::string_view> words) {
  MergedAclRules merged;
  std::string selector;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (merged.unmatched) {
      selector.append(" ").append(word);
      if (!word.ends_with(')')) continue;
      merged.rules.push_back(std::move(selector));
      merged.unmatched.reset();
    } else if (word.starts_with('(') && !word.ends_with(')')) {
      selector = word;
      merged.unmatched = i;
    } else {
      merged.rules.emplace_back(word);
    }
  }
  return merged;
}

std::optional<std::string> ApplyAclRules(const CommandTable& commands,
                                         std::span<const std::string_view> words, AclUser* user) {
  const MergedAclRules merged = MergeSelectors(words);
  const auto shown = [](std::string_view text) { return text.substr(0, text.find('\0')); };
  if (merged.unmatched) {
    return fmt::format("ERR Unmatched parenthesis in acl selector starting at '{}'.",
                       shown(words[*merged.unmatched]));
  }
  AclUser changed = *user;
  for (const std::string& rule : merged.rules) {
    if (Trouble trouble = ApplyAclRule(commands, rule, &changed)) {
      return fmt::format("ERR Error in ACL SETUSER modifier '{}': {}", shown(rule),
                         SentenceOf(*trouble));
    }
  }
  *user = std::move(changed);
  return std::nullopt;
}

bool HasSpaces(std::string_view text) {
  return text.find_first_of(std::string_view(" \t\n\v\f\r\0", 7)) != std::string_view::npos;
}

}  // namespace kindred
