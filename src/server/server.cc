#include "server/server.h"

#include <set>

#include "base/check.h"
#include "base/glob.h"
#include "command/families.h"
#include "command/handler_tools.h"
#include "server/config_rewrite.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

CommandTable AllCommands() {
  std::vector<std::span<const CommandRow>> families = DataCommandFamilies();
  for (std::span<const SessionCommand> family : SessionCommandFamilies()) {
    for (const SessionCommand& command : family) families.emplace_back(&command.row, 1);
  }
  return CommandTable(std::move(families));
}

// All names come before any value, as in Redis.
std::optional<std::string> WhyNotSettable(std::span<const std::string_view> names_and_values) {
  std::set<const OptionRow*> seen;
  for (size_t i = 0; i < names_and_values.size(); i += 2) {
    std::string_view name = names_and_values[i];
    const OptionRow* row = FindOption(name);
    if (row == nullptr) return UnknownConfigOption(name);
    if (!row->run_time) return ConfigSetFailed(name, "can't set immutable config");
    if (!seen.insert(row).second) return ConfigSetFailed(name, "duplicate parameter");
  }
  return std::nullopt;
}

// What CONFIG GET says for an option of this name: the name as the client wrote it, or, where that
// was a pattern, the name itself. Empty: it was not asked for.
std::string_view AskedAs(std::string_view name, std::span<const std::string_view> patterns) {
  for (std::string_view pattern : patterns) {
    const bool is_name = pattern.find_first_of("[*?") == std::string_view::npos;
    if (is_name && SameWord(pattern, name)) return pattern;
    if (!is_name && GlobMatch(pattern, name, /*ignore_case=*/true)) return name;
  }
  return {};
}

// The first of TLS's options among them; empty if there is none. To set one to what it is already
// counts: the files may have changed.
std::string_view NamesTls(std::span<const std::string_view> names_and_values) {
  for (size_t i = 0; i < names_and_values.size(); i += 2) {
    const OptionRow* row = FindOption(names_and_values[i]);
    if (row->section == OptionSection::kTls) return row->name;
  }
  return {};
}

}  // namespace

std::vector<std::span<const SessionCommand>> SessionCommandFamilies() {
  return {ConnectionCommands(),  ClientCommands(),       ClientControlCommands(),
          ConfigCommands(),      ServerCommands(),       DurabilityCommands(),
          ReplicationCommands(), ModuleCommands(),       MemoryCommands(),
          DebugCommands(),       SlowLogCommands(),      LatencyCommands(),
          CommandCommands(),     ClusterCommands(),      ClusterAdminCommands(),
          ConsistencyCommands(), AclCommands(),          TransactionCommands(),
          AclLogCommands(),      ObjectSessionCommands()};
}

Server::Server(const Config& config, Shared& shared, Host& host, ProcessIdentity identity)
    : shared_(shared),
      host_(host),
      identity_(std::move(identity)),
      ports_(config.ports()),
      bind_(config.bind()),
      value_bytes_max_(static_cast<size_t>(config.GetNumber("proto-max-bulk-len"))),
      commands_(AllCommands()),
      with_row_(commands_.Find("with")),
      acl_(shared, commands_, clients_),
      acl_sources_(acl_, shared.store(), host, config.acl_file()),
      command_statistics_(commands_),
      config_(config),
      startup_memory_bytes_(host.Measure().used_memory_bytes) {
  for (std::span<const SessionCommand> family : SessionCommandFamilies()) {
    for (const SessionCommand& command : family) session_commands_[&command.row] = &command;
  }
  CHECK(with_row_ != nullptr);
  PublishConfigLocked();
}

const SessionCommand* Server::SessionCommandOf(const CommandRow* row) const {
  auto found = session_commands_.find(row);
  return found == session_commands_.end() ? nullptr : found->second;
}

std::vector<std::pair<std::string, std::string>> Server::ConfigGet(
    std::span<const std::string_view> patterns) const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> found;
  for (const OptionRow& row : OptionRows()) {
    for (std::string_view name : {row.name, row.alias}) {
      const std::string_view asked_as = name.empty() ? name : AskedAs(name, patterns);
      if (!asked_as.empty()) found.emplace_back(asked_as, config_.ShownValueOf(row));
    }
  }
  return found;
}

