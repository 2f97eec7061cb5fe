#ifndef KINDRED_SERVER_HOST_H_
#define KINDRED_SERVER_HOST_H_

// What the process does for its server, which itself knows no clocks, files, signals or allocators.
//
// Any thread.

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/config.h"

namespace kindred {

// The figures of the process.
struct ProcessFacts {
  // Of the allocator: what is handed out, the pages of that, and what is kept in memory for it.
  uint64_t used_memory_bytes = 0;
  uint64_t active_bytes = 0;
  uint64_t resident_bytes = 0;
  std::string allocator;  // "jemalloc-5.3.0"

  uint64_t rss_bytes = 0;
  uint64_t system_memory_bytes = 0;
  double cpu_system_s = 0;
  double cpu_user_s = 0;
  double cpu_system_main_s = 0;  // Of the thread that asks.
  double cpu_user_main_s = 0;
  uint64_t disk_bytes = 0;  // Of the store's files.
};

class Host {
 public:
  virtual ~Host() = default;

  // Time that only grows, for durations, and the time of day.
  virtual uint64_t SteadyNs() const = 0;
  virtual uint64_t WallUs() const = 0;

  // As of now; takes some microseconds.
  virtual ProcessFacts Measure() = 0;
  virtual std::string AllocatorReport() = 0;
  // Gives unused memory back to the system.
  virtual void ReleaseMemory() = 0;

  // Blocks on the disk. After a crash in the middle the file holds the old text or the new one. The
  // status says why in the system's words; NotFound: there is no such file.
  virtual absl::StatusOr<std::string> ReadFile(const std::string& path) = 0;
  virtual absl::Status ReplaceFile(const std::string& path, const std::string& text) = 0;

  // Reads certificates and keys again, as the options tls-* have them. New connections get them;
  // where it fails all stays as it was, and the status says why. Blocks on the disk.
  virtual absl::Status ConfigureTls(const Config& config) = 0;

  // The process is to end, as a SIGTERM would have it.
  virtual void Stop() = 0;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_HOST_H_
