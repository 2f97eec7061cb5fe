// Writes that this node has logged, and that are not to be: what a crash would bring back of them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>

#include "store/keys.h"
#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

class UndoneWrites : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    settings_.suspect_after_ms = 10'000;
    ThreeNodesGroups::SetUp();
    node_->Locate(tag_ + "a", 0, &key_, &vnode_);
  }
  // To both others, and synced here.
  void StartSet() {
    Submit({"SET", tag_ + "a", "v"}, &reply_);
    GrantAll();
    for (const auto& [peer, ask] : Sent<Ask>()) Answer(peer, Tell{ask.id, true, {}});
    const auto sent = Sent<Guarded>();
    ASSERT_EQ(sent.size(), 2u);
    id_ = sent[0].second.id;
  }
  void StartRename() { id_ = Write({"RENAME", tag_ + "a", tag_ + "b"}).at(0).second.id; }
  // Both others refuse it. The disk does nothing from then on.
  void RefuseByBoth() {
    Nack nack;
    nack.id = id_;
    Answer(1, nack);
    Answer(2, nack);
  }
  std::string TimeOut() {
    node_->OnTick(now_ms_ += 1000);
    std::string bytes;
    for (const Outbox::Reply& each : node_->outbox().replies) bytes += each.bytes;
    return bytes;
  }
  // This node becomes the primary again, for the sake of another key.
  void TakeBack() {
    Submit({"SET", tag_ + "z", "w"}, &reply_);
    node_->OnTick(now_ms_ += 5);
    GrantAll();
    ASSERT_EQ(Sent<Ask>().size(), 2u) << "under the new grant";
  }
  void GrantToAnother() {
    const uint64_t from = TimeOfMs(now_ms_ + 2 * settings_.grant_ms);
    node_->OnMessage(1, 77, Prepare{5, 99, {{vnode_, from, from + 1}}}, now_ms_);
    node_->OnTick(now_ms_ += 100);  // as long as it may go on with what it is writing
    ASSERT_EQ(SentIn<Prepare>(node_->outbox()).size(), 0u);
    ASSERT_EQ(node_->outbox().answers.size(), 1u);
  }
  bool IsStored() {
    store_.Sync();
    std::string bytes;
    const std::string groups(kUndecidedGroupPrefix);
    return store_.Load(Column::kRecords, key_, &bytes) == Found::kFound ||
           !store_.Scan({Column::kMeta, groups, groups + '\xff'}).empty();
  }

  std::string reply_;
  std::string key_;
  uint32_t vnode_ = 0;
  uint64_t id_ = 0;
};

TEST_F(UndoneWrites, AreOfUnknownOutcomeUntilThatIsDurable) {
  StartSet();
  RefuseByBoth();
  EXPECT_NE(TimeOut().find("may still take effect"), std::string::npos);
}

TEST_F(UndoneWrites, AreRefusedOnceThatIsDurable) {
  StartSet();
  RefuseByBoth();
  store_.Sync();
  EXPECT_NE(TimeOut().find("nothing was done"), std::string::npos);
}

TEST_F(UndoneWrites, OfGroupsAreOfUnknownOutcomeUntilThatIsDurable) {
  StartRename();
  RefuseByBoth();
  EXPECT_NE(TimeOut().find("may still take effect"), std::string::npos);
}

TEST_F(UndoneWrites, OfGroupsAreRefusedOnceThatIsDurable) {
  StartRename();
  RefuseByBoth();
  store_.Sync();
  EXPECT_NE(TimeOut().find("nothing was done"), std::string::npos);
}

TEST_F(UndoneWrites, AreNotHereAnyMoreWhenAnotherIsGrantedTheirKey) {
  StartSet();
  EXPECT_TRUE(IsStored());
  GrantToAnother();
  EXPECT_FALSE(IsStored());
  Answer(1, Ack{id_});
  Answer(2, Ack{id_});
  EXPECT_TRUE(IsStored()) << "the others have decided it";
}

TEST_F(UndoneWrites, DoNotCountHereEvenIfTheKeyIsOursAgain) {
  StartSet();
  GrantToAnother();
  TakeBack();
  Answer(1, Ack{id_});
  EXPECT_TRUE(ServeDisk().replies.empty());
  Answer(2, Ack{id_});
  EXPECT_EQ(ServeDisk().replies.size(), 1u);
}

TEST_F(UndoneWrites, OfGroupsDoNotCountHereEvenIfTheKeysAreOursAgain) {
  StartRename();
  GrantToAnother();
  TakeBack();
  Answer(1, Ack{id_});
  EXPECT_TRUE(ServeDisk().replies.empty());
  Answer(2, Ack{id_});
  EXPECT_EQ(ServeDisk().replies.size(), 1u);
}

TEST_F(UndoneWrites, OfGroupsAreNotHereAnyMoreWhenAnotherIsGrantedTheirKeys) {
  StartRename();
  EXPECT_TRUE(IsStored());
  GrantToAnother();
  EXPECT_FALSE(IsStored());
  Answer(1, Ack{id_});
  node_->OnTick(now_ms_ += 1000);
  EXPECT_FALSE(IsStored());
  node_->outbox() = {};
  node_->OnMessage(1, 77, Ask{5, key_, std::nullopt}, now_ms_);
  const Outbox out = ServeDisk();
  ASSERT_EQ(out.answers.size(), 1u);
  EXPECT_EQ(std::get<Tell>(out.answers[0].message).undecided.size(), 1u)
      << "but this life does nothing with its keys before it is concluded";
}

}  // namespace
}  // namespace kindred
