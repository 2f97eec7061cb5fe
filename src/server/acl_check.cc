#include "server/acl_check.h"

#include <algorithm>

#include "base/glob.h"
#include "command/handler_tools.h"
#include "fmt/format.h"
#include "server/secrets.h"

namespace kindred {
namespace {

bool MayRun(const AclSelector& selector, const CommandRow& row, Args args) {
  // AUTH, HELLO, QUIT and RESET are everybody's.
  if (selector.all_commands || (row.flags & kFlagNoAuth) != 0) return true;
  if (selector.commands.contains(&row)) return true;
  const auto words = selector.first_arguments.find(&row);
  if (words == selector.first_arguments.end() || args.size() < 2) return false;
  return std::any_of(words->second.begin(), words->second.end(),
                     [args](const std::string& word) { return SameWord(args[1], word); });
}

uint8_t PermissionsFor(uint32_t key_use) {
  uint8_t permissions = 0;
  if ((key_use & kKeyAccess) != 0) permissions |= kMayRead;
  if ((key_use & (kKeyInsert | kKeyDelete | kKeyUpdate)) != 0) permissions |= kMayWrite;
  return permissions;
}

bool MayUseKey(const AclSelector& selector, std::string_view key, uint8_t permissions) {
  return std::any_of(selector.keys.begin(), selector.keys.end(), [&](const AclKeyPattern& known) {
    return (known.permissions & permissions) == permissions && GlobMatch(known.pattern, key);
  });
}

AclVerdict CheckSelector(const AclSelector& selector, const CommandRow& row, Args args) {
  if (!MayRun(selector, row, args)) return {AclDenied::kCommand, 0};
  if (selector.all_keys) return {};
  const KeyRange keys = KeysOf(row, args);
  if (keys.count == 0) return {};
  for (size_t i = 0; i < keys.count; ++i) {
    const uint8_t permissions = PermissionsFor(KeyUseOf(row, args, i));
    if (!MayUseKey(selector, args[keys.At(i)], permissions)) return {AclDenied::kKey, keys.At(i)};
  }
  return {};
}

}  // namespace

AclVerdict CheckAcl(const AclUser& user, const CommandRow& row, Args args) {
  AclVerdict worst{AclDenied::kCommand, 0};
  for (const AclSelector& selector : user.selectors) {
    const AclVerdict verdict = CheckSelector(selector, row, args);
    if (verdict.denied == AclDenied::kNothing) return verdict;
    if (verdict.denied > worst.denied ||
        (verdict.denied == worst.denied && verdict.argument > worst.argument)) {
      worst = verdict;
    }
  }
  return worst;
}

bool MayDoAnything(const AclUser& user) {
  return std::any_of(user.selectors.begin(), user.selectors.end(), [](const AclSelector& s) {
    return s.all_commands && s.all_keys && s.all_channels;
  });
}

bool HasPassword(const AclUser& user, std::string_view password) {
  if (user.nopass) return true;
  const std::string digest = PasswordDigest(password);
  bool found = false;
  // All of them, so that the time does not tell which it was.
  for (const std::string& known : user.passwords) found |= SameDigest(known, digest);
  return found;
}

std::string DeniedText(const AclVerdict& verdict, const AclUser& user, const CommandRow& row) {
  if (verdict.denied == AclDenied::kKey) return "NOPERM No permissions to access a key";
  return fmt::format("NOPERM User {} has no permissions to run the '{}' command", user.name,
                     row.name);
}

std::string DeniedAtExecText(const std::optional<AclVerdict>& verdict) {
  std::string_view reason = "no permission";
  if (verdict) {
    reason = verdict->denied == AclDenied::kKey
                 ? "no permission to touch the specified keys"
                 : "no permission to execute the command or subcommand";
  }
  return fmt::format(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
      "call. This command is no longer allowed for the following reason: {}",
      reason);
}

std::string DryRunText(const AclVerdict& verdict, const AclUser& user, const CommandRow& row,
                       Args args) {
  if (verdict.denied == AclDenied::kCommand) {
    return fmt::format("User {} has no permissions to run the '{}' command", user.name, row.name);
  }
  return fmt::format("User {} has no permissions to access the '{}' key", user.name,
                     args[verdict.argument]);
}

}  // namespace kindred
