#ifndef KINDRED_SERVER_SLOW_LOG_H_
#define KINDRED_SERVER_SLOW_LOG_H_

// The slow log: the last commands that took long, for SLOWLOG. Arguments are kept as Redis keeps
// them: at most 32, each up to 128 bytes, secrets blotted out.

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "command/row.h"

namespace kindred {

// The arguments of a command as the slow log keeps them, in one string: cheap to make, because it
// is made before it is known whether the command will be slow.
std::string PackForLog(const CommandRow& row, Args args);
void AppendForLog(const CommandRow& row, Args args, std::string* packed);
std::vector<std::string> UnpackFromLog(std::string_view packed);

// Which of the arguments are secrets, by their positions: passwords.
std::vector<size_t> SecretsOf(const CommandRow& row, Args args);
inline constexpr std::string_view kRedacted = "(redacted)";

struct SlowCommand {
  uint64_t id = 0;  // Drawn by the log.
  uint64_t unix_s = 0;
  uint64_t duration_us = 0;
  std::string packed_args;
  std::string client_address;
  std::string client_name;
};

// Any thread; one lock.
class SlowLog {
 public:
  // Drops the oldest beyond `max`.
  void Add(SlowCommand command, size_t max);

  // The newest first.
  std::vector<SlowCommand> Newest(size_t count) const;
  size_t size() const;
  void Reset();

 private:
  mutable std::mutex mutex_;
  std::deque<SlowCommand> commands_;  // The newest first.
  uint64_t next_id_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_SLOW_LOG_H_
