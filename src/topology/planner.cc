#include "topology/planner.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/hash.h"
#include "topology/assignment.h"
#include "topology/shares.h"

namespace kindred {

namespace {

// Zones if there are enough of them for the replicas of a vnode, else each node by itself.
std::vector<uint16_t> Domains(const std::vector<NodeInfo>& nodes, size_t replicas_per_vnode) {
  std::map<std::string, uint16_t> zones;
  for (const NodeInfo& node : nodes) zones.emplace(node.zone, static_cast<uint16_t>(zones.size()));
  std::vector<uint16_t> domains(nodes.size());
  std::iota(domains.begin(), domains.end(), uint16_t{0});
  if (zones.size() < replicas_per_vnode) return domains;
  for (size_t i = 0; i < nodes.size(); ++i) domains[i] = zones[nodes[i].zone];
  return domains;
}

// All vnodes, as if shuffled: what a node gets should be spread over the ring, so that the
// stand-ins of its vnodes are many different nodes.
std::vector<uint32_t> ShuffledVnodes(uint32_t count, uint64_t epoch) {
  std::vector<std::pair<uint64_t, uint32_t>> keyed;
  for (uint32_t vnode = 0; vnode < count; ++vnode) {
    keyed.emplace_back(Hash64(std::to_string(vnode), epoch), vnode);
  }
  std::ranges::sort(keyed);
  std::vector<uint32_t> order;
  for (auto [hash, vnode] : keyed) order.push_back(vnode);
  return order;
}

// Puts the replicas after the first in an order that differs from vnode to vnode but not from
// epoch to epoch: when a node fails, what it was first for falls to all the others alike.
void OrderTheOthers(uint32_t vnode, const std::vector<NodeInfo>& nodes,
                    std::vector<uint16_t>* replicas) {
  auto key = [&](uint16_t node) { return std::pair(Hash64(nodes[node].id, vnode), node); };
  std::sort(replicas->begin() + 1, replicas->end(),
            [&](uint16_t a, uint16_t b) { return key(a) < key(b); });
}

// The old replicas, named by indexes into the new nodes.
Assignment Renumbered(const Topology& topology, const std::vector<NodeInfo>& nodes) {
  std::vector<uint16_t> new_index;
  for (const NodeInfo& node : topology.nodes()) {
    auto found = std::ranges::lower_bound(nodes, node.id, {}, &NodeInfo::id);
    new_index.push_back(static_cast<uint16_t>(found - nodes.begin()));
  }
  Assignment assignment(topology.vnode_count());
  for (uint32_t vnode = 0; vnode < topology.vnode_count(); ++vnode) {
    for (uint16_t index : topology.ReplicasOf(vnode)) {
      assignment[vnode].push_back(new_index[index]);
    }
  }
  return assignment;
}

// The next epoch, with these nodes. REQUIRES: those of the topology are among them, sorted by id
Topology Plan(const Topology& topology, std::vector<NodeInfo> nodes) {
  uint32_t vnodes = topology.vnode_count();
  uint64_t epoch = topology.epoch() + 1;
  AssignmentInput input;
  input.replicas_per_vnode =
      std::min(topology.replicas_wanted(), static_cast<uint32_t>(nodes.size()));
  input.domains = Domains(nodes, input.replicas_per_vnode);
  input.now = Renumbered(topology, nodes);
  input.order = ShuffledVnodes(vnodes, epoch);

  SharesInput shares{.vnodes = vnodes,
                     .replicas_per_vnode = input.replicas_per_vnode,
                     .weights = {},
                     .domains = input.domains,
                     .replicas_now = std::vector<uint32_t>(nodes.size()),
                     .firsts_now = std::vector<uint32_t>(nodes.size())};
  for (const NodeInfo& node : nodes) shares.weights.push_back(node.weight);
  for (const std::vector<uint16_t>& replicas : input.now) {
    for (uint16_t index : replicas) ++shares.replicas_now[index];
    if (!replicas.empty()) ++shares.firsts_now[replicas.front()];
  }
  input.shares = ComputeShares(shares);

  Assignment assignment = Assign(input);
  std::vector<uint16_t> flat;
  for (uint32_t vnode = 0; vnode < vnodes; ++vnode) {
    OrderTheOthers(vnode, nodes, &assignment[vnode]);
    flat.insert(flat.end(), assignment[vnode].begin(), assignment[vnode].end());
  }
  return Topology(epoch, topology.replicas_wanted(), vnodes, std::move(nodes), std::move(flat));
}

std::vector<uint16_t> AllReplicas(const Topology& topology) {
  std::vector<uint16_t> replicas;
  for (uint32_t vnode = 0; vnode < topology.vnode_count(); ++vnode) {
    std::ranges::copy(topology.ReplicasOf(vnode), std::back_inserter(replicas));
  }
  return replicas;
}

}  // namespace

Topology PlanFirst(NodeInfo self, uint32_t replicas, uint32_t vnodes) {
  CHECK(replicas >= 1);
  return Topology(1, replicas, vnodes, {std::move(self)}, std::vector<uint16_t>(vnodes, 0));
}

absl::StatusOr<Topology> PlanJoin(const Topology& topology, NodeInfo joiner) {
  if (topology.IndexOf(joiner.id)) {
    return absl::AlreadyExistsError(absl::StrCat("node ", joiner.id, " is a member already"));
  }
  if (joiner.weight < 1 || joiner.weight > kWeightMax) {
    return absl::InvalidArgumentError(absl::StrCat("a node's weight is 1 to ", kWeightMax));
  }
  if (topology.nodes().size() >= kNodesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a cluster has at most ", kNodesMax, " nodes"));
  }
  std::vector<NodeInfo> nodes = topology.nodes();
  auto place = std::ranges::lower_bound(nodes, joiner.id, {}, &NodeInfo::id);
  nodes.insert(place, std::move(joiner));
  return Plan(topology, std::move(nodes));
}

absl::StatusOr<Topology> PlanReaddress(const Topology& topology, const NodeInfo& node) {
  std::optional<size_t> index = topology.IndexOf(node.id);
  if (!index) return absl::NotFoundError(absl::StrCat("node ", node.id, " is not a member"));
  std::vector<NodeInfo> nodes = topology.nodes();
  NodeInfo& member = nodes[*index];
  std::string zone = member.zone;
  uint32_t weight = member.weight;
  member = node;
  member.zone = std::move(zone);
  member.weight = weight;
  return Topology(topology.epoch() + 1, topology.replicas_wanted(), topology.vnode_count(),
                  std::move(nodes), AllReplicas(topology));
}

Topology PlanTlsPorts(const Topology& topology, const NodeInfo& node) {
  const std::optional<size_t> index = topology.IndexOf(node.id);
  if (!index) return topology;
  std::vector<NodeInfo> nodes = topology.nodes();
  nodes[*index].tls_port = node.tls_port;
  nodes[*index].tls_cluster_port = node.tls_cluster_port;
  return Topology(topology.epoch(), topology.replicas_wanted(), topology.vnode_count(),
                  std::move(nodes), AllReplicas(topology));
}

}  // namespace kindred
