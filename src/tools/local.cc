#include "tools/local.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <thread>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "tools/child_server.h"
#include "tools/redis_client.h"

namespace kindred {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kReadyMax(60000);
constexpr milliseconds kStopMax(10000);
constexpr milliseconds kLookEvery(50);
constexpr int kAskTimeoutMs = 2000;
// The longest distance between a node's plain port and its other ones.
constexpr int kPortsApart = 300;
constexpr const char* kHost = "127.0.0.1";
// Where a data directory has it, it holds a database.
constexpr const char* kDatabaseFile = "CURRENT";
// In the errors of a server that has a password.
constexpr const char* kWrongPassword = "WRONGPASS";
constexpr const char* kNoPassword = "NOAUTH";

void Say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void Complain(const std::string& sentence) { fmt::print(stderr, "kindred: {}\n", sentence); }

bool IsTaken(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);  // as the server does
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, kHost, &address.sin_addr);
  const bool is_bound = bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const bool is_taken = !is_bound && errno == EADDRINUSE;
  close(probe);
  return is_taken;
}

bool Has(const std::vector<std::string>& words, const std::string& option) {
  return std::any_of(words.begin(), words.end(), [&option](const std::string& word) {
    return word == option || word.starts_with(option + "=");
  });
}

class LocalCluster {
 public:
  explicit LocalCluster(const LocalOptions& options) : options_(options) {}

  int Run();

 private:
  struct Node {
    int port = 0;
    bool is_new = false;
    bool reported = false;  // its end has been told
    std::unique_ptr<ChildServer> server;
  };

  std::string Prepare();
  std::vector<std::string> ServerArgs(int index, const std::filesystem::path& dir) const;
  std::string StartAll();
  std::string StartNode(Node& node);
  std::string WaitUntilReady(Node& node, size_t members);
  bool IsReady(const Node& node, size_t members) const;
  bool Interrupted(milliseconds wait);
  void TellWhatToType() const;
  std::string Watch();  // until Ctrl-C, or says why it ends sooner
  void StopAll();

  const LocalOptions& options_;
  std::vector<Node> nodes_;
  size_t seed_ = 0;  // whom new nodes ask: the first that has data, or the first
  sigset_t signals_{};
  bool interrupted_ = false;
};

int LocalCluster::Run() {
  sigemptyset(&signals_);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
  sigprocmask(SIG_BLOCK, &signals_, nullptr);

  std::string trouble = Prepare();
  if (trouble.empty()) trouble = StartAll();
  if (trouble.empty() && !interrupted_) {
    TellWhatToType();
    trouble = Watch();
  }
  StopAll();
  if (trouble.empty()) return 0;
  Complain(trouble);
  return 1;
}

std::string LocalCluster::Prepare() {
  if (options_.nodes < 1 || options_.nodes > kLocalNodesMax) {
    return fmt::format("--nodes is {}, but can be 1 to {}", options_.nodes, kLocalNodesMax);
  }
  const int last_port = options_.port + options_.nodes - 1 + kPortsApart;
  if (options_.port < 1 || last_port > 65535) {
    return fmt::format("--port {} leaves no room for the nodes' ports, which go up to {}",
                       options_.port, last_port);
  }
  for (const int port : {options_.tls_port, options_.tls_cluster_port}) {
    if (port < 0 || port + options_.nodes - 1 > 65535) {
      return fmt::format("from {} on there are no ports for {} nodes", port, options_.nodes);
    }
  }
  for (const char* own :
       {"--port", "--cluster-port", "--peer-port", "--http-port", "--dir", "--join", "--logfile"}) {
    if (Has(options_.server_options, own)) {
      return fmt::format("{} cannot be passed to all nodes: each has its own", own);
    }
  }
  if (std::filesystem::exists(std::filesystem::path(options_.dir) / kDatabaseFile)) {
    return fmt::format("{} holds the data of one `kindred server`: choose another --dir",
                       options_.dir);
  }
  for (int i = 0; i < options_.nodes; ++i) {
    const std::string name = fmt::format("node-{}", i + 1);
    const std::filesystem::path dir = std::filesystem::path(options_.dir) / name;
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (error) return fmt::format("{} cannot be made: {}", dir.string(), error.message());
    Node node;
    node.port = options_.port + i;
    node.is_new = !std::filesystem::exists(dir / kDatabaseFile);
    nodes_.push_back(std::move(node));
  }
  const auto old =
      std::find_if(nodes_.begin(), nodes_.end(), [](const Node& n) { return !n.is_new; });
  seed_ = old == nodes_.end() ? 0 : static_cast<size_t>(old - nodes_.begin());
  for (int i = 0; i < options_.nodes; ++i) {
    const std::string name = fmt::format("node-{}", i + 1);
    const std::filesystem::path dir = std::filesystem::path(options_.dir) / name;
    nodes_[static_cast<size_t>(i)].server =
        std::make_unique<ChildServer>(name, ServerArgs(i, dir), dir.string() + ".log");
  }
  return {};
}

std::vector<std::string> LocalCluster::ServerArgs(int index,
                                                  const std::filesystem::path& dir) const {
  std::vector<std::string> args = {"--port", std::to_string(options_.port + index), "--dir",
                                   dir.string()};
  const auto add_port = [&args, index](const char* option, int first) {
    if (first != 0) args.insert(args.end(), {option, std::to_string(first + index)});
  };
  add_port("--tls-port", options_.tls_port);
  add_port("--tls-cluster-port", options_.tls_cluster_port);
  // A member needs no --join and does not heed it.
  if (static_cast<size_t>(index) != seed_) {
    const int peer_port = nodes_[seed_].port + 200;
    args.insert(args.end(), {"--join", fmt::format("{}:{}", kHost, peer_port)});
  }
  if (!Has(options_.server_options, "--threads")) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    args.insert(args.end(), {"--threads", std::to_string(std::max(1, cores / options_.nodes))});
  }
  args.insert(args.end(), options_.server_options.begin(), options_.server_options.end());
  return args;
}

