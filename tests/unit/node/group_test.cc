#include "node/group.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "store/keys.h"
#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

Record StringRecord(const std::string& value, uint64_t time) {
  Version version;
  version.dot = {1, time};
  version.kind = Kind::kString;
  version.payload = value;
  return Put(Record(), Context(), std::move(version));
}

class GroupTest : public testing::Test {
 protected:
  // A command on keys that are named by their places.
  void Add(const Words& words, std::vector<size_t> keys) {
    static const CommandTable table(DataCommandFamilies());
    const std::vector<std::string_view> args(words.begin(), words.end());
    GroupCommand& command = group_.commands.emplace_back();
    command.row = table.Find(args[0]);
    command.args = OwnedArgs(args);
    command.keys = std::move(keys);
  }
  const GroupResult& Run() {
    std::vector<const Record*> bases;
    for (const Record& record : records_) bases.push_back(&record);
    group_.keys.resize(records_.size());
    Call call;
    call.now_ms = 1000;
    result_ = RunCommands(group_, bases, call);
    return result_;
  }

  Group group_;
  std::vector<Record> records_;
  GroupResult result_;
};

TEST_F(GroupTest, EachCommandSeesWhatThoseBeforeItDid) {
  records_ = {StringRecord("1", 1), Record()};
  group_.multi = true;
  Add({"INCR", "a"}, {0});
  Add({"RENAME", "a", "b"}, {0, 1});
  Add({"MGET", "a", "b"}, {0, 1});
  Add({"APPEND", "b", "x"}, {1});
  EXPECT_EQ(Run().reply, "*4\r\n:2\r\n+OK\r\n*2\r\n$-1\r\n$1\r\n2\r\n:2\r\n");
  EXPECT_EQ(result_.nexts[0].what, Next::What::kDelete);
  EXPECT_EQ(result_.nexts[1].value.payload, "2x");
}

TEST_F(GroupTest, AnErrorEndsOneCommandOnly) {
  records_ = {StringRecord("word", 1)};
  group_.multi = true;
  Add({"INCR", "a"}, {0});
  Add({"COPY", "a", "a", "NONSENSE"}, {0, 0});
  Add({"SET", "a", "2"}, {0});
  EXPECT_EQ(Run().reply,
            "*3\r\n-ERR value is not an integer or out of range\r\n-ERR syntax error\r\n+OK\r\n");
  EXPECT_EQ(result_.nexts[0].value.payload, "2");
}

TEST_F(GroupTest, WhatOnlyReadsChangesNothing) {
  records_ = {StringRecord("v", 1), Record()};
  Add({"DEL", "b"}, {1});
  Add({"EXISTS", "a", "b", "a"}, {0, 1, 0});
  EXPECT_FALSE(Run().changed);
  EXPECT_EQ(result_.reply, ":0\r\n:2\r\n");
}

TEST_F(GroupTest, AWatchHoldsUntilItsKeyIsWritten) {
  records_ = {StringRecord("v", 5)};
  Add({"SET", "a", "w"}, {0});
  group_.watches = {{0, records_[0].context, true}};
  EXPECT_TRUE(Run().changed);
  records_ = {StringRecord("v", 6)};
  EXPECT_FALSE(Run().changed);
  EXPECT_EQ(result_.reply, "*-1\r\n");
  group_.protocol = 3;
  EXPECT_EQ(Run().reply, "_\r\n");
}

TEST_F(GroupTest, AWatchEndsWithItsKeyEvenWhereNothingIsLeftToTell) {
  records_ = {Record()};
  Add({"SET", "a", "w"}, {0});
  group_.watches = {{0, StringRecord("v", 5).context, false}};
  EXPECT_TRUE(Run().changed);
  group_.watches[0].existed = true;
  EXPECT_FALSE(Run().changed) << "a flush leaves no trace";
}

class OneNodeGroups : public NodeFixture {};

TEST_F(OneNodeGroups, RunWhereTheNodeIsAlone) {
  Start(1);
  Run({"SET", "{t}a", "v"});
  EXPECT_EQ(Run({"RENAME", "{t}a", "{t}b"}).text, "OK");
  EXPECT_EQ(Run({"GET", "{t}b"}).text, "v");
  EXPECT_EQ(Run({"EXISTS", "{t}a"}).integer, 0);
  EXPECT_EQ(Run({"MSETNX", "{t}c", "1", "{t}b", "2"}).integer, 0);
  EXPECT_EQ(Run({"EXISTS", "{t}c"}).integer, 0);
}

// Of three; the test is the other two.
class ThreeNodesGroups : public NodeFixture {
 protected:
  void SetUp() override {
    Start(3);
    for (int i = 0; tag_.empty(); ++i) {
      const std::string tag = "{" + std::to_string(i) + "}";
      if (node_->RouteOf(tag) == kSelf) tag_ = tag;
    }
  }
  void GrantAll() {
    for (auto& [peer, prepare] : Sent<Prepare>()) {
      Prepared prepared{prepare.id, {}};
      for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, 1, 0});
      Answer(peer, prepared);
    }
  }
  std::string tag_;
};

