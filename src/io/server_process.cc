#include "io/server_process.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/hex.h"
#include "fmt/format.h"
#include "io/acceptor.h"
#include "io/hmac.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/process_facts.h"
#include "io/process_host.h"
#include "io/rocks_store.h"
#include "io/wall_clock.h"
#include "io/worker_pool.h"
#include "node/boot.h"
#include "server/secrets.h"
#include "server/server.h"

namespace kindred {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// For the first batch of a node, whose sync may share the disk with much else.
constexpr milliseconds kBootSyncMax(30000);
// How often the main thread looks whether something has changed.
constexpr milliseconds kLookEvery(200);
constexpr milliseconds kStopLookEvery(5);
constexpr milliseconds kJoinLookEvery(20);
// For the first links after a start.
constexpr milliseconds kFindPeersMax(1000);
constexpr milliseconds kFindLookEvery(5);
constexpr milliseconds kJoinAgainAfter(300);
// Files of the store, links.
constexpr uint64_t kFilesBesideClients = 1000;
constexpr size_t kWorkersMin = 2;
constexpr size_t kWorkersMax = 8;
// Work that may wait for the pool; loops keep the rest.
constexpr size_t kWorkerTasksMax = 10000;

absl::Status Refuse(std::string sentence) { return absl::FailedPreconditionError(sentence); }

uint64_t RandomSeed() {
  uint64_t seed = 0;
  for (char c : SecretRandomBytes(8)) seed = seed << 8 | static_cast<uint8_t>(c);
  return seed;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) {
    return Refuse(fmt::format("the cluster-secret-file {} cannot be read, or is empty", path));
  }
  std::string secret(absl::StripAsciiWhitespace(bytes.str()));
  if (secret.empty()) return Refuse(fmt::format("the cluster-secret-file {} is empty", path));
  return secret;
}

// The replicas of a key take the same writes. Memtables of different sizes do not fill, and are not
// flushed, on all of them in the same moment.
RocksSettings StoreSettings(const Config& config) {
  Random random(RandomSeed());
  RocksSettings settings;
  settings.memtable_bytes -= random.Below(settings.memtable_bytes / 3);
  const std::string& fsync = config.GetText("appendfsync");
  settings.fsync = fsync == "always"     ? AppendFsync::kAlways
                   : fsync == "everysec" ? AppendFsync::kEverysec
                                         : AppendFsync::kNo;
  return settings;
}

BootOptions BootOptionsOf(const Config& config) {
  const Ports ports = config.ports();
  BootOptions options;
  options.self.host = config.advertised_host();
  options.self.port = static_cast<uint16_t>(ports.plain);
  options.self.cluster_port = static_cast<uint16_t>(ports.cluster);
  options.self.peer_port = static_cast<uint16_t>(ports.peer);
  options.self.http_port = static_cast<uint16_t>(ports.http);
  options.self.tls_port = static_cast<uint16_t>(ports.tls);
  options.self.tls_cluster_port = static_cast<uint16_t>(ports.tls_cluster);
  options.self.zone = config.GetText("zone");
  options.self.weight = static_cast<uint32_t>(config.GetNumber("weight"));
  options.replicas = static_cast<uint32_t>(config.GetNumber("replicas"));
  options.vnodes = static_cast<uint32_t>(config.GetNumber("vnodes"));
  return options;
}

uint32_t LoopCount(const Config& config) {
  const auto asked = static_cast<uint32_t>(config.GetNumber("threads"));
  return asked > 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
}

// The signals that the process heeds, blocked in every thread so that the main thread can wait for
// them.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

class ServerProcess {
 public:
  ServerProcess(const Config& config, std::string config_file, std::string version)
      : config_(config),
        config_file_(std::move(config_file)),
        version_(std::move(version)),
        signals_(BlockSignals()) {}
  ~ServerProcess();

  absl::Status Run();

 private:
  absl::Status ReadClusterSecret();
  absl::Status ConfigureTls();
  absl::Status Listen();
  absl::Status OpenStore();
  absl::Status BootNode();
  void StartLoops();
  absl::Status JoinCluster();
  void WaitForPeers();
  absl::Status SettleUsers();
  void ServeClients();
  void WaitForTheEnd();
  bool ToldToEnd(milliseconds timeout);
  void Stop();
  void OnDurable(uint64_t sequence);

  const Config& config_;
  const std::string config_file_;
  const std::string version_;
  const sigset_t signals_;
  bool told_to_end_ = false;

