#ifndef KINDRED_SERVER_ACL_SOURCES_H_
#define KINDRED_SERVER_ACL_SOURCES_H_

// How what an operator writes into this node's configuration becomes the cluster's users: the
// option requirepass, and the ACL file.
//
// The users belong to the cluster and survive restarts without any file. So the configuration is
// only heeded where it is news: a requirepass, or an ACL file, other than the one that this node
// has heeded before. Otherwise a node that comes back would undo what was changed on another one
// meanwhile. An empty requirepass, or a missing file, takes nothing away. A node that joins a
// cluster takes the cluster's users, whatever its own configuration says.
//
// In the column `meta`: acl-sources -> [1][digest of requirepass][digest of the file]
//
// Any thread, one lock. They wait for the disk: for the start, and for administrators' commands.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/acl.h"
#include "server/host.h"
#include "store/store.h"

namespace kindred {

class AclSources {
 public:
  // All of it outlives it. `path`: of the ACL file.
  AclSources(Acl& acl, Store& store, Host& host, std::string path);

  const std::string& path() const { return path_; }

  // Before the first client is served. `joined`: the node has just become a member. Returns a
  // sentence for the log, which may be empty, or why the server cannot start.
  absl::StatusOr<std::string> Settle(std::string_view requirepass, bool joined, uint64_t now_ms);

  // CONFIG SET requirepass: the default user's one password; none if it is empty.
  Acl::Changed SetRequirepass(std::string_view password, uint64_t now_ms);

  // ACL SAVE and ACL LOAD. `self`: the client that asks, as in Acl::Change.
  absl::Status Save();
  Acl::Changed Load(const Client* self, uint64_t now_ms);

 private:
  // Digests of what was heeded.
  struct Seen {
    std::string requirepass;
    std::string file;
    bool operator==(const Seen&) const = default;
  };

  absl::StatusOr<std::string> ReadFile();
  void Remember(const Seen& seen);
  bool IsDefaultPassword(std::string_view password);

  Acl& acl_;
  Store& store_;
  Host& host_;
  const std::string path_;

  std::mutex mutex_;
  Seen seen_;  // guarded by mutex_
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_SOURCES_H_
