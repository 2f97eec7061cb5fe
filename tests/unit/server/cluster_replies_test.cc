#include "server/cluster_replies.h"

#include <gtest/gtest.h>

#include "resp/reply_parser.h"

namespace kindred {
namespace {

NodeInfo NodeNamed(char digit) {
  NodeInfo node;
  node.id = std::string(40, digit);
  node.host = "127.0.0.1";
  node.port = static_cast<uint16_t>(7000 + (digit - '0'));
  node.cluster_port = static_cast<uint16_t>(node.port + 100);
  node.peer_port = static_cast<uint16_t>(node.port + 200);
  return node;
}

// The third has no TLS.
std::vector<NodeInfo> NodesWithTls() {
  std::vector<NodeInfo> nodes = {NodeNamed('1'), NodeNamed('2'), NodeNamed('3')};
  for (size_t i = 0; i < 2; ++i) {
    nodes[i].tls_port = static_cast<uint16_t>(nodes[i].port + 400);
    nodes[i].tls_cluster_port = static_cast<uint16_t>(nodes[i].port + 500);
  }
  return nodes;
}

// Three nodes, four vnodes of 4096 slots with the replica lists 012, 012, 120 and 012, so that the
// third node is nowhere the first replica. Peers are numbered as `self` sees them: itself 0, the
// others in the order of the nodes.
class ClusterRepliesTest : public testing::Test {
 protected:
  ClusterView View(size_t self, std::vector<size_t> dead = {}) {
    auto topology = std::make_shared<const Topology>(
        5, 3, 4, nodes_, std::vector<uint16_t>{0, 1, 2, 0, 1, 2, 1, 2, 0, 0, 1, 2});
    auto peer_of_index = [self](size_t index) {
      if (index == self) return kSelf;
      return static_cast<Peer>(index < self ? index + 1 : index);
    };
    auto peer_of = [&](const NodeInfo& node) { return peer_of_index(*topology->IndexOf(node.id)); };
    std::vector<ClusterView::PeerState> states(3, {true, true});
    for (size_t index : dead) states[peer_of_index(index)] = {false, false};
    return ClusterView(topology, peer_of, states, false);
  }

  std::vector<NodeInfo> nodes_ = {NodeNamed('1'), NodeNamed('2'), NodeNamed('3')};