std::optional<std::string> Server::ConfigSet(std::span<const std::string_view> names_and_values) {
  if (auto error = WhyNotSettable(names_and_values)) return error;
  std::lock_guard lock(mutex_);
  Config changed = config_;
  for (size_t i = 0; i + 1 < names_and_values.size(); i += 2) {
    std::string_view name = names_and_values[i];
    std::string_view value = names_and_values[i + 1];
    // What is wrong with a value is said of the option, not of what the client called it.
    const OptionRow& row = *FindOption(name);
    if (auto why = WhyRefused(row, value)) return ConfigSetFailed(row.name, *why);
    CHECK(changed.Set(name, value).ok());
    if (absl::Status status = changed.Check(); !status.ok()) {
      return ConfigSetFailed(row.name, std::string(status.message()));
    }
  }
  if (const std::string_view name = NamesTls(names_and_values); !name.empty()) {
    if (absl::Status status = ConfigureTls(changed); !status.ok()) {
      return ConfigSetFailed(name, "Unable to update TLS configuration. Check server logs.");
    }
  }
  config_ = std::move(changed);
  PublishConfigLocked();
  return std::nullopt;
}

absl::Status Server::ConfigureTls(const Config& config) {
  return config.uses_tls() ? host_.ConfigureTls(config) : absl::OkStatus();
}

absl::Status Server::ReloadTls() {
  std::lock_guard lock(mutex_);
  return ConfigureTls(config_);
}

std::optional<std::string> Server::ConfigRewrite() {
  if (identity_.config_file.empty()) return std::string(kNoConfigFile);
  std::lock_guard lock(rewrite_mutex_);
  absl::StatusOr<std::string> old = host_.ReadFile(identity_.config_file);
  absl::Status status = old.status();
  Config as_written;
  if (status.ok()) status = as_written.LoadText(*old, identity_.config_file);
  if (status.ok()) {
    status = host_.ReplaceFile(identity_.config_file, RewriteConfig(*old, config()));
  }
  if (status.ok()) return std::nullopt;
  return RewriteFailed(std::string(status.message()));
}

Consistency Server::DefaultConsistency() const {
  std::lock_guard lock(mutex_);
  return config_.consistency();
}

Config Server::config() const {
  std::lock_guard lock(mutex_);
  return config_;
}

void Server::PublishConfigLocked() {
  auto publish = [this](std::string_view name, std::atomic<uint64_t>* number) {
    number->store(static_cast<uint64_t>(config_.GetNumber(name)), std::memory_order_relaxed);
  };
  publish("request-timeout-ms", &request_timeout_ms_);
  publish("strict-transactions", &strict_transactions_);
  publish("client-query-buffer-limit", &query_buffer_bytes_max_);
  publish("timeout", &idle_timeout_s_);
  publish("tcp-keepalive", &tcp_keepalive_s_);
  publish("maxclients", &maxclients_);
  publish("protected-mode", &protected_mode_);
  const BufferLimit output = config_.buffer_limits().normal();
  output_hard_bytes_.store(output.hard_bytes, std::memory_order_relaxed);
  output_soft_bytes_.store(output.soft_bytes, std::memory_order_relaxed);
  output_soft_s_.store(output.soft_seconds, std::memory_order_relaxed);
  publish("acllog-max-len", &acl_log_entries_max_);
  publish("latency-tracking", &tracks_latency_);
  publish("slowlog-log-slower-than", &slower_than_us_);  // -1 is kDisabled.
  publish("slowlog-max-len", &slow_log_max_);
  const auto threshold_ms = static_cast<uint64_t>(config_.GetNumber("latency-monitor-threshold"));
  const bool keeps = threshold_ms > 0 && threshold_ms < kDisabled / 1000;
  latency_threshold_us_.store(keeps ? threshold_ms * 1000 : kDisabled, std::memory_order_relaxed);
}

void Server::LogSlow(SlowCommand command) {
  slow_log_.Add(std::move(command), Load(slow_log_max_));
}

void Server::KeepLatency(std::string_view event, uint64_t duration_us) {
  latency_events_.Add(event, {host_.WallUs() / 1'000'000, duration_us / 1000});
}

