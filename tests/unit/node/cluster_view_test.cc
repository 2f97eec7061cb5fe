#include "node/cluster_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

NodeInfo NodeAt(size_t index) {
  NodeInfo node = InfoAt(static_cast<uint16_t>(7001 + index));
  node.id = std::string(40, static_cast<char>('a' + index));
  return node;
}

// A cluster as the node with index `self` sees it: peers are numbered after it, in the order of
// the topology's nodes.
class View {
 public:
  View(size_t nodes, size_t self) : self_(self) {
    Topology topology = PlanFirst(NodeAt(0), 3, 64);
    for (size_t i = 1; i < nodes; ++i) topology = *PlanJoin(topology, NodeAt(i));
    topology_ = std::make_shared<const Topology>(topology);
    states_.assign(nodes, {true, true});
  }

  Peer PeerOf(size_t node) const {
    if (node == self_) return kSelf;
    return static_cast<Peer>(node < self_ ? node + 1 : node);
  }
  void Kill(size_t node) { states_[PeerOf(node)] = {false, false}; }
  void Silence(size_t node) { states_[PeerOf(node)] = {false, true}; }
  void Unlink(size_t node) { states_[PeerOf(node)] = {true, false}; }

  ClusterView Make(bool frozen = false) const {
    const auto peer_of = [this](const NodeInfo& node) { return PeerOf(node.id[0] - 'a'); };
    return ClusterView(topology_, peer_of, states_, frozen);
  }
  const Topology& topology() const { return *topology_; }

 private:
  const size_t self_;
  std::shared_ptr<const Topology> topology_;
  std::vector<ClusterView::PeerState> states_;
};

TEST(ClusterView, EachNodeAsksTheReplicaThatComesNextAfterIt) {
  constexpr size_t kNodes = 5;
  for (size_t self = 0; self < kNodes; ++self) {
    const View cluster(kNodes, self);
    const ClusterView view = cluster.Make();
    for (uint32_t vnode = 0; vnode < 64; ++vnode) {
      const auto nodes = cluster.topology().ReplicasOf(vnode);
      std::vector<Peer> expected;
      for (size_t step = 1; step < kNodes; ++step) {
        const size_t node = (self + step) % kNodes;
        if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) continue;
        expected.push_back(cluster.PeerOf(node));
      }
      const auto asked = view.AskedFor(vnode);
      EXPECT_EQ(std::vector<Peer>(asked.begin(), asked.end()), expected);
      const bool held = std::find(nodes.begin(), nodes.end(), self) != nodes.end();
      EXPECT_EQ(view.IsReplica(vnode), held);
    }
  }
}

TEST(ClusterView, ThePrimaryIsTheFirstReplicaThatIsAlive) {
  View cluster(5, 2);
  cluster.Kill(0);
  cluster.Silence(1);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    Peer expected = 99;
    for (uint16_t node : cluster.topology().PreferenceList(vnode)) {
      if (node == 0 || node == 1) continue;
      expected = cluster.PeerOf(node);
      break;
    }
    EXPECT_EQ(view.PrimaryOf(vnode), expected) << vnode;
  }
}

TEST(ClusterView, WithoutALivingOneItIsThisNode) {
  View cluster(3, 1);
  cluster.Kill(0);
  cluster.Kill(2);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) EXPECT_EQ(view.PrimaryOf(vnode), kSelf);
  EXPECT_EQ(view.AliveReplicasOf(0), 1u);
}

TEST(ClusterView, ReplicasAreInPreferenceOrder) {
  View cluster(5, 3);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    const auto nodes = cluster.topology().ReplicasOf(vnode);
    bool ours = false;
    for (size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_EQ(view.ReplicasOf(vnode)[i], cluster.PeerOf(nodes[i]));
      ours |= nodes[i] == 3;
    }
    EXPECT_EQ(view.IsReplica(vnode), ours);
  }
}

TEST(ClusterView, AMajorityIsStrict) {
  EXPECT_EQ(View(1, 0).Make().Majority(), 1u);
  EXPECT_EQ(View(2, 0).Make().Majority(), 2u);
  EXPECT_EQ(View(3, 0).Make().Majority(), 2u);
  EXPECT_EQ(View(7, 0).Make().Majority(), 2u) << "of a key's three replicas, not of the nodes";
  EXPECT_EQ(View(2, 0).Make().replicas(), 2u);
}

TEST(ClusterView, ASilentPeerIsNotAliveButCanBeReached) {
  View cluster(3, 0);
  cluster.Silence(1);
  const ClusterView view = cluster.Make();
  EXPECT_FALSE(view.alive(cluster.PeerOf(1)));
  EXPECT_TRUE(view.link_up(cluster.PeerOf(1)));
  EXPECT_EQ(view.AliveReplicasOf(0), 2u);
}

