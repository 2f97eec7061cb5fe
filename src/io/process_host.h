#ifndef KINDRED_IO_PROCESS_HOST_H_
#define KINDRED_IO_PROCESS_HOST_H_

// The process as its server sees it (server/host.h). Any thread.

#include "io/rocks_store.h"
#include "io/tls_context.h"
#include "server/host.h"

namespace kindred {

class ProcessHost : public Host {
 public:
  // Both outlive it.
  ProcessHost(RocksStore& store, TlsContext& tls) : store_(store), tls_(tls) {}

  uint64_t SteadyNs() const override;
  uint64_t WallUs() const override;
  ProcessFacts Measure() override;
  std::string AllocatorReport() override;
  void ReleaseMemory() override;
  absl::StatusOr<std::string> ReadFile(const std::string& path) override;
  absl::Status ReplaceFile(const std::string& path, const std::string& text) override;
  absl::Status ConfigureTls(const Config& config) override;
  void Stop() override;

 private:
  RocksStore& store_;
  TlsContext& tls_;
};

}  // namespace kindred

#endif  // KINDRED_IO_PROCESS_HOST_H_
