// Groups of writes at a node of three; the test is the other two.
#ifndef KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_
#define KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/node/node_fixture.h"

namespace kindred {

inline Record StringRecord(const std::string& value, uint64_t time) {
  Version version;
  version.dot = {1, time};
  version.kind = Kind::kString;
  version.payload = value;
  return Put(Record(), Context(), std::move(version));
}

class ThreeNodesGroups : public NodeFixture {
 protected:
  void SetUp() override { StartWithTagOf(kSelf); }
  // `tag_` is one whose slot's primary is `primary`.
  void StartWithTagOf(Peer primary) {
    Start(3);
    for (int i = 0; tag_.empty(); ++i) {
      const std::string tag = "{" + std::to_string(i) + "}";
      if (node_->RouteOf(tag) == primary) tag_ = tag;
    }
  }
  void GrantAll() {
    for (auto& [peer, prepare] : Sent<Prepare>()) {
      Prepared prepared{prepare.id, {}};
      for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, 1, 0});
      Answer(peer, prepared);
    }
  }
  // Of two keys another replica has "v" of the first, and of the second what this node has.
  static TellGroup BaseFor(const AskGroup& ask) {
    TellGroup tell{ask.id, {Tell(), Tell()}, {}};
    tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
    tell.items[1].same = true;
    return tell;
  }
  // Runs a command on two keys as far as its writes, which are returned.
  std::vector<std::pair<Peer, GuardedGroup>> Write(const Words& words) {
    std::string reply;
    Submit(words, &reply);
    GrantAll();
    Answer(1, BaseFor(Sent<AskGroup>().at(0).second));
    return Sent<GuardedGroup>();
  }
  std::string tag_;
};

// A write of one key, or of two as a group, that has been sent to both others.
class ThreeNodesWrites : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    settings_.suspect_after_ms = 10'000;
    ThreeNodesGroups::SetUp();
    node_->Locate(tag_ + "a", 0, &key_, &vnode_);
  }
  void StartSet() {
    Submit({"SET", tag_ + "a", "v"}, &reply_);
    GrantAll();
    for (const auto& [peer, ask] : Sent<Ask>()) Answer(peer, Tell{ask.id, true, {}});
    const auto sent = Sent<Guarded>();
    ASSERT_EQ(sent.size(), 2u);
    id_ = sent[0].second.id;
  }
  void StartRename() { id_ = Write({"RENAME", tag_ + "a", tag_ + "b"}).at(0).second.id; }
  // Another node becomes the keys' primary.
  void GrantToAnother() {
    const uint64_t from = TimeOfMs(now_ms_ + 2 * settings_.grant_ms);
    node_->OnMessage(1, 77, Prepare{5, 99, {{vnode_, from, from + 1}}}, now_ms_);
    node_->OnTick(now_ms_ += 100);  // as long as it may go on with what it is writing
    ASSERT_EQ(node_->outbox().answers.size(), 1u);
    ServeDisk();
  }
  // This node becomes it again, for the sake of another key.
  void TakeBack() {
    Submit({"SET", tag_ + "z", "w"}, &reply_);
    node_->OnTick(now_ms_ += 5);
    GrantAll();
    ASSERT_EQ(Sent<Ask>().size(), 2u) << "under the new grant";
  }
  void Refuse(Peer from) {
    Nack nack;
    nack.id = id_;
    Answer(from, nack);
  }

  std::string reply_;
  std::string key_;  // of the record; of its vnode are all keys
  uint32_t vnode_ = 0;
  uint64_t id_ = 0;  // of what has been sent
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_
