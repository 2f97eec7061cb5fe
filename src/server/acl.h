#ifndef KINDRED_SERVER_ACL_H_
#define KINDRED_SERVER_ACL_H_

// Who may do what, for all sessions of the process: the users that the cluster's roster names, read
// once for each version of it, and what was denied lately. A change makes the roster's next
// version, which is stored and told to the other nodes (node/shared.h, node/members.h).
//
// Any thread; one lock, under which the roster's may be taken. A session compares the generation
// before each command and asks for the users only when it has moved.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "command/table.h"
#include "node/shared.h"
#include "server/acl_log.h"
#include "server/acl_users.h"
#include "server/clients.h"

namespace kindred {

// Of all users together, as the roster tells them; what would be longer is refused.
inline constexpr size_t kRosterBytesMax = size_t{16} << 20;

class Acl {
 public:
  struct Snapshot {
    std::shared_ptr<const AclUsers> users;
    uint64_t generation = 0;
  };
  struct Changed {
    std::optional<std::string> error;  // for the client, "ERR ..."; then nothing has changed
    uint64_t after = 0;                // durable with this sequence
  };
  // Changes the users, or says why not.
  using Edit = std::function<std::optional<std::string>(AclUsers* users)>;

  // All of it outlives the Acl.
  Acl(Shared& shared, const CommandTable& commands, Clients& clients);

  uint64_t generation() const { return shared_.roster_generation(); }
  // The users now. Connections of users that are gone are ended.
  Snapshot Now();

  // `edit` may be called several times, with users that others have changed meanwhile. `self`,
  // which may be null, is not ended: it has to see to itself, as it wants to hear the answer.
  Changed Change(const Edit& edit, const Client* self, uint64_t now_ms);

  const CommandTable& commands() const { return commands_; }
  AclLog& log() { return log_; }

 private:
  void ReadLocked(const Client* self);

  Shared& shared_;
  const CommandTable& commands_;
  Clients& clients_;
  AclLog log_;  // has its own lock

  std::mutex mutex_;
  std::shared_ptr<const Roster> roster_;  // guarded by mutex_, as all below
  Snapshot now_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_H_
