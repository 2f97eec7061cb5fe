#include "server/session_user.h"

#include "server/acl_check.h"

namespace kindred {

bool SessionUser::Refresh() {
  if (generation_ == acl_.generation()) return true;
  const Acl::Snapshot now = acl_.Now();
  std::shared_ptr<const AclUser> user = now.users->Find(user_->name);
  if (user == nullptr) return false;
  user_ = std::move(user);
  Settle(now);
  return true;
}

bool SessionUser::LogIn(std::string_view name, std::string_view password) {
  const Acl::Snapshot now = acl_.Now();
  std::shared_ptr<const AclUser> user = now.users->Find(name);
  if (user == nullptr || !user->on || !HasPassword(*user, password)) return false;
  user_ = std::move(user);
  authenticated_ = true;
  Settle(now);
  return true;
}

void SessionUser::Reset() {
  const Acl::Snapshot now = acl_.Now();
  user_ = now.users->Find(kDefaultUser);
  authenticated_ = user_->nopass && user_->on;
  Settle(now);
}

void SessionUser::Settle(const Acl::Snapshot& now) {
  const AclUser& first = now.users->default_user();
  generation_ = now.generation;
  login_needed_ = !authenticated_ && !(first.nopass && first.on);
  may_do_anything_ = !login_needed_ && ::kindred::MayDoAnything(*user_);
}

}  // namespace kindred
