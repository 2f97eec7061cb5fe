// Writes that this node has logged, and that are not to be: what a crash would bring back of them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>

#include "store/keys.h"
#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

class UndoneWrites : public ThreeNodesWrites {
 protected:
  // Both others refuse it. The disk does nothing from then on.
  void RefuseByBoth() {
    Refuse(1);
    Refuse(2);
  }
  std::string TimeOut() {
    node_->OnTick(now_ms_ += 1000);
    std::string bytes;
    for (const Outbox::Reply& each : node_->outbox().replies) bytes += each.bytes;
    return bytes;
  }
  bool IsStored() {
    store_.Sync();
    std::string bytes;
    const std::string groups(kUndecidedGroupPrefix);
    return store_.Load(Column::kRecords, key_, &bytes) == Found::kFound ||
           !store_.Scan({Column::kMeta, groups, groups + '\xff'}).empty();
  }
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
