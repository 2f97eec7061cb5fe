#include "server/info.h"

#include <algorithm>
#include <initializer_list>
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

double Ratio(uint64_t a, uint64_t b) {
  return b == 0 ? 1.0 : static_cast<double>(a) / static_cast<double>(b);
}

std::string GccVersion() {
  return fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
}

std::string_view Mode(const InfoFacts& facts) {
  return facts.face == Face::kCluster ? "cluster" : "standalone";
}

// Redis numbers them by what they speak; 1 are those of Unix.
std::string Listener(std::string_view name, int port, const InfoFacts& facts) {
  std::string text = fmt::format("name={}", name);
  for (const BindAddress& address : facts.bind) {
    text += fmt::format(",bind={}{}", address.optional ? "-" : "", address.host);
  }
  return text + fmt::format(",port={}", port);
}

void ServerSection(const InfoFacts& facts, Lines lines) {
  const ProcessIdentity& identity = facts.identity;
  lines("redis_version", kRedisVersion)("redis_git_sha1", "00000000")("redis_git_dirty", 0);
  lines("redis_build_id", "0")("kindred_version", identity.version)("redis_mode", Mode(facts));
  lines("os", identity.os)("arch_bits", 64)("monotonic_clock", "POSIX clock_gettime");
  lines("multiplexing_api", "libuv")("atomicvar_api", "c11-builtin")("gcc_version", GccVersion());
  lines("process_id", identity.pid)("process_supervised", "no")("run_id", identity.run_id);
  const bool cluster = facts.face == Face::kCluster;
  const int plain = cluster ? facts.ports.cluster : facts.ports.plain;
  const int tls = cluster ? facts.ports.tls_cluster : facts.ports.tls;
  lines("tcp_port", plain != 0 ? plain : tls);
  lines("server_time_usec", facts.wall_us)("uptime_in_seconds", UptimeSeconds(facts));
  lines("uptime_in_days", UptimeSeconds(facts) / 86400)("hz", 10)("configured_hz", 10);
  lines("lru_clock", facts.now_ms / 1000 & 0xffffff)("executable", identity.executable);
  lines("config_file", identity.config_file)("io_threads_active", 0);
  if (plain != 0) lines("listener0", Listener("tcp", plain, facts));
  if (tls != 0) lines("listener2", Listener("tls", tls, facts));
}

void ClientsSection(const InfoFacts& facts, Lines lines) {
  const Clients::Figures& figures = facts.client_figures;
  lines("connected_clients", facts.clients)("cluster_connections", 0);
  lines("maxclients", facts.maxclients);
  lines("client_recent_max_input_buffer", figures.input_bytes_max);
  lines("client_recent_max_output_buffer", figures.output_bytes_max);
  lines("blocked_clients", figures.blocked)("tracking_clients", 0)("clients_in_timeout_table", 0);
  lines("total_blocking_keys", 0)("total_blocking_keys_on_nokey", 0);
}

// What is not data: what the process took before it had any, and its clients.
uint64_t OverheadBytes(const InfoFacts& facts) {
  return std::min(facts.process.used_memory_bytes,
                  facts.startup_memory_bytes + facts.client_figures.memory_bytes);
}

void AllocatorLines(const InfoFacts& facts, Lines lines) {
  const ProcessFacts& process = facts.process;
  auto ratio = [](uint64_t a, uint64_t b) { return fmt::format("{:.2f}", Ratio(a, b)); };
  auto difference = [](uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b); };
  lines("allocator_frag_ratio", ratio(process.active_bytes, process.used_memory_bytes));
  lines("allocator_frag_bytes", difference(process.active_bytes, process.used_memory_bytes));
  lines("allocator_rss_ratio", ratio(process.resident_bytes, process.active_bytes));
  lines("allocator_rss_bytes", difference(process.resident_bytes, process.active_bytes));
  lines("rss_overhead_ratio", ratio(process.rss_bytes, process.resident_bytes));
  lines("rss_overhead_bytes", difference(process.rss_bytes, process.resident_bytes));
  lines("mem_fragmentation_ratio", ratio(process.rss_bytes, process.used_memory_bytes));
  lines("mem_fragmentation_bytes", difference(process.rss_bytes, process.used_memory_bytes));
}