  static ReplyNode Parse(const std::string& bytes) {
    ReplyNode node;
    auto size = ParseReply(bytes, &node);
    EXPECT_TRUE(size.ok() && *size == bytes.size()) << bytes;
    return node;
  }
  template <typename Write>
  static ReplyNode Reply(Write write, int protocol = 2) {
    std::string bytes;
    ReplyWriter reply(&bytes, protocol);
    write(reply);
    return Parse(bytes);
  }
};

TEST_F(ClusterRepliesTest, NeighbouringSlotsWithTheSameNodesAreOneRange) {
  std::vector<SlotRange> ranges = SlotRangesOf(View(0));
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges[0].first, 0);
  EXPECT_EQ(ranges[0].last, 8191);
  EXPECT_EQ(ranges[0].nodes, (std::vector<uint16_t>{0, 1, 2}));
  EXPECT_EQ(ranges[2].first, 12288);
  EXPECT_EQ(ranges[2].last, 16383);
}

TEST_F(ClusterRepliesTest, SlotsNameTheFirstReplicaAsMaster) {
  ReplyNode reply =
      Reply([&](ReplyWriter& writer) { WriteClusterSlots(View(0), /*tls=*/false, writer); });
  ASSERT_EQ(reply.items.size(), 5u);
  const ReplyNode& second = reply.items[3];
  EXPECT_EQ(second.items[0].integer, 8193);
  EXPECT_EQ(second.items[1].integer, 12287);
  ASSERT_GE(second.items.size(), 3u);
  EXPECT_EQ(second.items[2].items[0].text, "127.0.0.1");
  EXPECT_EQ(second.items[2].items[1].integer, 7102);
  EXPECT_EQ(second.items[2].items[2].text, std::string(40, '2'));
  EXPECT_TRUE(second.items[2].items[3].items.empty());
}

TEST_F(ClusterRepliesTest, SlotsNameNoPrimaryAsReplicaBeforeItsFirstSlot) {
  ReplyNode reply =
      Reply([&](ReplyWriter& writer) { WriteClusterSlots(View(0), /*tls=*/false, writer); });
  std::vector<std::vector<int64_t>> ports;
  for (const ReplyNode& range : reply.items) {
    auto& of_range = ports.emplace_back();
    for (size_t i = 2; i < range.items.size(); ++i) {
      of_range.push_back(range.items[i].items[1].integer);
    }
  }
  EXPECT_EQ(ports,
            (std::vector<std::vector<int64_t>>{
                {7101}, {7102, 7101}, {7101, 7102, 7103}, {7102, 7103, 7101}, {7101, 7102, 7103}}));
}

TEST_F(ClusterRepliesTest, ALivingReplicaTakesTheDeadMastersPlace) {
  std::vector<SlotRange> ranges = SlotRangesOf(View(1, {0}));
  EXPECT_EQ(ranges[0].nodes, (std::vector<uint16_t>{1, 0, 2}));
}

TEST_F(ClusterRepliesTest, EveryNodeAnswersTheSame) {
  std::string first;
  std::string third;
  ReplyWriter to_first(&first, 2);
  ReplyWriter to_third(&third, 2);
  WriteClusterSlots(View(0), /*tls=*/false, to_first);
  WriteClusterSlots(View(2), /*tls=*/false, to_third);
  EXPECT_EQ(first, third);
}

TEST_F(ClusterRepliesTest, ShardsGroupTheRangesOfTheSameNodes) {
  ReplyNode reply = Reply([&](ReplyWriter& writer) { WriteClusterShards(View(0), writer); }, 3);
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(reply.items[0].items[1].items.size(), 4u);
  EXPECT_EQ(reply.items[1].items[1].items.size(), 2u);
  for (const ReplyNode& shard : reply.items) {
    ASSERT_EQ(shard.items.size(), 4u);
    EXPECT_EQ(shard.items[0].text, "slots");
    EXPECT_EQ(shard.items[2].text, "nodes");
    const ReplyNode& master = shard.items[3].items[0];
    EXPECT_EQ(master.items[8].text, "role");
    EXPECT_EQ(master.items[9].text, "master");
    EXPECT_EQ(master.items[13].text, "online");
  }
}

TEST_F(ClusterRepliesTest, NodesHasALineForEachNodeAndSaysWhoIsMyself) {
  EXPECT_EQ(ClusterNodesText(View(1, {2}), /*tls=*/false, 1000),
            std::string(40, '1') +
                " 127.0.0.1:7101@7201 master - 0 1000 5 connected 0-8191"
                " 12288-16383\n" +
                std::string(40, '2') +
                " 127.0.0.1:7102@7202 myself,master - 0 0 5 connected 8192-12287\n" +
                std::string(40, '3') +
                " 127.0.0.1:7103@7203 master,fail - 0 1000 5 disconnected\n");
}

TEST_F(ClusterRepliesTest, NodesJoinsRangesOfOneMasterWhateverTheirReplicas) {
  // The second node is dead, so that the first and the third stand in for it in vnode 2.
  const std::string text = ClusterNodesText(View(0, {1}), /*tls=*/false, 1000);
  EXPECT_NE(text.find(" connected 0-8191 12288-16383\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" connected 8192-12287\n"), std::string::npos) << text;
  // Without the first node the second one has all: three ranges with other replicas.
  ASSERT_EQ(SlotRangesOf(View(1, {0})).size(), 3u);
  EXPECT_NE(ClusterNodesText(View(1, {0}), /*tls=*/false, 1000).find(" connected 0-16383\n"),
            std::string::npos);
}

TEST_F(ClusterRepliesTest, AClientThatSpeaksTlsIsSentToPortsThatDo) {
  nodes_ = NodesWithTls();
  const auto slots = [this](ReplyWriter& writer) {
    WriteClusterSlots(View(0), /*tls=*/true, writer);
  };
  EXPECT_EQ(Reply(slots).items[0].items[2].items[1].integer, 7501);
  const std::string text = ClusterNodesText(View(0), /*tls=*/true, 1000);
  EXPECT_NE(text.find(" 127.0.0.1:7501@7201 "), std::string::npos) << text;
  EXPECT_NE(text.find(" 127.0.0.1:0@7203 "), std::string::npos) << "it has none: " << text;
  const auto port_of_first_owner = [this](ClientPort at) {
    const auto owners = [&](ReplyWriter& writer) { WriteOwners(View(0), "foo", at, writer); };
    return Reply(owners, 3).items[5].items[0].items[5].integer;
  };
  EXPECT_EQ(port_of_first_owner({.cluster_face = false, .tls = true}), 7402);
  EXPECT_EQ(port_of_first_owner({.cluster_face = true, .tls = true}), 7502);
  EXPECT_EQ(port_of_first_owner({.cluster_face = true, .tls = false}), 7102);
}

TEST_F(ClusterRepliesTest, ShardsHaveThePortsThatThereAre) {
  nodes_ = NodesWithTls();
  nodes_[1].cluster_port = 0;
  const ReplyNode reply =
      Reply([&](ReplyWriter& writer) { WriteClusterShards(View(0), writer); }, 3);
  std::vector<std::string> names;
  for (const ReplyNode& node : reply.items[0].items[3].items) {
    std::string& text = names.emplace_back();
    for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
      if (!node.items[i].text.ends_with("port")) continue;
      text += node.items[i].text + "=" + std::to_string(node.items[i + 1].integer) + " ";
    }
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"port=7101 tls-port=7501 ", "tls-port=7502 ", "port=7103 "}));
}

