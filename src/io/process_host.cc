#include "io/process_host.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "io/log.h"
#include "io/process_facts.h"
#include "io/wall_clock.h"
#include "io/whole_file.h"

namespace kindred {

uint64_t ProcessHost::SteadyNs() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t ProcessHost::WallUs() const { return WallClockUs(); }

ProcessFacts ProcessHost::Measure() {
  ProcessFacts facts = MeasureProcess();
  for (const char* name : {"rocksdb.total-sst-files-size", "rocksdb.total-blob-file-size"}) {
    facts.disk_bytes += std::strtoull(store_.Property(name).c_str(), nullptr, 10);
  }
  return facts;
}

std::string ProcessHost::AllocatorReport() { return kindred::AllocatorReport(); }

void ProcessHost::ReleaseMemory() { kindred::ReleaseMemory(); }

absl::StatusOr<std::string> ProcessHost::ReadFile(const std::string& path) {
  return ReadWholeFile(path);
}

absl::Status ProcessHost::ReplaceFile(const std::string& path, const std::string& text) {
  return ReplaceWholeFile(path, text);
}

absl::Status ProcessHost::ConfigureTls(const Config& config) {
  absl::Status status = tls_.Configure(TlsSettingsOf(config));
  if (status.ok()) {
    Log(LogLevel::kNotice, "certificates and keys were read; new connections get them");
  } else {
    Log(LogLevel::kWarning, "TLS stays as it was: {}", std::string(status.message()));
  }
  return status;
}

// The main thread waits for it.
void ProcessHost::Stop() { kill(getpid(), SIGTERM); }

}  // namespace kindred