void MemorySection(const InfoFacts& facts, Lines lines) {
  const ProcessFacts& process = facts.process;
  const uint64_t used = process.used_memory_bytes;
  auto both = [&lines](std::string name, uint64_t bytes) {
    lines(name, bytes)(name + "_human", HumanBytes(bytes));
  };
  auto percent = [](uint64_t a, uint64_t b) { return fmt::format("{:.2f}%", 100 * Ratio(a, b)); };
  both("used_memory", used);
  both("used_memory_rss", process.rss_bytes);
  both("used_memory_peak", facts.used_memory_peak_bytes);
  lines("used_memory_peak_perc", percent(used, facts.used_memory_peak_bytes));
  lines("used_memory_overhead", OverheadBytes(facts));
  lines("used_memory_startup", facts.startup_memory_bytes);
  const uint64_t dataset = used - OverheadBytes(facts);
  lines("used_memory_dataset", dataset);
  lines("used_memory_dataset_perc",
        percent(dataset, used - std::min(used, facts.startup_memory_bytes)));
  lines("allocator_allocated", used)("allocator_active", process.active_bytes);
  lines("allocator_resident", process.resident_bytes);
  both("total_system_memory", process.system_memory_bytes);
  lines("used_memory_lua", 0)("used_memory_vm_eval", 0)("used_memory_lua_human", "0B");
  lines("used_memory_scripts_eval", 0)("number_of_cached_scripts", 0)("number_of_functions", 0);
  lines("number_of_libraries", 0)("used_memory_vm_functions", 0)("used_memory_vm_total", 0);
  lines("used_memory_vm_total_human", "0B")("used_memory_functions", 0);
  both("used_memory_scripts", 0);
  both("maxmemory", 0);
  lines("maxmemory_policy", "noeviction");
  AllocatorLines(facts, lines);
  lines("mem_not_counted_for_evict", 0)("mem_replication_backlog", 0);
  lines("mem_total_replication_buffers", 0)("mem_clients_slaves", 0);
  lines("mem_clients_normal", facts.client_figures.memory_bytes)("mem_cluster_links", 0);
  lines("mem_aof_buffer", 0)("mem_allocator", process.allocator)("active_defrag_running", 0);
  lines("lazyfree_pending_objects", 0)("lazyfreed_objects", 0);
}

// All that was acknowledged is on the disk: it was saved just now, and nothing waits.
void PersistenceSection(const InfoFacts& facts, Lines lines) {
  const std::string_view disk = facts.disk_failed ? "err" : "ok";
  lines("loading", 0)("async_loading", 0)("current_cow_peak", 0)("current_cow_size", 0);
  lines("current_cow_size_age", 0)("current_fork_perc", "0.00");
  lines("current_save_keys_processed", 0)("current_save_keys_total", 0);
  lines("rdb_changes_since_last_save", 0)("rdb_bgsave_in_progress", 0);
  lines("rdb_last_save_time", facts.now_ms / 1000)("rdb_last_bgsave_status", disk);
  lines("rdb_last_bgsave_time_sec", -1)("rdb_current_bgsave_time_sec", -1)("rdb_saves", 0);
  lines("rdb_last_cow_size", 0)("rdb_last_load_keys_expired", 0)("rdb_last_load_keys_loaded", 0);
  lines("aof_enabled", 1)("aof_rewrite_in_progress", 0)("aof_rewrite_scheduled", 0);
  lines("aof_last_rewrite_time_sec", -1)("aof_current_rewrite_time_sec", -1);
  lines("aof_last_bgrewrite_status", "ok")("aof_rewrites", 0);
  lines("aof_rewrites_consecutive_failures", 0)("aof_last_write_status", disk);
  lines("aof_last_cow_size", 0)("module_fork_in_progress", 0)("module_fork_last_cow_size", 0);
  lines("aof_current_size", facts.process.disk_bytes)("aof_base_size", facts.process.disk_bytes);
  lines("aof_pending_rewrite", 0)("aof_buffer_length", 0)("aof_pending_bio_fsync", 0);
  lines("aof_delayed_fsync", 0);
}

void StatsSection(const InfoFacts& facts, Lines lines) {
  const Totals& totals = facts.totals;
  auto kilo = [](double bytes) { return fmt::format("{:.2f}", bytes / 1024.0); };
  auto zeros = [&lines](std::initializer_list<std::string_view> names) {
    for (std::string_view name : names) lines(name, 0);
  };
  lines("total_connections_received", totals[Counter::kConnections]);
  lines("total_commands_processed", totals[Counter::kCommands]);
  lines("instantaneous_ops_per_sec", static_cast<uint64_t>(facts.rates.commands));
  lines("total_net_input_bytes", totals[Counter::kInputBytes]);
  lines("total_net_output_bytes", totals[Counter::kOutputBytes]);
  zeros({"total_net_repl_input_bytes", "total_net_repl_output_bytes"});
  lines("instantaneous_input_kbps", kilo(facts.rates.input_bytes));
  lines("instantaneous_output_kbps", kilo(facts.rates.output_bytes));
  lines("instantaneous_input_repl_kbps", "0.00")("instantaneous_output_repl_kbps", "0.00");
  lines("rejected_connections", totals[Counter::kRejected]);
  zeros({"sync_full", "sync_partial_ok", "sync_partial_err"});
  lines("expired_keys", facts.expired_keys)("expired_stale_perc", "0.00");
  zeros({"expired_time_cap_reached_count", "expire_cycle_cpu_milliseconds", "evicted_keys",
         "evicted_clients", "total_eviction_exceeded_time", "current_eviction_exceeded_time"});
  lines("keyspace_hits", totals[Counter::kHits])("keyspace_misses", totals[Counter::kMisses]);
  zeros({"pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "latest_fork_usec",
         "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys",
         "active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits",
         "active_defrag_key_misses", "total_active_defrag_time", "current_active_defrag_time",
         "tracking_total_keys", "tracking_total_items", "tracking_total_prefixes",
         "unexpected_error_replies"});
  lines("total_error_replies", totals[Counter::kErrors])("dump_payload_sanitizations", 0);
  lines("total_reads_processed", totals[Counter::kReads]);
  lines("total_writes_processed", totals[Counter::kWrites]);
  zeros({"io_threaded_reads_processed", "io_threaded_writes_processed", "reply_buffer_shrinks",
         "reply_buffer_expands"});
  const auto denied = [&facts](AclReason why) { return facts.denied[static_cast<size_t>(why)]; };
  lines("acl_access_denied_auth", denied(AclReason::kAuth));
  lines("acl_access_denied_cmd", denied(AclReason::kCommand));
  lines("acl_access_denied_key", denied(AclReason::kKey))("acl_access_denied_channel", 0);
}