TEST_F(ClusterRepliesTest, LinksNameTheirNodes) {
  ReplyNode reply = Reply(
      [&](ReplyWriter& writer) {
        WriteClusterLinks(View(0), {{1, 500}, {2, 600}}, writer);
      },
      3);
  ASSERT_EQ(reply.items.size(), 2u);
  EXPECT_EQ(reply.items[0].items[1].text, "to");
  EXPECT_EQ(reply.items[0].items[3].text, std::string(40, '2'));
  EXPECT_EQ(reply.items[1].items[5].integer, 600);
}

TEST_F(ClusterRepliesTest, TheStateIsOkAsLongAsEverySlotHasAMajority) {
  EXPECT_NE(ClusterInfoText(View(0, {2})).find("cluster_state:ok\r\n"), std::string::npos);
  std::string text = ClusterInfoText(View(0, {1, 2}));
  EXPECT_NE(text.find("cluster_state:fail\r\n"), std::string::npos);
  EXPECT_NE(text.find("cluster_slots_fail:16384\r\n"), std::string::npos);
  EXPECT_NE(text.find("cluster_known_nodes:3\r\n"), std::string::npos);
}

TEST_F(ClusterRepliesTest, OwnersStandInPreferenceOrder) {
  ReplyNode reply =
      Reply([&](ReplyWriter& writer) { WriteOwners(View(0, {2}), "foo", {}, writer); }, 3);
  ASSERT_EQ(reply.items.size(), 6u);
  EXPECT_EQ(reply.items[1].integer, 12182);
  EXPECT_EQ(reply.items[3].integer, 2);
  const ReplyNode& replicas = reply.items[5];
  ASSERT_EQ(replicas.items.size(), 3u);
  EXPECT_EQ(replicas.items[0].items[1].text, std::string(40, '2'));
  EXPECT_EQ(replicas.items[0].items[5].integer, 7002);
  EXPECT_EQ(replicas.items[0].items[7].text, "alive");
  EXPECT_EQ(replicas.items[1].items[7].text, "suspect");
}

TEST_F(ClusterRepliesTest, ShardIdsAreFortyDigitsAndDiffer) {
  EXPECT_EQ(ShardIdOf("a").size(), 40u);
  EXPECT_NE(ShardIdOf("a"), ShardIdOf("b"));
}

}  // namespace
}  // namespace kindred
