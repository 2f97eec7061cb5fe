#include "tools/status.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>
#include <vector>

#include "base/number.h"
#include "fmt/format.h"
#include "tools/redis_client.h"

namespace kindred {
namespace {

constexpr int kTimeoutMs = 2000;
constexpr int64_t kSlots = 16384;

struct NodeRow {
  std::string id;
  HostAndPort cluster_face;
  bool alive = false;
  int64_t first_slots = 0;       // of which it is the first replica
  int64_t replica_slots = 0;     // of which it is any
  std::string plain_port = "-";  // of the plain face; by TLS its TLS port
  std::string keys = "-";        // of its first slots
};

struct ClusterStatus {
  int64_t epoch = 0;
  int64_t vnodes = 0;
  std::vector<NodeRow> nodes;
  int64_t slots_without_majority = kSlots;
};

// Lines of CLUSTER NODES: "id host:port@peerport flags - ping pong epoch state slots..."
std::vector<NodeRow> ParseNodes(const std::string& text) {
  std::vector<NodeRow> nodes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    NodeRow node;
    std::string address;
    std::string flags;
    if (!(words >> node.id >> address >> flags)) continue;
    // The port is 0 if the node has none of the kind that was asked.
    const std::string face = address.substr(0, address.find('@'));
    const size_t colon = face.rfind(':');
    if (colon == std::string::npos) continue;
    node.cluster_face.host = face.substr(0, colon);
    node.cluster_face.port = static_cast<int>(ParseInt64(face.substr(colon + 1)).value_or(0));
    node.alive = flags.find("fail") == std::string::npos;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

// What follows `field` in a flat list of names and values; nil if it is not there.
const redisReply* ValueOf(const redisReply& fields, std::string_view field) {
  for (size_t i = 0; i + 1 < fields.elements; i += 2) {
    const redisReply& name = *fields.element[i];
    if (std::string_view(name.str, name.len) == field) return fields.element[i + 1];
  }
  return nullptr;
}

// CLUSTER SHARDS: ["slots", [first, last, first, last, ...], "nodes", [["id", id, ...], ...]]...
// (CLUSTER SLOTS leaves out replicas here and there.)
void CountSlots(const redisReply& shards, ClusterStatus* status) {
  std::map<std::string, NodeRow*> by_id;
  for (NodeRow& node : status->nodes) by_id[node.id] = &node;
  for (size_t i = 0; i < shards.elements; ++i) {
    const redisReply* ranges = ValueOf(*shards.element[i], "slots");
    const redisReply* replicas = ValueOf(*shards.element[i], "nodes");
    if (ranges == nullptr || replicas == nullptr) continue;
    int64_t slots = 0;
    for (size_t j = 0; j + 1 < ranges->elements; j += 2) {
      slots += ranges->element[j + 1]->integer - ranges->element[j]->integer + 1;
    }
    size_t alive = 0;
    for (size_t j = 0; j < replicas->elements; ++j) {
      const redisReply* id = ValueOf(*replicas->element[j], "id");
      const auto node = id == nullptr ? by_id.end() : by_id.find({id->str, id->len});
      if (node == by_id.end()) continue;
      alive += node->second->alive ? 1 : 0;
      node->second->replica_slots += slots;
      if (j == 0) node->second->first_slots += slots;
    }
    if (alive * 2 > replicas->elements) status->slots_without_majority -= slots;
  }
}

int64_t KeysIn(const std::string& keyspace) {
  int64_t keys = 0;
  for (int db = 0; db < 16; ++db) {
    const std::string field = FieldOf(keyspace, fmt::format("db{}", db));
    if (field.starts_with("keys=")) keys += std::strtoll(field.c_str() + 5, nullptr, 10);
  }
  return keys;
}

// What only the node itself knows.
void AskNode(const TlsOptions& tls, NodeRow* node) {
  auto client = RedisClient::Connect(node->cluster_face, kTimeoutMs, tls);
  if (!client.ok()) return;
  const auto info = client->AskText({"INFO", "kindred", "keyspace"});
  if (!info.ok()) return;
  node->plain_port = FieldOf(*info, tls.tls ? "tls_port" : "plain_port");
  node->keys = std::to_string(KeysIn(*info));
}

absl::Status NoStatus(const HostAndPort& address, std::string_view why) {
  return absl::UnavailableError(fmt::format("{}:{} {}", address.host, address.port, why));
}

absl::StatusOr<ClusterStatus> AskCluster(const HostAndPort& address, const TlsOptions& tls) {
  auto client = RedisClient::Connect(address, kTimeoutMs, tls);
  if (!client.ok()) return client.status();
  const auto info = client->AskText({"INFO", "kindred"});
  if (!info.ok()) return info.status();
  ClusterStatus status;
  status.epoch = NumberOf(*info, "epoch");
  status.vnodes = NumberOf(*info, "vnodes");
  const std::string_view field = tls.tls ? "tls_cluster_port" : "cluster_port";
  if (FieldOf(*info, field).empty()) return NoStatus(address, "is no Kindred server");
  const auto cluster_port = static_cast<int>(NumberOf(*info, field));
  if (cluster_port == 0) {
    return NoStatus(address, tls.tls ? "has no cluster face with TLS: it needs a tls-cluster-port"
                                     : "has a cluster face with TLS only: say --tls");
  }

  auto face = RedisClient::Connect({address.host, cluster_port}, kTimeoutMs, tls);
  if (!face.ok()) return face.status();
  const auto nodes = face->AskText({"CLUSTER", "NODES"});
  if (!nodes.ok()) return nodes.status();
  status.nodes = ParseNodes(*nodes);
  const auto shards = face->Ask({"CLUSTER", "SHARDS"});
  if (!shards.ok()) return shards.status();
  CountSlots(**shards, &status);
  for (NodeRow& node : status.nodes) AskNode(tls, &node);
  return status;
}

void Print(const ClusterStatus& status) {
  fmt::print("epoch {}, {} nodes, {} vnodes\n\n", status.epoch, status.nodes.size(), status.vnodes);
  constexpr const char* kRow = "{:<10}{:<24}{:<9}{:<10}{:>14}{:>10}{:>12}\n";
  fmt::print(fmt::runtime(kRow), "node", "plain face", "cluster", "state", "first replica",
             "replica", "keys");
  const auto vnodes = [&status](int64_t slots) { return slots * status.vnodes / kSlots; };
  for (const NodeRow& node : status.nodes) {
    fmt::print(fmt::runtime(kRow), node.id.substr(0, 8),
               fmt::format("{}:{}", node.cluster_face.host, node.plain_port),
               node.cluster_face.port, node.alive ? "alive" : "suspect", vnodes(node.first_slots),
               vnodes(node.replica_slots), node.keys);
  }
  if (status.slots_without_majority > 0) {
    fmt::print("\n{} vnodes have no majority of their replicas alive.\n",
               std::max<int64_t>(1, vnodes(status.slots_without_majority)));
  }
}

}  // namespace

int RunStatus(const std::string& address, const TlsOptions& tls) {
  signal(SIGPIPE, SIG_IGN);  // a node that hangs up is an error, which is told
  const auto where = ParseHostAndPort(address);
  if (!where.ok()) {
    fmt::print(stderr, "kindred: {}\n", std::string(where.status().message()));
    return 1;
  }
  const auto status = AskCluster(*where, tls);
  if (!status.ok()) {
    fmt::print(stderr, "kindred: {}\n", std::string(status.status().message()));
    return 1;
  }
  Print(*status);
  return status->slots_without_majority == 0 ? 0 : 1;
}

}  // namespace kindred