void ReplicationSection(const InfoFacts& facts, Lines lines) {
  lines("role", "master")("connected_slaves", 0)("master_failover_state", "no-failover");
  lines("master_replid", facts.identity.run_id)("master_replid2", std::string(40, '0'));
  lines("master_repl_offset", 0)("second_repl_offset", -1)("repl_backlog_active", 0);
  lines("repl_backlog_size", 0)("repl_backlog_first_byte_offset", 0)("repl_backlog_histlen", 0);
}

void CpuSection(const InfoFacts& facts, Lines lines) {
  auto seconds = [](double s) { return fmt::format("{:.6f}", s); };
  lines("used_cpu_sys", seconds(facts.process.cpu_system_s));
  lines("used_cpu_user", seconds(facts.process.cpu_user_s));
  lines("used_cpu_sys_children", "0.000000")("used_cpu_user_children", "0.000000");
  lines("used_cpu_sys_main_thread", seconds(facts.process.cpu_system_main_s));
  lines("used_cpu_user_main_thread", seconds(facts.process.cpu_user_main_s));
}

void CommandStatsSection(const InfoFacts& facts, Lines lines) {
  for (const CommandTotals& command : facts.commands) {
    if (command.calls == 0 && command.rejected == 0 && command.failed == 0) continue;
    const uint64_t usec = command.ns / 1000;
    const double each = command.calls == 0 ? 0
                                           : static_cast<double>(command.ns) / 1000 /
                                                 static_cast<double>(command.calls);
    lines(fmt::format("cmdstat_{}", command.row->name),
          fmt::format("calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}",
                      command.calls, usec, each, command.rejected, command.failed));
  }
}

void ErrorStatsSection(const InfoFacts& facts, Lines lines) {
  for (const auto& [code, count] : facts.errors) {
    lines(fmt::format("errorstat_{}", code), fmt::format("count={}", count));
  }
}

void LatencyStatsSection(const InfoFacts& facts, Lines lines) {
  for (const CommandTotals& command : facts.commands) {
    if (command.times.total() == 0) continue;
    std::string figures;
    for (double percentile : facts.percentiles) {
      const auto ns = static_cast<double>(command.times.PercentileNs(percentile));
      figures += fmt::format("{}p{}={:.3f}", figures.empty() ? "" : ",", percentile, ns / 1000);
    }
    lines(fmt::format("latency_percentiles_usec_{}", command.row->name), figures);
  }
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
  lines("tls_port", facts.ports.tls)("tls_cluster_port", facts.ports.tls_cluster);
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
    {"commandstats", "Commandstats", false, true, CommandStatsSection},
    {"errorstats", "Errorstats", true, true, ErrorStatsSection},
    {"latencystats", "Latencystats", false, true, LatencyStatsSection},
    {"cluster", "Cluster", true, true, ClusterSection},
    {"kindred", "Kindred", true, true, KindredSection},
    {"keyspace", "Keyspace", true, true, KeyspaceSection},
};

bool IsNamed(const Section& section, std::string_view word) {
  if (SameWord(word, section.name) || SameWord(word, "everything")) return true;
  if (SameWord(word, "all")) return section.in_all;
  return section.in_default && SameWord(word, "default");
}

constexpr std::string_view kDefault[] = {"default"};

bool IsShown(const Section& section, std::span<const std::string_view> words) {
  if (words.empty()) words = kDefault;
  return std::any_of(words.begin(), words.end(),
                     [&section](std::string_view word) { return IsNamed(section, word); });
}

}  // namespace

bool ShowsInfo(std::span<const std::string_view> sections, std::string_view name) {
  return std::any_of(std::begin(kSections), std::end(kSections), [&](const Section& section) {
    return section.name == name && IsShown(section, sections);
  });
}

std::string InfoText(const InfoFacts& facts, std::span<const std::string_view> sections) {
  std::string text;
  for (const Section& section : kSections) {
    if (!IsShown(section, sections)) continue;
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
