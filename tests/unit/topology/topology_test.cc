#include "topology/topology.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "topology/planner.h"

namespace kindred {
namespace {

NodeInfo Node(std::string id) {
  return {.id = id,
          .host = "host-" + id,
          .port = 1,
          .cluster_port = 2,
          .peer_port = 3,
          .http_port = 4,
          .zone = "zone-" + id,
          .weight = 5};
}

// Four vnodes with two replicas each: on a and b, b and c, c and a, a and c.
Topology Example() {
  return Topology(7, 2, 4, {Node("a"), Node("b"), Node("c")}, {0, 1, 1, 2, 2, 0, 0, 2});
}

TEST(Topology, EmptyOneHasNoNodes) {
  Topology topology;
  EXPECT_EQ(topology.epoch(), 0u);
  EXPECT_TRUE(topology.PreferenceList(0).empty());
  EXPECT_EQ(topology.VnodeOf(16383), 0u);
}

TEST(Topology, NodesAreFoundById) {
  EXPECT_EQ(Example().IndexOf("b"), 1u);
  EXPECT_EQ(Example().IndexOf("bb"), std::nullopt);
  EXPECT_EQ(Example().IndexOf("z"), std::nullopt);
}

TEST(Topology, PreferenceListGoesClockwise) {
  EXPECT_EQ(Example().PreferenceList(0), (std::vector<uint16_t>{0, 1, 2}));
  EXPECT_EQ(Example().PreferenceList(2), (std::vector<uint16_t>{2, 0, 1}));
  EXPECT_EQ(Example().PreferenceList(3), (std::vector<uint16_t>{0, 2, 1}));
}

TEST(Topology, PreferenceListNamesNodesThatHoldNothing) {
  Topology topology(1, 1, 2, {Node("a"), Node("b"), Node("c")}, {1, 1});
  EXPECT_EQ(topology.PreferenceList(0), (std::vector<uint16_t>{1, 0, 2}));
}

RC_GTEST_PROP(Topology, VnodesCoverTheRingInRuns, ()) {
  auto vnodes = *rc::gen::oneOf(rc::gen::inRange<uint32_t>(1, 3000),
                                rc::gen::element<uint32_t>(4096, 10000, kSlots - 1, kSlots));
  Topology topology(1, 1, vnodes, {Node("a")}, std::vector<uint16_t>(vnodes, 0));
  uint32_t next = 0;
  for (uint32_t vnode = 0; vnode < vnodes; ++vnode) {
    auto [first, last] = topology.SlotsOf(vnode);
    RC_ASSERT(first == next);
    RC_ASSERT(last >= first);
    RC_ASSERT(topology.VnodeOf(first) == vnode);
    RC_ASSERT(topology.VnodeOf(last) == vnode);
    uint32_t size = last - first + 1u;
    RC_ASSERT(size == kSlots / vnodes || size == kSlots / vnodes + 1);
    next = last + 1u;
  }
  RC_ASSERT(next == kSlots);
}

TEST(Topology, DecodesWhatItEncoded) {
  EXPECT_EQ(*Topology::Decode(Example().Encode()), Example());
  EXPECT_EQ(*Topology::Decode(Topology().Encode()), Topology());
}

Topology ExampleWithTls() {
  NodeInfo node = Node("a");
  node.tls_port = 5;
  node.tls_cluster_port = 6;
  return PlanTlsPorts(Example(), node);
}

TEST(Topology, PortsOfTlsMakeAFormatThatOlderReleasesRefuse) {
  EXPECT_EQ(*Topology::Decode(ExampleWithTls().Encode()), ExampleWithTls());
  EXPECT_EQ(ExampleWithTls().Encode()[0], 2);
  // What has none is what they wrote, and can read.
  EXPECT_EQ(Example().Encode()[0], 1);
}

TEST(Topology, RefusesCutAndPaddedBytes) {
  std::string bytes = Example().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Topology::Decode(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Topology::Decode(bytes + '\0').ok());
}

TEST(Topology, RefusesAnUnknownFormatVersion) {
  std::string bytes = Example().Encode();
  bytes[0] = 3;
  EXPECT_FALSE(Topology::Decode(bytes).ok());
}

// The last two bytes are the index of the last vnode's second replica.
TEST(Topology, RefusesReplicasThatAreTheSameOrNobody) {
  std::string bytes = Example().Encode();
  bytes.back() = 0;
  EXPECT_FALSE(Topology::Decode(bytes).ok());
  bytes.back() = 3;
  EXPECT_FALSE(Topology::Decode(bytes).ok());
  bytes.back() = 1;
  EXPECT_TRUE(Topology::Decode(bytes).ok());
}

RC_GTEST_PROP(Topology, AnyBytesAreDecodedOrRefused, (const std::string& bytes)) {
  (void)Topology::Decode("\x01" + bytes);
}

RC_GTEST_PROP(Topology, AnyDamageIsDecodedOrRefused, (bool tls, uint32_t where, uint8_t byte)) {
  std::string bytes = (tls ? ExampleWithTls() : Example()).Encode();
  bytes[where % bytes.size()] = static_cast<char>(byte);
  auto decoded = Topology::Decode(bytes);
  if (decoded.ok()) RC_ASSERT(decoded->Encode() == bytes);
}

}  // namespace
}  // namespace kindred
