#ifndef KINDRED_SERVER_SESSION_USER_H_
#define KINDRED_SERVER_SESSION_USER_H_

// Who the client of one connection is, and whether it has logged in. A new connection is the
// default user's; if that wants a password the connection may do next to nothing until it has
// logged in. Rules that change hold for connections that are there already; a connection whose user
// is deleted ends.
//
// Owned by its session.

#include <cstdint>
#include <memory>
#include <string_view>

#include "server/acl.h"

namespace kindred {

class SessionUser {
 public:
  // `acl` outlives it.
  explicit SessionUser(Acl& acl) : acl_(acl) { Reset(); }

  // Whatever the command, it is allowed. The one thing to ask where the user may do anything.
  bool MayDoAnything() const { return may_do_anything_ && generation_ == acl_.generation(); }

  // Looks at the users again if they have changed. False: this one is gone.
  bool Refresh();

  // AUTH comes first. After Refresh.
  bool login_needed() const { return login_needed_; }
  // Has still to log in, as the users are now.
  bool IsStranger() { return login_needed_ && (!Refresh() || login_needed_); }
  // Logged in, or connected while no password was wanted.
  bool authenticated() const { return authenticated_; }
  const AclUser& user() const { return *user_; }

  // False, and nothing has changed, if the name or the password is wrong or the user is off.
  bool LogIn(std::string_view name, std::string_view password);
  // As for a new connection.
  void Reset();

 private:
  void Settle(const Acl::Snapshot& now);

  Acl& acl_;
  std::shared_ptr<const AclUser> user_;
  uint64_t generation_ = 0;
  bool authenticated_ = false;
  bool login_needed_ = false;
  bool may_do_anything_ = false;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_SESSION_USER_H_
