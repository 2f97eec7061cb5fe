// Groups of writes of which a node does not know whether they are decided: its own and others'.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "store/keys.h"
#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

// A RENAME that has been sent to both others, of whom nobody has answered.
class GroupsOfUnknownOutcome : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    ThreeNodesGroups::SetUp();
    const auto sent = Write({"RENAME", tag_ + "a", tag_ + "b"});
    ASSERT_EQ(sent.size(), 2u);
    written_ = sent[0].second;
  }
  // What this node tells a peer that asks for a record.
  Tell AskedFor(const std::string& record_key) {
    node_->outbox() = {};
    node_->OnMessage(1, 77, Ask{5, record_key, std::nullopt}, now_ms_);
    const Outbox out = ServeDisk();
    CHECK(out.answers.size() == 1);
    return std::get<Tell>(out.answers[0].message);
  }
  void TimeOut() {
    now_ms_ += 1100;
    node_->OnTick(now_ms_);
    ASSERT_EQ(ServeDisk().replies.size(), 1u);
  }
  GuardedGroup written_;
};

TEST_F(GroupsOfUnknownOutcome, NobodyIsToldOfThemAsLongAsItMayBeThatNobodyHasThem) {
  EXPECT_TRUE(AskedFor(written_.items[0].key).undecided.empty());
  TimeOut();
  EXPECT_EQ(AskedFor(written_.items[0].key).undecided.size(), 1u);
}

TEST_F(GroupsOfUnknownOutcome, AreForgottenWhenAllHaveRefusedThem) {
  Nack refused;
  refused.id = written_.id;
  Answer(1, refused);
  Answer(2, refused);
  EXPECT_TRUE(AskedFor(written_.items[0].key).undecided.empty());
}

TEST_F(GroupsOfUnknownOutcome, AreConcludedBeforeAnythingElseIsDoneWithTheirKeys) {
  TimeOut();
  now_ms_ += 200;
  node_->OnTick(now_ms_);
  GrantAll();
  std::string reply;
  Submit({"APPEND", tag_ + "b", "w"}, &reply);
  Outbox out = ServeDisk();
  const auto asked = SentIn<AskGroup>(out);
  ASSERT_EQ(asked.size(), 2u) << "about all of the group's keys";
  EXPECT_EQ(asked[0].second.items.size(), 2u);
  EXPECT_TRUE(SentIn<Guarded>(out).empty());
  Answer(1, BaseFor(asked[0].second));
  const auto concluding = Sent<GuardedGroup>();
  ASSERT_EQ(concluding.size(), 2u);
  const GuardedGroup& conclusion = concluding[0].second;
  EXPECT_EQ(conclusion.concluded, std::vector<Dot>{written_.items[0].version.dot});
  EXPECT_EQ(conclusion.items[0].version.kind, Kind::kTombstone);
  EXPECT_EQ(conclusion.items[1].version.payload, "v") << "adopted";
  Answer(1, Ack{conclusion.id});
  const auto appended = Sent<Guarded>();
  ASSERT_EQ(appended.size(), 2u);
  EXPECT_EQ(appended[0].second.version.payload, "vw");
}

TEST_F(GroupsOfUnknownOutcome, AreConcludedAlsoIfNobodyTouchesThem) {
  TimeOut();
  for (int i = 0; i < 3; ++i) {
    now_ms_ += 1000;
    node_->OnTick(now_ms_);
    GrantAll();
  }
  EXPECT_EQ(Sent<AskGroup>().size(), 2u);
}

TEST_F(GroupsOfUnknownOutcome, HoldUpNobodyForLongerThanHeWouldWait) {
  TimeOut();
  node_->OnTick(now_ms_ += 200);
  GrantAll();
  std::string reply;
  Submit({"APPEND", tag_ + "b", "w"}, &reply);
  Submit({"RENAME", tag_ + "b", tag_ + "c"}, &reply);
  EXPECT_EQ(Sent<AskGroup>().size(), 2u) << "to conclude it";
  node_->outbox().conclusions.push_back({{written_}});  // and a moment later once more
  node_->OnTick(now_ms_ += 900);
  EXPECT_TRUE(ServeDisk().replies.empty());
  node_->OnTick(now_ms_ += 100);
  const Outbox out = ServeDisk();
  ASSERT_EQ(out.replies.size(), 2u);
  for (const Outbox::Reply& each : out.replies) {
    EXPECT_NE(each.bytes.find("nothing was done"), std::string::npos) << each.bytes;
  }
}