  std::vector<int> plain_listeners_;
  std::vector<int> cluster_listeners_;
  std::vector<int> peer_listeners_;
  std::vector<int> tls_listeners_;
  std::vector<int> tls_cluster_listeners_;

  HandshakeSettings handshake_;
  TlsContext tls_;
  Identity identity_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<ProcessHost> host_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<WorkerPool> workers_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<bool> loops_ready_{false};  // the commit thread may look at loops_
};

// The commit thread tells the loops, so it has to end first.
ServerProcess::~ServerProcess() {
  if (store_ != nullptr) store_->Close();
}

absl::Status ServerProcess::Run() {
  if (absl::Status status = ReadClusterSecret(); !status.ok()) return status;
  if (absl::Status status = ConfigureTls(); !status.ok()) return status;
  if (absl::Status status = Listen(); !status.ok()) return status;
  if (absl::Status status = OpenStore(); !status.ok()) return status;
  if (absl::Status status = BootNode(); !status.ok()) return status;
  StartLoops();
  absl::Status ready = JoinCluster();
  if (ready.ok()) WaitForPeers();
  if (ready.ok() && !told_to_end_) ready = SettleUsers();
  if (ready.ok() && !told_to_end_) {
    ServeClients();
    WaitForTheEnd();
  }
  Stop();
  return ready;
}

absl::Status ServerProcess::ReadClusterSecret() {
  auto secret = ReadSecret(config_.GetText("cluster-secret-file"));
  if (!secret.ok()) return secret.status();
  handshake_.secret = *std::move(secret);
  handshake_.hmac = HmacSha256;
  return absl::OkStatus();
}

absl::Status ServerProcess::ConfigureTls() {
  return config_.uses_tls() ? tls_.Configure(TlsSettingsOf(config_)) : absl::OkStatus();
}

absl::Status ServerProcess::Listen() {
  const Ports ports = config_.ports();
  const int backlog = static_cast<int>(config_.GetNumber("tcp-backlog"));
  struct Place {
    int port;
    const char* option;
    std::vector<int>* listeners;
  };
  for (const Place& place : {Place{ports.plain, "port", &plain_listeners_},
                             Place{ports.cluster, "cluster-port", &cluster_listeners_},
                             Place{ports.tls, "tls-port", &tls_listeners_},
                             Place{ports.tls_cluster, "tls-cluster-port", &tls_cluster_listeners_},
                             Place{ports.peer, "peer-port", &peer_listeners_}}) {
    if (place.port == 0) continue;
    // Who knows no secret could be anybody, unless he is on this machine.
    const bool loopback_only = place.listeners == &peer_listeners_ && handshake_.secret.empty();
    auto listeners = ListenOn(config_.bind(), place.port, place.option, backlog, loopback_only);
    if (!listeners.ok()) return listeners.status();
    *place.listeners = *std::move(listeners);
  }
  return absl::OkStatus();
}

absl::Status ServerProcess::OpenStore() {
  auto store = RocksStore::Open(config_.GetText("dir"), StoreSettings(config_));
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  store_->Start({[this](uint64_t sequence) { OnDurable(sequence); },
                 [this](const std::string& error) {
                   Log(LogLevel::kWarning,
                       "the disk fails, writes are refused until it is well: {}", error);
                   if (loops_ready_.load(std::memory_order_acquire)) shared_->set_disk_failed(true);
                 },
                 [this](std::chrono::microseconds took, bool synced) {
                   if (!loops_ready_.load(std::memory_order_acquire)) return;
                   server_->NoteLatency(synced ? "aof-fsync-always" : "aof-write",
                                        static_cast<uint64_t>(took.count()));
                 }});
  return absl::OkStatus();
}

absl::Status ServerProcess::BootNode() {
  Random random(RandomSeed());
  auto booted = Boot(*store_, BootOptionsOf(config_), WallClockMs(), random);
  if (!booted.ok()) {
    return Refuse(fmt::format("the data directory {} is not usable: {}", config_.GetText("dir"),
                              std::string(booted.status().message())));
  }
  if (!store_->WaitDurable(booted->sequence, kBootSyncMax)) {
    return Refuse(fmt::format("the data directory {} cannot be written to: {}",
                              config_.GetText("dir"), store_->error()));
  }
  identity_ = std::move(booted->identity);
  handshake_.self = identity_.self;
  handshake_.actor = identity_.actor;
  Log(LogLevel::kNotice, "node {} {}, epoch {}, {} nodes", identity_.self.id,
      booted->first_start ? "is new"
      : booted->was_clean ? "was shut down cleanly"
                          : "was not shut down cleanly and is a new actor",
      identity_.topology.epoch(), identity_.topology.nodes().size());
  return absl::OkStatus();
}

