#ifndef KINDRED_SERVER_SERVER_H_
#define KINDRED_SERVER_SERVER_H_

// What all sessions of one process share beside the data: the configuration, the commands, who is
// connected, statistics, and facts about the process that the edge measures.
//
// Any thread. The configuration has a lock; the numbers in it that are needed for every command or
// connection are kept as atomics beside it.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "command/table.h"
#include "node/shared.h"
#include "server/acl.h"
#include "server/acl_sources.h"
#include "server/clients.h"
#include "server/command_statistics.h"
#include "server/config.h"
#include "server/error_statistics.h"
#include "server/host.h"
#include "server/info.h"
#include "server/latency_events.h"
#include "server/monitors.h"
#include "server/pause.h"
#include "server/session_command.h"
#include "server/slow_log.h"
#include "server/statistics.h"

namespace kindred {

class Server {
 public:
  // `shared` and `host` outlive it.
  Server(const Config& config, Shared& shared, Host& host, ProcessIdentity identity);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Shared& shared() { return shared_; }
  Host& host() { return host_; }
  const CommandTable& commands() const { return commands_; }
  // What a row of kind kSession belongs to; null for others.
  const SessionCommand* SessionCommandOf(const CommandRow* row) const;
  const CommandRow* with_row() const { return with_row_; }
  Clients& clients() { return clients_; }
  Acl& acl() { return acl_; }
  AclSources& acl_sources() { return acl_sources_; }
  Statistics& statistics() { return statistics_; }
  CommandStatistics& command_statistics() { return command_statistics_; }
  ErrorStatistics& errors() { return errors_; }
  // CONFIG RESETSTAT.
  void ResetStatistics();
  Pause& pause() { return pause_; }
  Monitors& monitors() { return monitors_; }
  SlowLog& slow_log() { return slow_log_; }
  LatencyEvents& latency_events() { return latency_events_; }
  const ProcessIdentity& identity() const { return identity_; }
  const Ports& ports() const { return ports_; }

  // CONFIG. `patterns` are globs; pairs of name and value, by name.
  std::vector<std::pair<std::string, std::string>> ConfigGet(
      std::span<const std::string_view> patterns) const;
  // All of the pairs or none; an error text for the client if it is refused.
  std::optional<std::string> ConfigSet(std::span<const std::string_view> names_and_values);
  // CONFIG REWRITE: an error text for the client if it fails.
  std::optional<std::string> ConfigRewrite();
  // What new sessions begin with.
  Consistency DefaultConsistency() const;
  Config config() const;  // A copy.

  // Of the configuration, without its lock.
  // EXEC refuses what it cannot run as one.
  bool strict_transactions() const { return Load(strict_transactions_) != 0; }
  uint64_t request_timeout_ms() const { return Load(request_timeout_ms_); }
  size_t query_buffer_bytes_max() const { return Load(query_buffer_bytes_max_); }
  size_t value_bytes_max() const { return value_bytes_max_; }
  uint64_t idle_timeout_s() const { return Load(idle_timeout_s_); }  // 0: clients may be silent.
  uint64_t tcp_keepalive_s() const { return Load(tcp_keepalive_s_); }
  size_t maxclients() const { return Load(maxclients_); }
  bool protected_mode() const { return Load(protected_mode_) != 0; }
  // client-output-buffer-limit of the class normal.
  BufferLimit output_limit() const {
    return {Load(output_hard_bytes_), Load(output_soft_bytes_), Load(output_soft_s_)};
  }
  size_t acl_log_entries_max() const { return Load(acl_log_entries_max_); }
  bool tracks_latency() const { return Load(tracks_latency_) != 0; }
  bool KeepsSlowLog() const {
    return Load(slower_than_us_) != kDisabled && Load(slow_log_max_) > 0;
  }
  bool IsSlow(uint64_t duration_us) const { return duration_us >= Load(slower_than_us_); }