TEST_F(GroupsOfUnknownOutcome, OfOthersAreConcludedWhenAReplicaTellsOfThem) {
  Answer(1, Ack{written_.id});
  std::string reply;
  Submit({"GET", tag_ + "c"}, &reply);
  node_->outbox() = {};
  Submit({"APPEND", tag_ + "c", "w"}, &reply);
  const auto asked = Sent<Ask>();
  ASSERT_EQ(asked.size(), 2u);
  GuardedGroup theirs = written_;
  theirs.items[1].key = asked[0].second.key;
  for (Guarded& item : theirs.items) item.version.dot = {99, item.version.dot.time};
  Tell tell{asked[0].second.id, true, {}};
  tell.undecided = {theirs};
  Answer(1, tell);
  const Outbox out = ServeDisk();
  EXPECT_EQ(SentIn<AskGroup>(out).size() + SentIn<GuardedGroup>(out).size(), 2u);
  EXPECT_TRUE(SentIn<Guarded>(out).empty());
}

TEST_F(ThreeNodesGroups, ABaseThatIsToldOfAnUndecidedGroupIsNoneForOthersEither) {
  std::string reply;
  Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  const AskGroup ask = Sent<AskGroup>().at(0).second;
  GuardedGroup theirs;
  for (const Ask& item : ask.items) {
    Guarded& write = theirs.items.emplace_back();
    write.key = item.key;
    write.version = StringRecord("theirs", TimeOfMs(kStartMs - 500)).versions[0];
    write.version.dot = {99, TimeOfMs(kStartMs - 500) + theirs.items.size()};
  }
  TellGroup tell = BaseFor(ask);
  tell.items[0].same = true;
  tell.undecided = {theirs};
  Answer(1, tell);
  const Outbox out = ServeDisk();
  EXPECT_EQ(SentIn<AskGroup>(out).size(), 2u) << "who concludes it, too, asks anew";
  EXPECT_TRUE(SentIn<GuardedGroup>(out).empty());
}

// A RENAME like that, and the disk is slow.
class GroupsThatAreNotSynced : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    ThreeNodesGroups::SetUp();
    Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply_);
    GrantAll();
    Answer(1, BaseFor(Sent<AskGroup>().at(0).second));
    id_ = SentIn<GuardedGroup>(node_->outbox()).at(0).second.id;
  }
  size_t DecidedSent() const { return SentIn<GroupDecided>(node_->outbox()).size(); }
  void SyncAndTick() {
    store_.Sync();
    node_->OnTick(now_ms_ += 5);
  }

  std::string reply_;
  uint64_t id_ = 0;
};

TEST_F(GroupsThatAreNotSynced, AreDecidedByTheOwnCopyOnceItIs) {
  Submit({"APPEND", tag_ + "b", "w"}, &reply_);
  Answer(1, Ack{id_});
  node_->OnTick(now_ms_ += 5);
  EXPECT_EQ(DecidedSent(), 0u);
  EXPECT_TRUE(SentIn<Guarded>(node_->outbox()).empty()) << "it is computed from the group";
  SyncAndTick();
  EXPECT_EQ(DecidedSent(), 2u);
  EXPECT_EQ(SentIn<Guarded>(node_->outbox()).size(), 2u);
}

TEST_F(GroupsThatAreNotSynced, AreDecidedByTheOthersAsSoonAsTheySay) {
  Answer(1, Ack{id_});
  EXPECT_EQ(DecidedSent(), 0u);
  Answer(2, Ack{id_});
  EXPECT_EQ(DecidedSent(), 2u);
}

TEST_F(GroupsThatAreNotSynced, WaitForTheOwnCopyAlsoWhenAllHaveAnswered) {
  Nack refused;
  refused.id = id_;
  Answer(1, Ack{id_});
  Answer(2, refused);
  EXPECT_EQ(DecidedSent(), 0u);
  SyncAndTick();
  EXPECT_EQ(DecidedSent(), 2u);
}

