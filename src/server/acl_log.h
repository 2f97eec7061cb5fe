#ifndef KINDRED_SERVER_ACL_LOG_H_
#define KINDRED_SERVER_ACL_LOG_H_

// What was denied lately, for ACL LOG: commands and keys that a user may not use, and failed
// logins. What repeats within a minute is one entry that counts. The newest come first; beyond the
// bound (acllog-max-len) the oldest are forgotten.
//
// Any thread; one lock. Denials are rare, or else somebody floods us and waits for it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace kindred {

enum class AclReason : uint8_t { kCommand, kKey, kAuth };
inline constexpr size_t kAclReasons = 3;

struct AclLogEntry {
  AclReason reason = AclReason::kCommand;
  std::string context;  // "toplevel", "multi"
  std::string object;   // the command, the key, or how the login was asked for
  std::string user;
  std::string client;  // as in CLIENT LIST; the last one's
  uint64_t count = 1;
  uint64_t id = 0;
  uint64_t created_ms = 0;
  uint64_t updated_ms = 0;
};

class AclLog {
 public:
  // Takes reason, context, object, user and client from `denied`.
  void Add(AclLogEntry denied, uint64_t now_ms, size_t entries_max);
  void Reset();
  std::vector<AclLogEntry> Newest(size_t count) const;

  // How often each reason came since the start.
  using Totals = std::array<uint64_t, kAclReasons>;
  Totals totals() const;

 private:
  mutable std::mutex mutex_;
  std::deque<AclLogEntry> entries_;
  uint64_t next_id_ = 0;
  Totals totals_{};
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_LOG_H_