void Server::ResetStatistics() {
  statistics_.Reset();
  command_statistics_.Reset();
  errors_.Reset();
  expired_keys_base_.store(shared_.expired_keys(), std::memory_order_relaxed);
}

std::optional<std::string> Server::Admit(bool loopback) {
  if (!clients_.Enter(maxclients())) return std::string(kMaxClients);
  const bool guarded = !loopback && protected_mode();
  if (!guarded || !acl_.Now().users->default_user().nopass) return std::nullopt;
  clients_.Leave();
  return std::string(kProtectedMode);
}

absl::StatusOr<std::string> Server::SettleUsers(bool joined, uint64_t now_ms) {
  const std::string requirepass = config().GetText("requirepass");
  return acl_sources_.Settle(requirepass, joined, now_ms);
}

void Server::OnSecond(uint64_t now_ms) {
  statistics_.OnSecond(now_ms);
  acl_.Now();  // Connections of users that were deleted elsewhere are to end, also silent ones.
  Measure();
}

ProcessFacts Server::Measure() {
  ProcessFacts facts = host_.Measure();
  uint64_t peak = used_memory_peak_bytes_.load(std::memory_order_relaxed);
  while (peak < facts.used_memory_bytes &&
         !used_memory_peak_bytes_.compare_exchange_weak(peak, facts.used_memory_bytes)) {
  }
  return facts;
}

std::string Server::Info(Face face, std::span<const std::string_view> sections, uint64_t now_ms) {
  InfoFacts facts;
  facts.face = face;
  facts.identity = identity_;
  facts.totals = statistics_.total();
  facts.rates = statistics_.rates();
  facts.ports = ports_;
  facts.bind = bind_;
  facts.now_ms = now_ms;
  facts.wall_us = host_.WallUs();
  facts.clients = clients_.size();
  facts.client_figures = clients_.figures();
  facts.maxclients = static_cast<int64_t>(maxclients());
  facts.disk_failed = shared_.disk_failed();
  facts.expired_keys = shared_.expired_keys() - expired_keys_base_.load(std::memory_order_relaxed);
  facts.process = Measure();
  facts.used_memory_peak_bytes = used_memory_peak_bytes();
  facts.startup_memory_bytes = startup_memory_bytes_;
  if (ShowsInfo(sections, "commandstats") || ShowsInfo(sections, "latencystats")) {
    facts.commands = command_statistics_.totals();
  }
  facts.errors = errors_.counts();
  facts.denied = acl_.log().totals();
  facts.percentiles = config().percentiles();
  FillCluster(&facts);
  std::vector<Counts::Number> keyspace = CountKeys(face);
  facts.keyspace = keyspace;
  return InfoText(facts, sections);
}

void Server::FillCluster(InfoFacts* facts) {
  std::shared_ptr<const ClusterView> view = shared_.view();
  facts->node_id = shared_.self_id();
  facts->epoch = view->epoch();
  facts->nodes = view->members().size();
  for (Peer peer : view->members()) facts->nodes_alive += view->alive(peer) ? 1 : 0;
  facts->vnodes = view->topology().vnode_count();
  for (uint32_t vnode = 0; facts->nodes > 0 && vnode < facts->vnodes; ++vnode) {
    facts->vnodes_held += view->IsReplica(vnode) ? 1 : 0;
    facts->vnodes_primary += view->PrimaryOf(vnode) == kSelf ? 1 : 0;
  }
}

std::vector<Counts::Number> Server::CountKeys(Face face) {
  std::shared_ptr<const ClusterView> view = shared_.view();
  std::vector<uint32_t> vnodes;
  if (view->members().empty()) return {};
  for (uint32_t vnode = 0; vnode < view->topology().vnode_count(); ++vnode) {
    bool counts = face == Face::kPlain ? view->IsReplica(vnode) : view->PrimaryOf(vnode) == kSelf;
    if (counts) vnodes.push_back(vnode);
  }
  std::vector<Counts::Number> by_db = shared_.CountKeys(vnodes);
  if (face == Face::kCluster) return by_db;
  const std::vector<Counts::Number> far = shared_.far_keys();
  for (size_t db = 0; db < by_db.size(); ++db) {
    by_db[db].keys += far[db].keys;
    by_db[db].with_expiry += far[db].with_expiry;
  }
  return by_db;
}

}  // namespace kindred
