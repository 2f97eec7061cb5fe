#include "server/info.h"

#include <algorithm>
#include <iterator>

#include "command/handler_tools.h"
#include "fmt/format.h"

namespace kindred {
namespace {

// Appends "name:value" lines.
class Lines {
 public:
  explicit Lines(std::string* out) : out_(out) {}

  template <typename T>
  Lines& operator()(std::string_view name, const T& value) {
    fmt::format_to(std::back_inserter(*out_), "{}:{}\r\n", name, value);
    return *this;
  }

 private:
  std::string* out_;
};

uint64_t UptimeSeconds(const InfoFacts& facts) {
  return facts.now_ms > facts.identity.started_ms
             ? (facts.now_ms - facts.identity.started_ms) / 1000
             : 0;
}

std::string_view Mode(const InfoFacts& facts) {
  return facts.face == Face::kCluster ? "cluster" : "standalone";
}

void ServerSection(const InfoFacts& facts, Lines lines) {
  lines("redis_version", kRedisVersion)("redis_git_sha1", "00000000")("redis_git_dirty", 0)(
      "redis_build_id", "0")("kindred_version", facts.identity.version)("redis_mode", Mode(facts));
  lines("os", facts.identity.os)("arch_bits", 64)("multiplexing_api", "libuv")(
      "process_id", facts.identity.pid)("process_supervised", "no")("run_id",
                                                                    facts.identity.run_id);
  lines("tcp_port", facts.face == Face::kCluster ? facts.ports.cluster : facts.ports.plain);
  lines("server_time_usec", facts.now_ms * 1000)("uptime_in_seconds", UptimeSeconds(facts))(
      "uptime_in_days", UptimeSeconds(facts) / 86400)("hz", 10)("configured_hz", 10);
  lines("lru_clock", facts.now_ms / 1000 & 0xffffff)("executable", facts.identity.executable)(
      "config_file", facts.identity.config_file)("io_threads_active", 0);
}

void ClientsSection(const InfoFacts& facts, Lines lines) {
  lines("connected_clients", facts.clients)("cluster_connections", 0)("maxclients",
                                                                      facts.maxclients);
  lines("client_recent_max_input_buffer", facts.client_figures.input_bytes_max)(
      "client_recent_max_output_buffer", facts.client_figures.output_bytes_max);
  lines("blocked_clients", facts.client_figures.blocked)("tracking_clients", 0)(
      "clients_in_timeout_table", 0);
}

void MemorySection(const InfoFacts& facts, Lines lines) {
  const ProcessFacts& process = facts.process;
  double ratio =
      process.used_memory_bytes == 0
          ? 1.0
          : static_cast<double>(process.rss_bytes) / static_cast<double>(process.used_memory_bytes);
  auto both = [&lines](std::string name, uint64_t bytes) {
    lines(name, bytes)(name + "_human", HumanBytes(bytes));
  };
  both("used_memory", process.used_memory_bytes);
  both("used_memory_rss", process.rss_bytes);
  both("used_memory_peak", facts.used_memory_peak_bytes);
  both("total_system_memory", process.system_memory_bytes);
  both("used_memory_lua", 0);
  both("maxmemory", 0);
  lines("maxmemory_policy", "noeviction")("mem_fragmentation_ratio", fmt::format("{:.2f}", ratio))(
      "mem_allocator", "jemalloc")("active_defrag_running", 0)("lazyfree_pending_objects", 0);
}

void PersistenceSection(const InfoFacts& facts, Lines lines) {
  lines("loading", 0)("async_loading", 0)("rdb_changes_since_last_save", 0)(
      "rdb_bgsave_in_progress", 0)("rdb_last_save_time", facts.now_ms / 1000)(
      "rdb_last_bgsave_status", "ok")("rdb_last_bgsave_time_sec", -1)("rdb_current_bgsave_time_sec",
                                                                      -1)("rdb_saves", 0);
  lines("aof_enabled", 1)("aof_rewrite_in_progress", 0)("aof_rewrite_scheduled", 0)(
      "aof_last_rewrite_time_sec", -1)("aof_current_rewrite_time_sec", -1)(
      "aof_last_bgrewrite_status", "ok")("aof_last_write_status", facts.disk_failed ? "err" : "ok");
  lines("aof_current_size", facts.process.disk_bytes);
}

void StatsSection(const InfoFacts& facts, Lines lines) {
  const Totals& totals = facts.totals;
  auto kilo = [](double bytes) { return fmt::format("{:.2f}", bytes / 1024.0); };
  lines("total_connections_received", totals[Counter::kConnections])("total_commands_processed",
                                                                     totals[Counter::kCommands])(
      "instantaneous_ops_per_sec", static_cast<uint64_t>(facts.rates.commands));
  lines("total_net_input_bytes", totals[Counter::kInputBytes])("total_net_output_bytes",
                                                               totals[Counter::kOutputBytes]);
  lines("instantaneous_input_kbps", kilo(facts.rates.input_bytes))("instantaneous_output_kbps",
                                                                   kilo(facts.rates.output_bytes));
  lines("rejected_connections", totals[Counter::kRejected])("sync_full", 0)("sync_partial_ok", 0)(
      "sync_partial_err", 0)("expired_keys", 0)("evicted_keys", 0)("evicted_clients", 0);
  lines("keyspace_hits", totals[Counter::kHits])("keyspace_misses", totals[Counter::kMisses]);
  lines("pubsub_channels", 0)("pubsub_patterns", 0)("pubsubshard_channels", 0)(
      "latest_fork_usec", 0)("total_forks", 0)("migrate_cached_sockets", 0)(
      "tracking_total_keys", 0)("unexpected_error_replies", 0)("total_error_replies",
                                                               totals[Counter::kErrors]);
}

void ReplicationSection(const InfoFacts& facts, Lines lines) {
  lines("role", "master")("connected_slaves", 0)("master_failover_state", "no-failover")(
      "master_replid", facts.identity.run_id)("master_replid2", std::string(40, '0'));
  lines("master_repl_offset", 0)("second_repl_offset", -1)("repl_backlog_active", 0)(
      "repl_backlog_size", 0)("repl_backlog_first_byte_offset", 0)("repl_backlog_histlen", 0);
}

void CpuSection(const InfoFacts& facts, Lines lines) {
  auto seconds = [](double s) { return fmt::format("{:.6f}", s); };
  lines("used_cpu_sys", seconds(facts.process.cpu_system_s))(
      "used_cpu_user", seconds(facts.process.cpu_user_s))("used_cpu_sys_children", "0.000000")(
      "used_cpu_user_children", "0.000000");
}

void NothingSection(const InfoFacts&, Lines) {}

void ClusterSection(const InfoFacts& facts, Lines lines) {
  lines("cluster_enabled", facts.face == Face::kCluster ? 1 : 0);
}

void KeyspaceSection(const InfoFacts& facts, Lines lines) {
  for (size_t db = 0; db < facts.keyspace.size(); ++db) {
    const Counts::Number& number = facts.keyspace[db];
    if (number.keys <= 0) continue;
    lines(fmt::format("db{}", db),
          fmt::format("keys={},expires={},avg_ttl=0", number.keys, number.with_expiry));
  }
}

void KindredSection(const InfoFacts& facts, Lines lines) {
  lines("kindred_version", facts.identity.version)("node_id", facts.node_id)("epoch", facts.epoch);
  lines("nodes", facts.nodes)("nodes_alive", facts.nodes_alive)("vnodes", facts.vnodes)(
      "vnodes_held", facts.vnodes_held)("vnodes_primary", facts.vnodes_primary);
  lines("plain_port", facts.ports.plain)("cluster_port", facts.ports.cluster)(
      "peer_port", facts.ports.peer)("http_port", facts.ports.http);
}

struct Section {
  std::string_view name;
  std::string_view title;
  bool in_default;
  bool in_all;  // And all are in "everything".
  void (*write)(const InfoFacts& facts, Lines lines);
};

constexpr Section kSections[] = {
    {"server", "Server", true, true, ServerSection},
    {"clients", "Clients", true, true, ClientsSection},
    {"memory", "Memory", true, true, MemorySection},
    {"persistence", "Persistence", true, true, PersistenceSection},
    {"stats", "Stats", true, true, StatsSection},
    {"replication", "Replication", true, true, ReplicationSection},
    {"cpu", "CPU", true, true, CpuSection},
    {"modules", "Modules", true, false, NothingSection},
    {"errorstats", "Errorstats", true, true, NothingSection},
    {"cluster", "Cluster", true, true, ClusterSection},
    {"kindred", "Kindred", true, true, KindredSection},
    {"keyspace", "Keyspace", true, true, KeyspaceSection},
};

bool IsNamed(const Section& section, std::string_view word) {
  if (SameWord(word, section.name) || SameWord(word, "everything")) return true;
  if (SameWord(word, "all")) return section.in_all;
  return section.in_default && SameWord(word, "default");
}

}  // namespace

std::string InfoText(const InfoFacts& facts, std::span<const std::string_view> sections) {
  constexpr std::string_view kDefault[] = {"default"};
  if (sections.empty()) sections = kDefault;
  std::string text;
  for (const Section& section : kSections) {
    bool named = std::any_of(sections.begin(), sections.end(),
                             [&section](std::string_view word) { return IsNamed(section, word); });
    if (!named) continue;
    if (!text.empty()) text += "\r\n";
    text += fmt::format("# {}\r\n", section.title);
    section.write(facts, Lines(&text));
  }
  return text;
}

std::string HumanBytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{}B", bytes);
  double size = static_cast<double>(bytes);
  for (char unit : {'K', 'M', 'G', 'T'}) {
    size /= 1024;
    if (size < 1024 || unit == 'T') return fmt::format("{:.2f}{}", size, unit);
  }
  return {};
}

}  // namespace kindred
