#ifndef KINDRED_SERVER_ACL_CHECK_H_
#define KINDRED_SERVER_ACL_CHECK_H_

// Whether a user may run a command. Pure functions, any thread; nothing is allocated.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "command/row.h"
#include "server/acl_user.h"

namespace kindred {

// What a user was denied, in the order in which Redis prefers to tell it.
enum class AclDenied { kNothing, kCommand, kKey };

struct AclVerdict {
  AclDenied denied = AclDenied::kNothing;
  size_t argument = 0;  // for kKey: which
};

// `row` is the subcommand's where there is one; `args` is the whole command. One of the user's
// selectors has to allow all of it.
AclVerdict CheckAcl(const AclUser& user, const CommandRow& row, Args args);

// Nothing would ever be denied: there is no need to check.
bool MayDoAnything(const AclUser& user);

bool HasPassword(const AclUser& user, std::string_view password);

// For the client: "NOPERM ...". REQUIRES: something was denied
std::string DeniedText(const AclVerdict& verdict, const AclUser& user, const CommandRow& row);

// For the client, in place of a reply within EXEC's. `verdict`: none if the user is gone.
// REQUIRES: if there is one, something was denied
std::string DeniedAtExecText(const std::optional<AclVerdict>& verdict);

// For ACL DRYRUN, which says what it was about. REQUIRES: something was denied
std::string DryRunText(const AclVerdict& verdict, const AclUser& user, const CommandRow& row,
                       Args args);

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_CHECK_H_
