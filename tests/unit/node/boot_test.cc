#include "node/boot.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

constexpr uint64_t kNowMs = 1'700'000'000'000;

class BootTest : public testing::Test {
 protected:
  absl::StatusOr<Booted> Start() {
    auto booted = Boot(store_, options_, kNowMs, random_);
    store_.Sync();
    return booted;
  }
  // A start that has to work.
  Booted Started() {
    auto booted = Start();
    EXPECT_TRUE(booted.ok()) << booted.status();
    return *std::move(booted);
  }
  void StopCleanly(uint64_t clock) {
    store_.Commit(CleanShutdownBatch(clock));
    store_.Sync();
  }
  void Damage(const std::string& meta_key) {
    Batch batch;
    batch.Put(Column::kMeta, meta_key, "\x07nonsense");
    store_.Commit(std::move(batch));
    store_.Sync();
  }
  // The node becomes a member of a cluster of two.
  void JoinAnother(const Booted& booted) {
    NodeInfo peer = InfoAt(7002);
    peer.id = std::string(40, 'f');
    store_.Commit(TopologyBatch(*PlanJoin(booted.identity.topology, peer)));
    store_.Sync();
  }

  MemoryStore store_;
  Random random_{1};
  BootOptions options_ = [] {
    BootOptions options;
    options.self = InfoAt(7001);
    options.vnodes = 8;
    return options;
  }();
};

TEST_F(BootTest, AnEmptyDirectoryIsAClusterOfOne) {
  const Booted booted = Started();
  EXPECT_TRUE(booted.first_start);
  const Identity& identity = booted.identity;
  EXPECT_EQ(identity.self.id.size(), 40u);
  EXPECT_EQ(identity.self.port, 7001);
  ASSERT_EQ(identity.topology.nodes().size(), 1u);
  EXPECT_EQ(identity.topology.nodes()[0], identity.self);
  EXPECT_EQ(identity.topology.replicas_wanted(), 3u);
  EXPECT_EQ(identity.topology.vnode_count(), 8u);
  EXPECT_LE(booted.sequence, store_.durable());
}

TEST_F(BootTest, AMemberMayChangeItsTlsPortsButNoOthers) {
  JoinAnother(Started());
  options_.self.tls_port = 7401;
  options_.self.tls_cluster_port = 7501;
  const Identity identity = Started().identity;
  const Topology& topology = identity.topology;
  EXPECT_EQ(topology.nodes()[*topology.IndexOf(identity.self.id)], identity.self);
  EXPECT_EQ(identity.self.tls_port, 7401);
  EXPECT_EQ(Started().identity.topology, topology) << "it was stored";
  options_.self.cluster_port = 7777;
  Random random(3);
  EXPECT_FALSE(Boot(store_, options_, kNowMs, random).ok());
}

TEST_F(BootTest, AnActorsUpperHalfNamesItsNode) {
  const Identity identity = Started().identity;
  const std::string prefix = identity.self.id.substr(0, 8);
  EXPECT_EQ(identity.actor >> 32, std::stoull(prefix, nullptr, 16));
  EXPECT_NE(identity.actor & 0xffffffffu, 0u);
}

TEST_F(BootTest, ACleanRestartKeepsActorAndClock) {
  const Identity first = Started().identity;
  const uint64_t clock = TimeOfMs(kNowMs + 5000);  // ahead of a wall clock that was set back
  StopCleanly(clock);
  const Booted booted = Started();
  EXPECT_TRUE(booted.was_clean);
  EXPECT_FALSE(booted.first_start);
  EXPECT_EQ(booted.identity.self, first.self);
  EXPECT_EQ(booted.identity.actor, first.actor);
  EXPECT_EQ(booted.identity.clock, clock);
  EXPECT_EQ(booted.identity.topology, first.topology);
}

TEST_F(BootTest, ACrashBringsANewActorEachTime) {
  std::set<uint64_t> actors = {Started().identity.actor};
  for (int i = 0; i < 5; ++i) {
    const Booted booted = Started();
    EXPECT_FALSE(booted.was_clean);
    actors.insert(booted.identity.actor);
  }
  EXPECT_EQ(actors.size(), 6u);
}

TEST_F(BootTest, TheMarkOfACleanShutdownHoldsForOneStart) {
  Started();
  StopCleanly(1);
  const uint64_t actor = Started().identity.actor;
  EXPECT_NE(Started().identity.actor, actor) << "that life ended without a mark";
}

TEST_F(BootTest, GrantsAndFlushesAreRemembered) {
  Started();
  Stripe stripe(store_, 1 << 20);
  stripe.OnPrepare(5, 77, TimeOfMs(kNowMs + 100), TimeOfMs(kNowMs + 200));
  store_.Commit(FlushedBatch(3, TimeOfMs(kNowMs + 300)));
  store_.Sync();
  const Identity identity = Started().identity;
  ASSERT_EQ(identity.grants.size(), 1u);
  EXPECT_EQ(identity.grants[0].first, 5u);
  EXPECT_EQ(identity.grants[0].second, (Grant{77, TimeOfMs(kNowMs + 100), TimeOfMs(kNowMs + 200)}));
  EXPECT_EQ(identity.flushed[3], TimeOfMs(kNowMs + 300));
  EXPECT_EQ(identity.flushed[0], 0u);
  EXPECT_EQ(identity.clock, TimeOfMs(kNowMs + 300)) << "nothing below a flush is named";
}

TEST_F(BootTest, TheRosterIsRememberedAndNoEarlierTimeIsNamed) {
  EXPECT_EQ(Started().identity.roster, Roster());
  const Roster roster(TimeOfMs(kNowMs + 100), "user alice on");
  store_.Commit(RosterBatch(roster));
  store_.Sync();
  const Identity identity = Started().identity;
  EXPECT_EQ(identity.roster, roster);
  EXPECT_EQ(identity.clock, TimeOfMs(kNowMs + 100));
}

TEST_F(BootTest, ANodeThatIsAloneMayComeBackElsewhere) {
  const Identity first = Started().identity;
  options_.self = InfoAt(8001);
  const Identity identity = Started().identity;
  EXPECT_EQ(identity.self.id, first.self.id);
  EXPECT_EQ(identity.self.port, 8001);
  EXPECT_EQ(identity.topology.nodes()[0].port, 8001);
  EXPECT_GT(identity.topology.epoch(), first.topology.epoch());
  EXPECT_EQ(Started().identity.topology, identity.topology) << "that is stored";
}

TEST_F(BootTest, AMemberMayNot) {
  JoinAnother(Started());
  options_.self = InfoAt(8001);
  const auto booted = Start();
  ASSERT_FALSE(booted.ok());
  EXPECT_NE(booted.status().message().find("127.0.0.1:7001"), absl::string_view::npos)
      << booted.status();
  options_.self = InfoAt(7001);
  EXPECT_EQ(Started().identity.topology.nodes().size(), 2u);
}

TEST_F(BootTest, WhatIsDamagedIsRefusedInOneSentence) {
  for (const std::string key :
       {"identity", "topology", "clean", "grant/xxxx", "flushed/x", "roster"}) {
    store_ = MemoryStore();
    Started();
    Damage(key == "flushed/x" ? std::string("flushed/") + '\0' : key);
    const auto booted = Start();
    EXPECT_FALSE(booted.ok()) << key;
    EXPECT_NE(booted.status().message().find("damaged"), absl::string_view::npos) << key;
  }
}

}  // namespace
}  // namespace kindred