// Nodes with data come back all at once; new ones become members one after the other.
std::string LocalCluster::StartAll() {
  size_t members = 0;
  std::vector<Node*> first;
  std::vector<Node*> joining;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    (i == seed_ || !nodes_[i].is_new ? first : joining).push_back(&nodes_[i]);
  }
  for (Node* node : first) {
    if (std::string trouble = StartNode(*node); !trouble.empty()) return trouble;
  }
  members = first.size();
  for (Node* node : first) {
    if (std::string trouble = WaitUntilReady(*node, members); !trouble.empty()) return trouble;
  }
  for (Node* node : joining) {
    ++members;
    if (std::string trouble = StartNode(*node); !trouble.empty()) return trouble;
    if (std::string trouble = WaitUntilReady(*node, members); !trouble.empty()) return trouble;
  }
  for (Node& node : nodes_) {
    if (std::string trouble = WaitUntilReady(node, members); !trouble.empty()) return trouble;
  }
  return {};
}

// A port that somebody else has is found before the node is started: he might answer in its place,
// and the others would join his cluster.
std::string LocalCluster::StartNode(Node& node) {
  if (interrupted_) return {};
  if (IsTaken(node.port)) {
    return fmt::format(
        "{}: port {} is taken by another process; stop it or choose another with "
        "--port",
        node.server->name(), node.port);
  }
  return node.server->Start().value_or("");
}

// Why not, if it is not to be.
std::string LocalCluster::WaitUntilReady(Node& node, size_t members) {
  const auto deadline = Clock::now() + kReadyMax;
  while (!interrupted_ && !IsReady(node, members)) {
    if (!node.server->Running()) {
      node.reported = true;
      const std::string words = node.server->LastWords();
      if (words.starts_with("kindred: ")) {
        return fmt::format("{}: {}", node.server->name(), words.substr(9));
      }
      return fmt::format("{} has ended with {}, see {}", node.server->name(), node.server->Ending(),
                         node.server->log());
    }
    if (Clock::now() > deadline) {
      return fmt::format("{} does not answer, see {}", node.server->name(), node.server->log());
    }
    Interrupted(kLookEvery);
  }
  return {};
}

// It serves, sees the members, and a key can be read through it. A node that wants a password which
// we do not have serves, at least.
bool LocalCluster::IsReady(const Node& node, size_t members) const {
  auto client = RedisClient::Connect({kHost, node.port}, kAskTimeoutMs);
  if (!client.ok()) return absl::StrContains(client.status().message(), kWrongPassword);
  const auto info = client->AskText({"INFO", "server", "kindred"});
  if (!info.ok()) return absl::StrContains(info.status().message(), kNoPassword);
  // Somebody may have come in between; then this node is about to say so and end.
  if (NumberOf(*info, "process_id") != node.server->pid()) return false;
  const auto at_least = static_cast<int64_t>(members);
  if (NumberOf(*info, "nodes") < at_least || NumberOf(*info, "nodes_alive") < at_least)
    return false;
  return client->AskText({"GET", "hello"}).ok();
}

// Waits; Ctrl-C ends the wait.
bool LocalCluster::Interrupted(milliseconds wait) {
  const timespec timeout{wait.count() / 1000, wait.count() % 1000 * 1'000'000};
  if (sigtimedwait(&signals_, nullptr, &timeout) > 0) interrupted_ = true;
  return interrupted_;
}

void LocalCluster::TellWhatToType() const {
  const int first = nodes_.front().port;
  Say(fmt::format("{} nodes run on {}, ports {} to {}; their logs are in {}/node-*.log.",
                  nodes_.size(), kHost, first, nodes_.back().port, options_.dir));
  Say("Try, in another terminal:");
  Say(fmt::format("  redis-cli -p {} set hello world", first));
  Say(fmt::format("  redis-cli -p {} get hello", nodes_.size() > 1 ? first + 1 : first));
  if (options_.tls_port != 0) {
    Say(fmt::format("  redis-cli -p {} --tls --cacert … --cert … --key … get hello",
                    options_.tls_port));
  }
  Say(fmt::format("  {} status {}:{}", options_.program, kHost, first));
  Say("Ctrl-C stops all of them; the data stays.");
}

std::string LocalCluster::Watch() {
  while (!Interrupted(kLookEvery * 4)) {
    for (Node& node : nodes_) {
      if (node.reported || node.server->Running()) continue;
      node.reported = true;
      Complain(fmt::format("{} (port {}) has ended with {}, see {}; the others go on",
                           node.server->name(), node.port, node.server->Ending(),
                           node.server->log()));
    }
    if (std::all_of(nodes_.begin(), nodes_.end(), [](const Node& n) { return n.reported; })) {
      return "all nodes have ended";
    }
  }
  Say("Stopping.");
  return {};
}

void LocalCluster::StopAll() {
  for (Node& node : nodes_) {
    if (node.server != nullptr) node.server->Signal(SIGTERM);
  }
  const auto deadline = Clock::now() + kStopMax;
  for (Node& node : nodes_) {
    if (node.server == nullptr) continue;
    while (node.server->Running()) {
      if (Clock::now() > deadline) node.server->Signal(SIGKILL);
      std::this_thread::sleep_for(kLookEvery / 5);
    }
  }
}

}  // namespace

int RunLocal(const LocalOptions& options) { return LocalCluster(options).Run(); }

}  // namespace kindred