// Kept for another primary.
class GroupsOfOthers : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    settings_.suspect_after_ms = 10'000;
    StartWithTagOf(1);
    uint32_t vnode = 0;
    for (const std::string& key : {tag_ + "a", tag_ + "b"}) {
      Guarded item;
      node_->Locate(key, 0, &item.key, &vnode);
      item.version = StringRecord("theirs", TimeOfMs(now_ms_)).versions[0];
      item.version.dot = {99, TimeOfMs(now_ms_) + group_.items.size()};
      group_.items.push_back(item);
    }
    group_.id = 5;
    const Prepare prepare{4, 99, {{vnode, TimeOfMs(now_ms_ - 10), TimeOfMs(now_ms_ + 1000)}}};
    node_->OnMessage(1, 77, prepare, now_ms_);
    node_->OnMessage(1, 77, group_, now_ms_);
    ASSERT_EQ(ServeDisk().answers.size(), 2u);
  }
  void TellDecided() {
    const Guarded& first = group_.items.front();
    node_->OnMessage(1, 77, GroupDecided{first.key, first.version.dot, {}}, now_ms_);
  }
  bool AreStored() {
    store_.Sync();
    const std::string prefix(kUndecidedGroupPrefix);
    return !store_.Scan({Column::kMeta, prefix, prefix + '\xff'}).empty();
  }
  GuardedGroup group_;
};

TEST_F(GroupsOfOthers, AreToldToAPrimaryTogetherWithWhetherItHasTheGrant) {
  for (const uint64_t actor : {99, 98}) {
    node_->OnMessage(1, 77, Ask{6, group_.items[0].key, std::nullopt, false, actor}, now_ms_);
    node_->OnMessage(1, 77, AskGroup{7, {{0, group_.items[0].key, {}}}, actor}, now_ms_);
    const Outbox out = ServeDisk();
    ASSERT_EQ(out.answers.size(), 2u);
    const auto& tell = std::get<Tell>(out.answers[0].message);
    EXPECT_EQ(tell.not_granted, actor == 98);
    EXPECT_EQ(tell.undecided.size(), 1u);
    EXPECT_EQ(std::get<TellGroup>(out.answers[1].message).not_granted, actor == 98);
  }
}

TEST_F(GroupsOfOthers, ShowWhenTheirWriterSaysThatTheyAreDecided) {
  std::string bytes;
  EXPECT_EQ(store_.Load(Column::kRecords, group_.items[1].key, &bytes), Found::kMissing);
  TellDecided();
  store_.Sync();
  EXPECT_EQ(store_.Load(Column::kRecords, group_.items[1].key, &bytes), Found::kFound);
}

TEST_F(GroupsOfOthers, AreSeenBeforeThatByWhoIsContentWithWhatThisNodeHasHeard) {
  consistency_.read = Level::Local();
  EXPECT_EQ(Run({"GET", tag_ + "b"}).text, "theirs");
}

TEST_F(GroupsOfOthers, MakeAReadOfAMajorityAskThePrimary) {
  std::string reply;
  Submit({"GET", tag_ + "b"}, &reply);
  const auto asked = Sent<Ask>();
  ASSERT_EQ(asked.size(), 1u);
  Answer(asked[0].first, Tell{asked[0].second.id, true, {}});
  const auto forwarded = Sent<Forward>();
  ASSERT_EQ(forwarded.size(), 1u);
  EXPECT_TRUE(forwarded[0].second.confirm);
}

TEST_F(GroupsOfOthers, AreForThePrimaryToConcludeIfNothingIsHeardOfThem) {
  for (int i = 0; i < 2; ++i) node_->OnTick(now_ms_ += 1000);
  EXPECT_EQ(Sent<Forward>().size(), 2u) << "one look at each key";
}

TEST_F(GroupsOfOthers, AreForgottenWhenTheirKeysHaveGoneOn) {
  for (const Guarded& item : group_.items) {
    Record later = StringRecord("later", TimeOfMs(now_ms_ + 5));
    later.context.Add(item.version.dot);
    node_->OnMessage(1, 77, Replicate{0, item.key, later}, now_ms_);
  }
  node_->OnTick(now_ms_ += 1000);
  EXPECT_FALSE(AreStored());
}

TEST_F(GroupsOfOthers, AreForgottenWhenOthersHaveConcludedThem) {
  const Guarded& first = group_.items.front();
  GroupDecided conclusion{first.key, {99, first.version.dot.time + 9}, {}};
  node_->OnMessage(1, 77, conclusion, now_ms_);
  EXPECT_TRUE(AreStored());
  conclusion.concluded = {first.version.dot};
  node_->OnMessage(1, 77, conclusion, now_ms_);
  EXPECT_FALSE(AreStored());
}

}  // namespace
}  // namespace kindred
