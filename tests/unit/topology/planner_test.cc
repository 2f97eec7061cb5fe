#include "topology/planner.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"

namespace kindred {
namespace {

// Ids are scattered, so that joining nodes come before, between and after the members.
NodeInfo Node(uint32_t number, std::string zone = "", uint32_t weight = 1) {
  NodeInfo node;
  node.id = std::to_string(Hash64(std::to_string(number)));
  node.host = "10.0.0." + std::to_string(number);
  node.zone = std::move(zone);
  node.weight = weight;
  return node;
}

Topology Cluster(const std::vector<NodeInfo>& nodes, uint32_t replicas, uint32_t vnodes) {
  Topology topology = PlanFirst(nodes[0], replicas, vnodes);
  for (size_t i = 1; i < nodes.size(); ++i) topology = *PlanJoin(topology, nodes[i]);
  return topology;
}

Topology EqualNodes(uint32_t nodes, uint32_t replicas, uint32_t vnodes) {
  std::vector<NodeInfo> list;
  for (uint32_t i = 0; i < nodes; ++i) list.push_back(Node(i));
  return Cluster(list, replicas, vnodes);
}

struct Counts {
  std::vector<uint32_t> replicas;
  std::vector<uint32_t> firsts;
};

Counts CountsOf(const Topology& topology) {
  size_t nodes = topology.nodes().size();
  Counts counts{std::vector<uint32_t>(nodes), std::vector<uint32_t>(nodes)};
  for (uint32_t vnode = 0; vnode < topology.vnode_count(); ++vnode) {
    ++counts.firsts[topology.ReplicasOf(vnode)[0]];
    for (uint16_t index : topology.ReplicasOf(vnode)) ++counts.replicas[index];
  }
  return counts;
}

// How many replicas are on a node that did not hold the vnode before.
uint32_t Moves(const Topology& from, const Topology& to) {
  uint32_t moves = 0;
  for (uint32_t vnode = 0; vnode < to.vnode_count(); ++vnode) {
    for (uint16_t index : to.ReplicasOf(vnode)) {
      auto old = from.IndexOf(to.nodes()[index].id);
      moves += !old || std::ranges::count(from.ReplicasOf(vnode), *old) == 0;
    }
  }
  return moves;
}

bool ZonesDecide(const Topology& topology) {
  std::set<std::string> zones;
  for (const NodeInfo& node : topology.nodes()) zones.insert(node.zone);
  return zones.size() >= topology.replicas_per_vnode();
}

// The fair share of each node, slowly and obviously: water is poured over all by weight, and who is
// full (a node, or a zone where zones count) hands the rest on.
std::vector<double> FairReplicas(const Topology& topology) {
  bool by_zone = ZonesDecide(topology);
  std::map<std::string, double> weights;
  auto domain = [&](const NodeInfo& node) { return by_zone ? node.zone : node.id; };
  for (const NodeInfo& node : topology.nodes()) weights[domain(node)] += node.weight;
  double vnodes = topology.vnode_count();
  std::map<std::string, double> due;
  double left = vnodes * topology.replicas_per_vnode();
  while (left > 1e-6) {
    double open_weight = 0;
    for (auto& [name, weight] : weights) open_weight += due[name] < vnodes - 1e-9 ? weight : 0;
    double poured = left;
    for (auto& [name, weight] : weights) {
      if (due[name] >= vnodes - 1e-9) continue;
      double part = std::min(poured * weight / open_weight, vnodes - due[name]);
      due[name] += part;
      left -= part;
    }
  }
  std::vector<double> shares;
  for (const NodeInfo& node : topology.nodes()) {
    shares.push_back(due[domain(node)] * node.weight / weights[domain(node)]);
  }
  return shares;
}

std::vector<double> FairFirsts(const Topology& topology) {
  double all = 0;
  for (const NodeInfo& node : topology.nodes()) all += node.weight;
  std::vector<double> shares;
  for (const NodeInfo& node : topology.nodes()) {
    shares.push_back(topology.vnode_count() * node.weight / all);
  }
  return shares;
}

// What the header promises. Distinct nodes are a condition of Topology itself.
std::string BrokenPromise(const Topology& topology) {
  if (ZonesDecide(topology)) {
    for (uint32_t vnode = 0; vnode < topology.vnode_count(); ++vnode) {
      std::set<std::string> zones;
      for (uint16_t index : topology.ReplicasOf(vnode)) zones.insert(topology.nodes()[index].zone);
      if (zones.size() != topology.replicas_per_vnode()) return "a zone holds a vnode twice";
    }
  }
  Counts counts = CountsOf(topology);
  auto far = [](double count, double share) { return std::abs(count - share) > 1 + 1e-6; };
  std::vector<double> replicas = FairReplicas(topology);
  std::vector<double> firsts = FairFirsts(topology);
  for (size_t i = 0; i < topology.nodes().size(); ++i) {
    std::string node = "node " + std::to_string(i) + ": ";
    if (far(counts.replicas[i], replicas[i])) {
      return node + std::to_string(counts.replicas[i]) + " replicas, fair is " +
             std::to_string(replicas[i]);
    }
    if (far(counts.firsts[i], firsts[i])) {
      return node + std::to_string(counts.firsts[i]) + " firsts, fair is " +
             std::to_string(firsts[i]);
    }
  }
  return "";
}

TEST(Planner, FirstNodeHoldsEverything) {
  Topology topology = PlanFirst(Node(1), 3, 1024);
  EXPECT_EQ(topology.epoch(), 1u);
  EXPECT_EQ(topology.replicas_wanted(), 3u);
  EXPECT_EQ(topology.replicas_per_vnode(), 1u);
  EXPECT_EQ(CountsOf(topology).firsts[0], 1024u);
}

TEST(Planner, UpToNNodesEveryNodeHoldsEverything) {
  Topology topology = EqualNodes(3, 3, 1024);
  EXPECT_EQ(topology.epoch(), 3u);
  EXPECT_EQ(CountsOf(topology).replicas, (std::vector<uint32_t>{1024, 1024, 1024}));
  EXPECT_LE(std::ranges::max(CountsOf(topology).firsts), 342u);
}

TEST(Planner, EqualNodesDifferByOneAtMost) {
  for (uint32_t nodes = 1; nodes <= 12; ++nodes) {
    Counts counts = CountsOf(EqualNodes(nodes, 3, 1024));
    EXPECT_LE(std::ranges::max(counts.replicas) - std::ranges::min(counts.replicas), 1u) << nodes;
    EXPECT_LE(std::ranges::max(counts.firsts) - std::ranges::min(counts.firsts), 1u) << nodes;
  }
}

TEST(Planner, AJoinMovesOnlyWhatTheJoinerGets) {
  Topology topology = EqualNodes(1, 3, 1024);
  for (uint32_t i = 1; i < 12; ++i) {
    Topology next = *PlanJoin(topology, Node(i));
    EXPECT_EQ(Moves(topology, next), CountsOf(next).replicas[*next.IndexOf(Node(i).id)]) << i;
    topology = next;
  }
}

TEST(Planner, AFailedNodesFirstsFallToAllTheOthers) {
  Topology topology = EqualNodes(5, 3, 1024);
  std::map<uint16_t, int> heirs;
  for (uint32_t vnode = 0; vnode < 1024; ++vnode) {
    auto replicas = topology.ReplicasOf(vnode);
    if (replicas[0] == 0) ++heirs[replicas[1]];
  }
  ASSERT_EQ(heirs.size(), 4u);
  for (auto [heir, count] : heirs) EXPECT_GT(count, 20) << heir;
}

TEST(Planner, ZonesWinOverBalance) {
  Topology topology = Cluster({Node(0, "a"), Node(1, "b"), Node(2, "b"), Node(3, "b")}, 2, 120);
  EXPECT_EQ(BrokenPromise(topology), "");
  EXPECT_EQ(CountsOf(topology).replicas[*topology.IndexOf(Node(0).id)], 120u);
}

TEST(Planner, ZonesSpreadAsSoonAsThereAreEnough) {
  Topology before = Cluster({Node(0, "a"), Node(1, "a"), Node(2, "b"), Node(3, "b")}, 3, 256);
  Topology after = *PlanJoin(before, Node(4, "c"));
  EXPECT_EQ(BrokenPromise(after), "");
}

TEST(Planner, RefusesWhoCannotJoin) {
  Topology topology = PlanFirst(Node(1), 3, 16);
  EXPECT_EQ(PlanJoin(topology, Node(1)).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(PlanJoin(topology, Node(2, "", 0)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Planner, TlsPortsChangeNothingElse) {
  const Topology topology = Cluster({Node(1, "a", 2), Node(2, "b", 3)}, 2, 16);
  NodeInfo told = Node(2, "elsewhere", 9);
  told.host = "10.1.1.1";
  told.tls_port = 70;
  told.tls_cluster_port = 71;
  const Topology next = PlanTlsPorts(topology, told);
  NodeInfo wanted = topology.nodes()[*topology.IndexOf(told.id)];
  wanted.tls_port = 70;
  wanted.tls_cluster_port = 71;
  EXPECT_EQ(next.epoch(), topology.epoch());
  EXPECT_EQ(next.nodes()[*next.IndexOf(told.id)], wanted);
  EXPECT_EQ(Moves(topology, next), 0u);
  EXPECT_EQ(PlanTlsPorts(topology, Node(3)), topology);
}

TEST(Planner, ReaddressChangesOnlyTheAddress) {
  Topology topology = Cluster({Node(1, "a", 2), Node(2, "b", 3)}, 2, 16);
  NodeInfo moved = Node(2, "elsewhere", 9);
  moved.host = "10.1.1.1";
  moved.peer_port = 77;
  Topology next = *PlanReaddress(topology, moved);
  const NodeInfo& member = next.nodes()[*next.IndexOf(moved.id)];
  EXPECT_EQ(next.epoch(), topology.epoch() + 1);
  EXPECT_EQ(member.host, "10.1.1.1");
  EXPECT_EQ(member.peer_port, 77);
  EXPECT_EQ(member.zone, "b");
  EXPECT_EQ(member.weight, 3u);
  EXPECT_EQ(Moves(topology, next), 0u);
  EXPECT_FALSE(PlanReaddress(topology, Node(3)).ok());
}

TEST(Planner, ManyVnodesAndNodesArePlannedQuickly) {
  EXPECT_EQ(BrokenPromise(EqualNodes(8, 3, 16384)), "");
}

// Any cluster grows node by node, and every step on the way keeps the promises.
RC_GTEST_PROP(Planner, EveryPlanKeepsItsPromises, ()) {
  auto node_count = *rc::gen::inRange<uint32_t>(1, 13);
  auto replicas = *rc::gen::inRange<uint32_t>(1, 6);
  auto vnodes =
      *rc::gen::oneOf(rc::gen::inRange<uint32_t>(1, 20), rc::gen::inRange<uint32_t>(20, 400));
  auto zone_count = *rc::gen::inRange<uint32_t>(1, 7);
  auto weight_max = *rc::gen::element<uint32_t>(1, 3, 100, kWeightMax);
  Topology topology;
  for (uint32_t i = 0; i < node_count; ++i) {
    auto zone = *rc::gen::inRange<uint32_t>(0, zone_count);
    auto weight = *rc::gen::inRange<uint32_t>(1, weight_max + 1);
    NodeInfo node = Node(i, std::to_string(zone), weight);
    topology = i == 0 ? PlanFirst(node, replicas, vnodes) : *PlanJoin(topology, node);
    std::string broken = BrokenPromise(topology);
    if (!broken.empty()) RC_FAIL(broken);
    RC_ASSERT(topology.epoch() == i + 1);
  }
  RC_ASSERT(*Topology::Decode(topology.Encode()) == topology);
}

}  // namespace
}  // namespace kindred
