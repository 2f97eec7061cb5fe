// Writes that a flush overtakes while they are on their way: which of them count as done, which are
// run again, and of which nobody knows.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

class FlushedWrites : public ThreeNodesWrites {
 protected:
  void Flush() {
    node_->OnMessage(1, 77, kindred::Flush{4, 0xffff, TimeOfMs(now_ms_ + 20)}, now_ms_);
    ServeDisk();
  }
  // What the client has been answered by now.
  std::string Reply() {
    std::string bytes;
    for (const Outbox::Reply& each : ServeDisk().replies) bytes += each.bytes;
    return bytes;
  }
};

TEST_F(FlushedWrites, AreDoneIfAMajorityOfTheOthersHadTakenThem) {
  StartSet();
  Flush();
  Answer(1, Ack{id_});
  EXPECT_EQ(Reply(), "") << "our own copy does not count any more";
  Answer(2, Ack{id_});
  EXPECT_EQ(Reply(), "+OK\r\n");
  consistency_.read = Level::Local();
  EXPECT_EQ(Run({"EXISTS", tag_ + "a"}).integer, 0);
}

TEST_F(FlushedWrites, AreRunAgainIfTooFewHadTakenThem) {
  StartSet();
  Flush();
  Answer(1, Ack{id_});
  Refuse(2);
  const auto asked = Sent<Ask>();
  EXPECT_EQ(asked.size(), 2u);
  for (const auto& [peer, ask] : asked) Answer(peer, Tell{ask.id, true, {}});
  const auto again = Sent<Guarded>();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_GT(again[0].second.version.dot.time, TimeOfMs(now_ms_ + 20));
}

TEST_F(FlushedWrites, AreOfUnknownOutcomeIfNotAllHaveAnswered) {
  StartSet();
  Flush();
  Refuse(2);
  node_->OnTick(now_ms_ += 1000);
  EXPECT_NE(Reply().find("may still take effect"), std::string::npos);
}

TEST_F(FlushedWrites, AreOfUnknownOutcomeIfAnotherPrimaryMayHaveMetThem) {
  StartSet();
  GrantToAnother();
  Flush();
  Answer(1, Ack{id_});
  Refuse(2);
  EXPECT_NE(Reply().find("may still take effect"), std::string::npos);
}

TEST_F(FlushedWrites, AreOfUnknownOutcomeAlsoIfThatIsOverAgain) {
  StartSet();
  GrantToAnother();
  TakeBack();
  Flush();
  Answer(1, Ack{id_});
  Refuse(2);
  EXPECT_NE(Reply().find("may still take effect"), std::string::npos);
}

TEST_F(FlushedWrites, OfGroupsAreDoneIfAMajorityOfTheOthersHadTakenThem) {
  StartRename();
  Flush();
  Answer(1, Ack{id_});
  EXPECT_EQ(Reply(), "");
  Answer(2, Ack{id_});
  EXPECT_EQ(Reply(), "+OK\r\n");
}

TEST_F(FlushedWrites, OfGroupsAreRunAgainIfTooFewHadTakenThem) {
  StartRename();
  Flush();
  Answer(1, Ack{id_});
  EXPECT_TRUE(Sent<AskGroup>().empty());
  Refuse(2);
  EXPECT_EQ(Sent<AskGroup>().size(), 2u);
}

TEST_F(FlushedWrites, OfGroupsAreOfUnknownOutcomeIfAnotherPrimaryMayHaveMetThem) {
  StartRename();
  GrantToAnother();
  Flush();
  Answer(1, Ack{id_});
  Refuse(2);
  EXPECT_NE(Reply().find("may still take effect"), std::string::npos);
}

}  // namespace
}  // namespace kindred
