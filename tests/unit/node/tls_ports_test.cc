// Ports of TLS: each node tells its own on every link, and they outlive epochs and restarts.
#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class TlsPortsTest : public NodeFixture {
 protected:
  TlsPortsTest() { Start(3); }

  NodeInfo Told(const std::string& id, uint16_t tls_port) {
    NodeInfo node = InfoAt(7002);
    node.id = id;
    node.tls_port = tls_port;
    node.tls_cluster_port = static_cast<uint16_t>(tls_port + 100);
    return node;
  }
  uint16_t TlsPortOf(const std::string& id, const Topology& topology) {
    return topology.nodes()[*topology.IndexOf(id)].tls_port;
  }
};

TEST_F(TlsPortsTest, WhatANodeTellsHoldsAtOnceAndIsStored) {
  const uint64_t epoch = shared_->view()->epoch();
  const uint64_t version = shared_->view_version();
  shared_->OnTlsPorts(Told(peer_ids_[0], 7402));
  EXPECT_EQ(TlsPortOf(peer_ids_[0], shared_->view()->topology()), 7402);
  EXPECT_EQ(shared_->view()->epoch(), epoch);
  EXPECT_GT(shared_->view_version(), version);
  store_.Sync();
  Random random(9);
  BootOptions options;
  options.self = InfoAt(7001);
  EXPECT_EQ(TlsPortOf(peer_ids_[0], Boot(store_, options, now_ms_, random)->identity.topology),
            7402);
}

TEST_F(TlsPortsTest, TheSameAgainChangesNothing) {
  shared_->OnTlsPorts(Told(peer_ids_[0], 7402));
  const uint64_t sequence = shared_->last_sequence();
  const uint64_t version = shared_->view_version();
  shared_->OnTlsPorts(Told(peer_ids_[0], 7402));
  EXPECT_EQ(shared_->last_sequence(), sequence);
  EXPECT_EQ(shared_->view_version(), version);
}

TEST_F(TlsPortsTest, ATopologyMadeBeforeDoesNotTakeThemBack) {
  NodeInfo joiner = InfoAt(7004);
  joiner.id = std::string(40, '9');
  const Topology next = *PlanJoin(shared_->view()->topology(), joiner);
  shared_->OnTlsPorts(Told(peer_ids_[0], 7402));
  ASSERT_EQ(TlsPortOf(peer_ids_[0], next), 0);
  shared_->Install(next);
  EXPECT_EQ(shared_->view()->epoch(), next.epoch());
  EXPECT_EQ(TlsPortOf(peer_ids_[0], shared_->view()->topology()), 7402);
}

TEST_F(TlsPortsTest, WhoIsNoMemberIsNotHeard) {
  const auto before = shared_->view();
  shared_->OnTlsPorts(Told(std::string(40, '9'), 7402));
  EXPECT_EQ(shared_->view(), before);
}

}  // namespace
}  // namespace kindred
