// What a node takes from others about the roster, and what it does not.

#include <gtest/gtest.h>

#include "base/hybrid_clock.h"
#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class RosterExchangeTest : public NodeFixture {
 protected:
  Roster Later(std::string text) const { return Roster(TimeOfMs(now_ms_) + 5, std::move(text)); }
  std::string Known() const { return shared_->roster().roster->text(); }
  void Change(const std::string& text) {
    ASSERT_TRUE(shared_->ChangeRoster(shared_->roster_generation(), text, now_ms_).has_value());
  }
  void HeartbeatWith(std::optional<RosterVersion> version) {
    HeartbeatSeen seen;
    seen.clock = TimeOfMs(now_ms_);
    seen.roster = version;
    Answer(1, std::move(seen));
  }
};

TEST_F(RosterExchangeTest, AChangeIsToldToAllMembersAtTheNextTick) {
  Start(3);
  Change("user alice on");
  node_->OnTick(now_ms_);
  const auto told = Sent<RosterTell>();
  ASSERT_EQ(told.size(), 2u);
  Roster roster;
  ASSERT_TRUE(Roster::Decode(told[0].second.roster, &roster));
  EXPECT_EQ(roster.text(), "user alice on");
  node_->OnTick(now_ms_);
  EXPECT_TRUE(Sent<RosterTell>().empty()) << "once";
}

TEST_F(RosterExchangeTest, AChangeOfWhatHasChangedMeanwhileIsRefused) {
  Start(3);
  const uint64_t seen = shared_->roster_generation();
  Answer(1, RosterTell{0, Later("user theirs on").Encode()});
  EXPECT_FALSE(shared_->ChangeRoster(seen, "user ours on", now_ms_).has_value());
  EXPECT_EQ(Known(), "user theirs on");
}

TEST_F(RosterExchangeTest, ALaterVersionInAHeartbeatIsAskedFor) {
  Start(3);
  HeartbeatWith(std::nullopt);
  HeartbeatWith(RosterVersion{});
  EXPECT_TRUE(Sent<RosterAsk>().empty());
  HeartbeatWith(Later("user alice on").version());
  const auto asked = Sent<RosterAsk>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].first, 1);
}

TEST_F(RosterExchangeTest, OnlyALaterVersionIsTakenAndItIsStored) {
  Start(3);
  const Roster later = Later("user alice on");
  Answer(1, RosterTell{0, later.Encode()});
  Answer(2, RosterTell{0, Roster(later.time() - 1, "user earlier on").Encode()});
  EXPECT_EQ(Known(), "user alice on");
  store_.Sync();
  std::string stored;
  ASSERT_EQ(store_.Load(Column::kMeta, "roster", &stored), Found::kFound);
  EXPECT_EQ(stored, later.Encode());
}

TEST_F(RosterExchangeTest, OurNextVersionIsLaterThanAnyThatWeHaveTaken) {
  Start(3);
  Answer(1, RosterTell{0, Roster(TimeOfMs(now_ms_ + 1000), "user theirs on").Encode()});
  Change("user ours on");
  EXPECT_GT(shared_->roster().roster->time(), TimeOfMs(now_ms_ + 1000));
}

TEST_F(RosterExchangeTest, WhatNoMemberSaysIsNotTaken) {
  Start(3);
  const Peer stranger = shared_->PeerOf(std::string(40, 'e'));
  node_->OnMessage(stranger, 9, RosterTell{0, Later("user intruder on").Encode()}, now_ms_);
  node_->OnMessage(stranger, 9, RosterAsk{1}, now_ms_);
  EXPECT_EQ(Known(), "");
  EXPECT_TRUE(ServeDisk().answers.empty());
}

TEST_F(RosterExchangeTest, AVersionFromAClockThatIsFarAheadIsNotTaken) {
  Start(3);
  const uint64_t absurd = TimeOfMs(now_ms_ + 10 * settings_.max_clock_drift_ms);
  Answer(1, RosterTell{0, Roster(absurd, "user alice on").Encode()});
  Answer(1, RosterTell{0, "nonsense"});
  EXPECT_EQ(Known(), "");
}

TEST_F(RosterExchangeTest, ANodeThatIsAloneTellsNothingOfItsOwn) {
  Start(1);
  Change("user alice on");
  EXPECT_EQ(shared_->told_roster(), std::nullopt);
  // It joins: the cluster's roster takes the place of its own, though it is the earlier one.
  shared_->AdoptRoster(Roster(1, "user cluster on"));
  EXPECT_EQ(Known(), "user cluster on");
}

}  // namespace
}  // namespace kindred