void ServerProcess::StartLoops() {
  const uint32_t loops = LoopCount(config_);
  shared_ = std::make_unique<Shared>(config_.settings(loops), *store_, identity_);
  ProcessIdentity identity;
  identity.version = version_;
  identity.pid = getpid();
  identity.run_id = HexEncode(SecretRandomBytes(20));
  identity.started_ms = WallClockMs();
  identity.executable = ExecutablePath();
  if (!config_file_.empty()) {
    identity.config_file = std::filesystem::absolute(config_file_).lexically_normal();
  }
  identity.os = SystemName();
  host_ = std::make_unique<ProcessHost>(*store_, tls_);
  server_ = std::make_unique<Server>(config_, *shared_, *host_, std::move(identity));
  workers_ = std::make_unique<WorkerPool>(
      std::clamp<size_t>(std::thread::hardware_concurrency(), kWorkersMin, kWorkersMax),
      kWorkerTasksMax);
  const Loop::Parts parts{
      *server_, *shared_, *store_, *workers_, handshake_, tls_, config_.GetBool("tls-cluster")};
  for (uint32_t i = 0; i < loops; ++i) {
    loops_.push_back(std::make_unique<Loop>(parts, i, loops, RandomSeed()));
  }
  loops_ready_.store(true, std::memory_order_release);
  loops_[0]->ListenForPeers(peer_listeners_, /*loopback_only=*/handshake_.secret.empty());
  for (auto& loop : loops_) loop->Start(loops_);
}

void ServerProcess::OnDurable(uint64_t sequence) {
  if (!loops_ready_.load(std::memory_order_acquire)) return;
  for (auto& loop : loops_) loop->inbox().OnDurable(sequence);
}

// No client is served before the node is a member: what it wrote here alone would be in the way.
absl::Status ServerProcess::JoinCluster() {
  const std::string& seed = config_.GetText("join");
  if (seed.empty() || identity_.topology.nodes().size() > 1) return absl::OkStatus();
  const size_t colon = seed.rfind(':');
  std::string host = seed.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const auto port = static_cast<uint16_t>(std::stoi(seed.substr(colon + 1)));
  Loop& first = *loops_[0];
  first.Call([&first, host, port] { first.JoinThrough(host, port); });
  Log(LogLevel::kNotice, "joining the cluster of {}", seed);

  const auto deadline = Clock::now() + milliseconds(kJoinMsMax);
  while (shared_->view()->members().size() <= 1) {
    const bool late = Clock::now() > deadline;
    if (first.join_state() == Members::JoinState::kRefused) {
      const std::string why = first.join_error();
      // What others are busy with passes; what else is wrong does not.
      if (late || !absl::EndsWith(why, "try again")) {
        return Refuse(fmt::format("the cluster of {} does not take this node: {}", seed, why));
      }
      told_to_end_ = ToldToEnd(kJoinAgainAfter);
      first.JoinAgain();
    }
    if (late) {
      const std::string trouble = first.seed_trouble();
      return Refuse(fmt::format(
          "the cluster of {} has not answered within {} s{}: is that a member's peer port, does it "
          "run, has it a cluster-secret-file if it is on another machine, and the same "
          "tls-cluster?",
          seed, kJoinMsMax / 1000, trouble.empty() ? "" : " (" + trouble + ")"));
    }
    told_to_end_ = told_to_end_ || ToldToEnd(kJoinLookEvery);
    if (told_to_end_) return absl::OkStatus();
  }
  Log(LogLevel::kNotice, "joined: epoch {}, {} nodes", shared_->view()->epoch(),
      shared_->view()->members().size());
  return absl::OkStatus();
}

// A node that comes back has to find the others first, or it would refuse what it is asked. Where
// they are away, too, it serves what it can.
void ServerProcess::WaitForPeers() {
  const auto deadline = Clock::now() + kFindPeersMax;
  while (!told_to_end_ && Clock::now() < deadline) {
    const auto view = shared_->view();
    const auto alive = std::count_if(view->members().begin(), view->members().end(),
                                     [&view](Peer peer) { return view->alive(peer); });
    if (2 * static_cast<size_t>(alive) > view->members().size()) return;
    told_to_end_ = ToldToEnd(kFindLookEvery);
  }
}

