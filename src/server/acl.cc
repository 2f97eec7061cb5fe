#include "server/acl.h"

#include <utility>

#include "fmt/format.h"

namespace kindred {

Acl::Acl(Shared& shared, const CommandTable& commands, Clients& clients)
    : shared_(shared),
      commands_(commands),
      clients_(clients),
      now_{std::make_shared<const AclUsers>(commands), 0} {
  Now();
}

Acl::Snapshot Acl::Now() {
  std::lock_guard lock(mutex_);
  ReadLocked(nullptr);
  return now_;
}

void Acl::ReadLocked(const Client* self) {
  if (shared_.roster_generation() == now_.generation) return;
  Shared::RosterSnapshot roster = shared_.roster();
  const std::shared_ptr<const AclUsers> old = std::move(now_.users);
  now_.users =
      std::make_shared<const AclUsers>(AclUsers::FromRoster(commands_, roster.roster->text()));
  now_.generation = roster.generation;
  roster_ = std::move(roster.roster);
  for (const auto& [name, user] : old->all()) {
    if (now_.users->Find(name) != nullptr) continue;
    ClientFilter of_user;
    of_user.user = name;
    clients_.Kill(of_user, self);
  }
}

Acl::Changed Acl::Change(const Edit& edit, const Client* self, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  while (true) {
    ReadLocked(self);
    AclUsers users = *now_.users;
    if (std::optional<std::string> error = edit(&users)) return {std::move(error), 0};
    std::string text = users.ToRoster();
    if (text.size() > kRosterBytesMax) {
      return {
          fmt::format("ERR the users' rules are longer than {} bytes together", kRosterBytesMax),
          0};
    }
    // Somebody else may just have made the same change: it is told when his is durable.
    if (text == roster_->text()) return {std::nullopt, shared_.last_sequence()};
    if (auto after = shared_.ChangeRoster(now_.generation, std::move(text), now_ms)) {
      ReadLocked(self);
      return {std::nullopt, *after};
    }
  }
}

}  // namespace kindred