TEST(ClusterView, WhoIsNoMemberIsUnknown) {
  const ClusterView view = View(3, 0).Make();
  EXPECT_TRUE(view.IsMember(kSelf));
  EXPECT_TRUE(view.IsMember(2));
  EXPECT_FALSE(view.IsMember(3));
  EXPECT_FALSE(view.alive(3));
  EXPECT_FALSE(view.link_up(3));
}

std::vector<Peer> VouchersOf(const ClusterView& view, uint32_t vnode) {
  const auto vouchers = view.VouchersOf(vnode);
  return {vouchers.begin(), vouchers.end()};
}

TEST(ClusterView, ThePrimaryVouchesUnlessItIsThisNode) {
  for (size_t self = 0; self < 3; ++self) {
    const View cluster(3, self);
    const ClusterView view = cluster.Make();
    for (uint32_t vnode = 0; vnode < 64; ++vnode) {
      const Peer primary = view.PrimaryOf(vnode);
      const Peer next = cluster.PeerOf((self + 1) % 3);
      EXPECT_EQ(VouchersOf(view, vnode), std::vector<Peer>{primary == kSelf ? next : primary});
    }
  }
}

TEST(ClusterView, ForAPrimaryTheNextLiveOneVouches) {
  View cluster(3, 0);
  cluster.Silence(1);
  const ClusterView view = cluster.Make();
  const Peer alive = cluster.PeerOf(2);
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    EXPECT_EQ(VouchersOf(view, vnode), std::vector<Peer>{alive}) << "it is the only one left";
  }
}

TEST(ClusterView, NobodyVouchesWhereNoMajorityIsAlive) {
  View cluster(3, 1);
  cluster.Kill(0);
  cluster.Silence(2);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) EXPECT_TRUE(VouchersOf(view, vnode).empty());
}

TEST(ClusterView, NobodyElseVouchesInThePlaceOfAPrimaryThatCannotBeReached) {
  View cluster(3, 0);
  cluster.Unlink(1);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    const bool unlinked = view.PrimaryOf(vnode) == cluster.PeerOf(1);
    EXPECT_EQ(VouchersOf(view, vnode),
              unlinked ? std::vector<Peer>() : std::vector<Peer>{cluster.PeerOf(2)});
  }
}

TEST(ClusterView, OnlyReplicasVouchAndOnlyForReplicas) {
  constexpr size_t kNodes = 4;
  for (size_t self = 0; self < kNodes; ++self) {
    const View cluster(kNodes, self);
    const ClusterView view = cluster.Make();
    for (uint32_t vnode = 0; vnode < 64; ++vnode) {
      const auto vouchers = VouchersOf(view, vnode);
      ASSERT_EQ(vouchers.size(), view.IsReplica(vnode) ? 1u : 0u);
      if (vouchers.empty()) continue;
      const auto replicas = view.ReplicasOf(vnode);
      EXPECT_NE(vouchers[0], kSelf);
      EXPECT_NE(std::find(replicas.begin(), replicas.end(), vouchers[0]), replicas.end());
    }
  }
}

TEST(ClusterView, NobodyVouchesWhereThisNodeIsTheOnlyLiveReplica) {
  View cluster(4, 0);
  cluster.Silence(1);
  cluster.Silence(2);
  const ClusterView view = cluster.Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    const auto replicas = view.ReplicasOf(vnode);
    const bool both = view.IsReplica(vnode) && std::find(replicas.begin(), replicas.end(),
                                                         cluster.PeerOf(3)) != replicas.end();
    EXPECT_EQ(VouchersOf(view, vnode),
              both ? std::vector<Peer>{cluster.PeerOf(3)} : std::vector<Peer>())
        << vnode;
  }
}

TEST(ClusterView, OfTwoNodesTheOtherOneVouchesAndOfOneNobody) {
  const ClusterView two = View(2, 0).Make();
  const ClusterView one = View(1, 0).Make();
  for (uint32_t vnode = 0; vnode < 64; ++vnode) {
    EXPECT_EQ(VouchersOf(two, vnode), std::vector<Peer>{1});
    EXPECT_TRUE(VouchersOf(one, vnode).empty());
  }
}

TEST(ClusterView, MembersStandWhereTheirNodesDo) {
  View cluster(4, 2);
  const ClusterView view = cluster.Make(true);
  EXPECT_TRUE(view.frozen());
  for (size_t node = 0; node < 4; ++node) {
    EXPECT_EQ(view.PeerOfNode(node), cluster.PeerOf(node));
    EXPECT_EQ(view.NodeIndexOf(cluster.PeerOf(node)), node);
  }
}

}  // namespace
}  // namespace kindred