TEST_F(ThreeNodesGroups, ABaseIsWhatOneMajorityHasOfAllKeysAtOneMoment) {
  std::string reply;
  Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  const auto asked = Sent<AskGroup>();
  ASSERT_EQ(asked.size(), 2u);
  ASSERT_EQ(asked[0].second.items.size(), 2u);
  TellGroup tell{asked[0].second.id, {Tell(), Tell()}, {}};
  tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
  tell.items[1].same = true;
  Answer(1, tell);
  const auto sent = Sent<GuardedGroup>();
  ASSERT_EQ(sent.size(), 2u) << "one message to each of the others";
  ASSERT_EQ(sent[0].second.items.size(), 2u);
  EXPECT_EQ(sent[0].second.items[0].version.kind, Kind::kTombstone);
  EXPECT_EQ(sent[0].second.items[1].version.payload, "v");
  Answer(2, Ack{sent[0].second.id});
  const Outbox out = ServeDisk();
  ASSERT_EQ(out.replies.size(), 1u);
  EXPECT_EQ(out.replies[0].bytes, "+OK\r\n");
}

TEST_F(ThreeNodesGroups, OnlyWhoHasGrantedTheVnodeCountsForABase) {
  std::string reply;
  Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  TellGroup tell{Sent<AskGroup>().at(0).second.id, {Tell(), Tell()}, {}};
  tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
  tell.items[1].same = true;
  tell.not_granted = true;
  Answer(1, tell);
  EXPECT_TRUE(Sent<GuardedGroup>().empty());
  tell.not_granted = false;
  Answer(2, tell);
  EXPECT_EQ(Sent<GuardedGroup>().size(), 2u);
}

TEST_F(ThreeNodesGroups, OnlyWhoHasGrantedTheVnodeCountsForTheBaseOfOneKey) {
  std::string reply;
  Submit({"APPEND", tag_ + "a", "v"}, &reply);
  GrantAll();
  Tell tell{Sent<Ask>().at(0).second.id, true, {}};
  tell.not_granted = true;
  Answer(1, tell);
  EXPECT_TRUE(Sent<Guarded>().empty());
  tell.not_granted = false;
  Answer(2, tell);
  EXPECT_EQ(Sent<Guarded>().size(), 2u);
}

TEST_F(ThreeNodesGroups, WhatNobodyTookIsRunAgain) {
  std::string reply;
  Submit({"COPY", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  auto asked = Sent<AskGroup>();
  TellGroup tell{asked[0].second.id, {Tell(), Tell()}, {}};
  tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
  tell.items[1].same = true;
  Answer(1, tell);
  const auto sent = Sent<GuardedGroup>();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].second.items.size(), 2u) << "replicas differ: written as it is";
  Nack refused;
  refused.id = sent[0].second.id;
  Answer(1, refused);
  EXPECT_TRUE(Sent<AskGroup>().empty()) << "the other may have it";
  Answer(2, refused);
  EXPECT_EQ(Sent<AskGroup>().size(), 2u);
}

// A RENAME that has been sent to both others, of whom nobody has answered.
class GroupsOfUnknownOutcome : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    ThreeNodesGroups::SetUp();
    std::string reply;
    Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
    GrantAll();
    TellGroup tell{Sent<AskGroup>().at(0).second.id, {Tell(), Tell()}, {}};
    tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
    tell.items[1].same = true;
    Answer(1, tell);
    const auto sent = Sent<GuardedGroup>();
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
  TellGroup tell{asked[0].second.id, {Tell(), Tell()}, {}};
  tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
  tell.items[1].same = true;
  Answer(1, tell);
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

TEST_F(GroupsOfUnknownOutcome, OthersAreToldOnceTheyAreDecidedAndDurableHere) {
  Answer(1, Ack{written_.id});
  std::vector<Outbox::Send> told;
  for (const Outbox::Send& send : node_->outbox().sends) {
    if (std::holds_alternative<GroupDecided>(send.message)) told.push_back(send);
  }
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(std::get<GroupDecided>(told[0].message).dot, written_.items[0].version.dot);
  EXPECT_GT(told[0].after, 0u) << "our own copy counts, and is to be synced first";
}

// Kept for another primary.
class GroupsOfOthers : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    settings_.suspect_after_ms = 10'000;
    Start(3);
    for (int i = 0; tag_.empty(); ++i) {
      const std::string tag = "{" + std::to_string(i) + "}";
      if (node_->RouteOf(tag) == 1) tag_ = tag;
    }
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
    node_->OnMessage(1, 77, GroupDecided{first.key, first.version.dot}, now_ms_);
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
  store_.Sync();
  const std::string prefix(kUndecidedGroupPrefix);
  EXPECT_TRUE(store_.Scan({Column::kMeta, prefix, prefix + '\xff'}).empty());
}

}  // namespace
}  // namespace kindred
