#include "node/group.h"

#include <string>
#include <vector>

#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

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

TEST_F(ThreeNodesGroups, ABaseIsWhatOneMajorityHasOfAllKeysAtOneMoment) {
  std::string reply;
  Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  const auto asked = Sent<AskGroup>();
  ASSERT_EQ(asked.size(), 2u);
  ASSERT_EQ(asked[0].second.items.size(), 2u);
  Answer(1, BaseFor(asked[0].second));
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
  TellGroup tell = BaseFor(Sent<AskGroup>().at(0).second);
  tell.not_granted = true;
  Answer(1, tell);
  EXPECT_TRUE(Sent<GuardedGroup>().empty());
  tell.not_granted = false;
  Answer(2, tell);
  EXPECT_EQ(Sent<GuardedGroup>().size(), 2u);
}

TEST_F(ThreeNodesGroups, AGrantThatIsLostIsAskedForBeforeABaseIsAskedForAgain) {
  std::string reply;
  Submit({"RENAME", tag_ + "a", tag_ + "b"}, &reply);
  GrantAll();
  EXPECT_EQ(Sent<AskGroup>().size(), 2u);
  std::string key;
  uint32_t vnode = 0;
  node_->Locate(tag_ + "a", 0, &key, &vnode);
  const uint64_t from = TimeOfMs(now_ms_ + 2 * settings_.grant_ms);
  node_->OnMessage(1, 77, Prepare{5, 99, {{vnode, from, from + 1}}}, now_ms_);
  ServeDisk();
  node_->OnTick(now_ms_ += 200);
  node_->OnTick(now_ms_ += 5);
  const Outbox out = ServeDisk();
  EXPECT_TRUE(SentIn<AskGroup>(out).empty());
  EXPECT_EQ(SentIn<Prepare>(out).size(), 2u);
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
  const auto sent = Write({"COPY", tag_ + "a", tag_ + "b"});
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].second.items.size(), 2u) << "replicas differ: written as it is";
  Nack refused;
  refused.id = sent[0].second.id;
  Answer(1, refused);
  EXPECT_TRUE(Sent<AskGroup>().empty()) << "the other may have it";
  Answer(2, refused);
  EXPECT_EQ(Sent<AskGroup>().size(), 2u);
}

}  // namespace
}  // namespace kindred
