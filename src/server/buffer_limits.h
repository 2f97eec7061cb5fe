#ifndef KINDRED_SERVER_BUFFER_LIMITS_H_
#define KINDRED_SERVER_BUFFER_LIMITS_H_

// The option client-output-buffer-limit: how much may wait for a client that does not take it. A
// client beyond the hard limit is disconnected, one that stays beyond the soft limit for its time
// as well; 0 is no limit. Redis's three classes of clients are kept so that what CONFIG GET says
// can be given to CONFIG SET; all clients here are normal ones.
//
// A value; pure functions.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kindred {

struct BufferLimit {
  uint64_t hard_bytes = 0;
  uint64_t soft_bytes = 0;
  uint64_t soft_seconds = 0;
};

// Watches one client's output against a limit. A value; owned by the client's connection.
class BufferWatch {
 public:
  // Whether the client is to be disconnected, with `bytes` waiting for it at `now_ms`. Asked when
  // its output changes, and now and then.
  bool IsOver(const BufferLimit& limit, uint64_t bytes, uint64_t now_ms) {
    if (limit.hard_bytes > 0 && bytes >= limit.hard_bytes) return true;
    if (limit.soft_bytes == 0 || bytes < limit.soft_bytes) {
      soft_since_ms_ = 0;
      return false;
    }
    if (soft_since_ms_ == 0) soft_since_ms_ = now_ms;
    return now_ms - soft_since_ms_ > limit.soft_seconds * 1000;
  }

 private:
  uint64_t soft_since_ms_ = 0;  // It has been over the soft limit since then; 0: it is not.
};

class BufferLimits {
 public:
  // Changes the classes that `text` names: "normal 1mb 512kb 10 pubsub 32mb 8mb 60". Why it is
  // refused, in Redis's words, or nothing.
  std::optional<std::string> Change(std::string_view text);

  const BufferLimit& normal() const { return limits_[0]; }
  // All classes, in bytes.
  std::string ToString() const;

 private:
  std::array<BufferLimit, 3> limits_;  // normal, replica, pubsub
};

}  // namespace kindred

#endif  // KINDRED_SERVER_BUFFER_LIMITS_H_