  void LogSlow(SlowCommand command);
  // Keeps the event if it took as long as latency-monitor-threshold says.
  void NoteLatency(std::string_view event, uint64_t duration_us) {
    if (duration_us >= Load(latency_threshold_us_)) KeepLatency(event, duration_us);
  }

  // Asked by the edge for each new connection. The error to send before closing it, or nothing:
  // then it counts as a client until clients().Leave(). `loopback`: it comes from this machine.
  std::optional<std::string> Admit(bool loopback);

  // Before the first client is served: what the configuration says of users is made true. `joined`:
  // the node has just become a member of a cluster, whose users hold. Returns a sentence for the
  // log, which may be empty, or why the server cannot start.
  absl::StatusOr<std::string> SettleUsers(bool joined, uint64_t now_ms);

  // Called by the edge once a second.
  void OnSecond(uint64_t now_ms);
  // As of now.
  ProcessFacts Measure();
  uint64_t used_memory_peak_bytes() const { return Load(used_memory_peak_bytes_); }
  uint64_t startup_memory_bytes() const { return startup_memory_bytes_; }

  std::string Info(Face face, std::span<const std::string_view> sections, uint64_t now_ms);
  // Live keys of this node by database: on the plain face of all slots that it holds, on the
  // cluster face of those that it is the first replica of.
  std::vector<Counts::Number> CountKeys(Face face);

 private:
  static uint64_t Load(const std::atomic<uint64_t>& number) {
    return number.load(std::memory_order_relaxed);
  }
  void PublishConfigLocked();
  void KeepLatency(std::string_view event, uint64_t duration_us);
  void FillCluster(InfoFacts* facts);

  Shared& shared_;
  Host& host_;
  const ProcessIdentity identity_;
  const Ports ports_;
  const size_t value_bytes_max_;
  const CommandTable commands_;
  absl::flat_hash_map<const CommandRow*, const SessionCommand*> session_commands_;  // Constant.
  const CommandRow* const with_row_;

  Clients clients_;  // Has its own lock, as those that follow.
  Acl acl_;
  AclSources acl_sources_;
  Statistics statistics_;
  CommandStatistics command_statistics_;
  ErrorStatistics errors_;
  SlowLog slow_log_;
  LatencyEvents latency_events_;
  Monitors monitors_;
  Pause pause_;

  mutable std::mutex mutex_;
  Config config_;             // Guarded by mutex_.
  std::mutex rewrite_mutex_;  // Held while the configuration file is rewritten.

  std::atomic<uint64_t> used_memory_peak_bytes_{0};
  const uint64_t startup_memory_bytes_;
  std::atomic<uint64_t> expired_keys_base_{0};  // At the last reset of statistics.
  std::atomic<uint64_t> request_timeout_ms_{0};
  std::atomic<uint64_t> strict_transactions_{0};
  std::atomic<uint64_t> query_buffer_bytes_max_{0};
  std::atomic<uint64_t> idle_timeout_s_{0};
  std::atomic<uint64_t> tcp_keepalive_s_{0};
  std::atomic<uint64_t> maxclients_{0};
  std::atomic<uint64_t> protected_mode_{0};
  std::atomic<uint64_t> output_hard_bytes_{0};
  std::atomic<uint64_t> output_soft_bytes_{0};
  std::atomic<uint64_t> output_soft_s_{0};
  std::atomic<uint64_t> acl_log_entries_max_{0};
  std::atomic<uint64_t> tracks_latency_{0};
  // kDisabled: nothing is slow, or no event is kept.
  static constexpr uint64_t kDisabled = UINT64_MAX;
  std::atomic<uint64_t> slower_than_us_{kDisabled};
  std::atomic<uint64_t> slow_log_max_{0};
  std::atomic<uint64_t> latency_threshold_us_{kDisabled};
};

}  // namespace kindred

#endif  // KINDRED_SERVER_SERVER_H_