// Before the first client, so that nobody slips in while no password is known yet.
absl::Status ServerProcess::SettleUsers() {
  const bool joined =
      identity_.topology.nodes().size() <= 1 && shared_->view()->members().size() > 1;
  const auto note = server_->SettleUsers(joined, WallClockMs());
  if (!note.ok()) return Refuse(std::string(note.status().message()));
  if (!note->empty()) Log(LogLevel::kNotice, "{}", *note);
  return absl::OkStatus();
}

void ServerProcess::ServeClients() {
  Loop& first = *loops_[0];
  first.Call([this, &first] {
    first.ListenForClients(plain_listeners_, Face::kPlain, /*tls=*/false);
    first.ListenForClients(cluster_listeners_, Face::kCluster, /*tls=*/false);
    first.ListenForClients(tls_listeners_, Face::kPlain, /*tls=*/true);
    first.ListenForClients(tls_cluster_listeners_, Face::kCluster, /*tls=*/true);
  });
  const Ports ports = config_.ports();
  std::string open;
  const auto add = [&open](const char* name, int port) {
    if (port != 0) open += fmt::format("{} {}, ", name, port);
  };
  add("port", ports.plain);
  add("cluster port", ports.cluster);
  add("TLS port", ports.tls);
  add("TLS cluster port", ports.tls_cluster);
  add(config_.GetBool("tls-cluster") ? "peer port with TLS" : "peer port", ports.peer);
  Log(LogLevel::kNotice, "ready: {}{} loops, data in {}", open, loops_.size(),
      config_.GetText("dir"));
}

// Waits for a signal. SIGHUP has the files of TLS read again, the others say that this is the end.
bool ServerProcess::ToldToEnd(milliseconds timeout) {
  const timespec wait{0, std::chrono::nanoseconds(timeout).count()};
  const int signal = sigtimedwait(&signals_, nullptr, &wait);
  if (signal != SIGHUP) return signal > 0;
  // The log tells what has come of it.
  if (server_ != nullptr) static_cast<void>(server_->ReloadTls());
  return false;
}

void ServerProcess::WaitForTheEnd() {
  auto next_second = Clock::now();
  std::string level = config_.GetText("loglevel");
  while (!ToldToEnd(kLookEvery)) {
    if (const bool failed = !store_->healthy(); failed != shared_->disk_failed()) {
      shared_->set_disk_failed(failed);
      if (!failed) Log(LogLevel::kWarning, "the disk is well again");
    }
    if (Clock::now() < next_second) continue;
    next_second = Clock::now() + milliseconds(1000);
    server_->OnSecond(WallClockMs());
    if (std::string now = server_->config().GetText("loglevel"); now != level) {
      level = std::move(now);
      SetLogLevel(level);
    }
  }
}

void ServerProcess::Stop() {
  Log(LogLevel::kNotice, "stopping: what is in flight is finished first");
  for (auto& loop : loops_) loop->BeginDrain();
  const auto deadline = Clock::now() + milliseconds(kDrainMsMax);
  const auto drained = [](const auto& loop) { return loop->drained(); };
  while (!std::all_of(loops_.begin(), loops_.end(), drained) && Clock::now() < deadline) {
    std::this_thread::sleep_for(kStopLookEvery);
  }
  for (auto& loop : loops_) loop->BeginStop();
  for (auto& loop : loops_) loop->Join();
  workers_->Stop();
  // Nothing can name a time any more, and all that was named is queued before the mark.
  store_->Commit(CleanShutdownBatch(shared_->clock().last()));
  store_->Close();
  Log(LogLevel::kNotice, "stopped");
}

}  // namespace

absl::Status RunServer(const Config& config, const std::string& config_file,
                       const std::string& version) {
  absl::Status log = StartLog(config.GetText("loglevel"), config.GetText("logfile"));
  if (!log.ok()) return log;
  ReleaseMemoryInBackground();
  const uint64_t files = RaiseOpenFilesLimit();
  const auto clients = static_cast<uint64_t>(config.GetNumber("maxclients"));
  if (files < clients + kFilesBesideClients) {
    Log(LogLevel::kWarning, "{} open files are allowed, too few for {} clients: raise the limit",
        files, clients);
  }
  return ServerProcess(config, config_file, version).Run();
}

}  // namespace kindred
