#ifndef KINDRED_SERVER_ACL_DESCRIBE_H_
#define KINDRED_SERVER_ACL_DESCRIBE_H_

// Users in the words of acl_rules.h, so that the words make the same user again: for ACL LIST and
// GETUSER, the ACL file, and the roster that nodes tell each other. Pure functions, any thread.

#include <string>
#include <string_view>
#include <vector>

#include "server/acl_user.h"

namespace kindred {

// How a user's further selectors stand in its rules.
enum class SelectorStyle {
  kTogether,  // "(~a resetchannels -@all +get)": Redis's
  kApart,     // "( ~a resetchannels -@all +get )": the brackets are words, and no rule is one
};

// All but the name: "on nopass sanitize-payload ~* &* +@all".
std::string DescribeUser(const AclUser& user, SelectorStyle style = SelectorStyle::kTogether);

// The user's flags in Redis's order: "on", "nopass", ...
std::vector<std::string_view> FlagsOf(const AclUser& user);

// Of one selector: "-@all +get", "~a %R~b", "&channel".
std::string DescribeCommands(const AclSelector& selector);
std::string DescribeKeys(const AclSelector& selector);
std::string DescribeChannels(const AclSelector& selector);

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_DESCRIBE_H_
