#ifndef KINDRED_SERVER_ACL_USERS_H_
#define KINDRED_SERVER_ACL_USERS_H_

// All users of the cluster, and their two written forms. One line for each user in both:
//
//   user NAME RULE RULE ...
//
// In the ACL file the rules are Redis's (acl_describe.h, kTogether). In the roster, which the nodes
// tell each other (membership/roster.h), a selector's brackets are words of their own, as a rule
// inside may end with a bracket. A roster of another release of Kindred may have rules that this
// one does not know: they are left out, which never allows what they did not.
//
// A value: copies share the users that did not change. There is always one named "default".

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "command/table.h"
#include "server/acl_user.h"

namespace kindred {

inline constexpr std::string_view kDefaultUser = "default";

class AclUsers {
 public:
  // As every node begins: the default user may do anything, without a password.
  explicit AclUsers(const CommandTable& commands);

  // Null: there is none.
  std::shared_ptr<const AclUser> Find(std::string_view name) const;
  const AclUser& default_user() const { return *default_user_; }
  // Adds the user, or replaces the one of its name.
  void Put(AclUser user);
  // False if there is none. REQUIRES: not the default user
  bool Remove(std::string_view name);

  // By name.
  const std::map<std::string, std::shared_ptr<const AclUser>, std::less<>>& all() const {
    return users_;
  }

  // An empty text is that of the first users.
  std::string ToRoster() const;
  static AclUsers FromRoster(const CommandTable& commands, std::string_view text);

  std::string ToFile() const;
  // All that is wrong with the file, in Redis's words. `path` is for those words.
  static absl::StatusOr<AclUsers> FromFile(const CommandTable& commands, std::string_view text,
                                           std::string_view path);

 private:
  std::map<std::string, std::shared_ptr<const AclUser>, std::less<>> users_;
  std::shared_ptr<const AclUser> default_user_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_USERS_H_
