// Commands that go to another node, their keys' primary, and which have not been run there: whether
// they may be sent once more. Commands on one key keep their order.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/node/group_fixture.h"

namespace kindred {
namespace {

class ForwardedTwoOnOneKey : public ThreeNodesGroups {
 protected:
  void SetUp() override {
    settings_.suspect_after_ms = 10'000;
    StartWithTagOf(1);
    std::string reply;
    for (int i = 0; i < 2; ++i) Submit({"INCR", tag_ + "a"}, &reply);
    for (const auto& [peer, forward] : Sent<Forward>()) sent_.push_back(forward.id);
    ASSERT_EQ(sent_.size(), 2u);
  }
  // The primary has lost the key to another, and has not run the command. What follows: sent again,
  // or refused.
  std::string NotHere(uint64_t id) {
    Forwarded answer;
    answer.id = id;
    answer.outcome = Outcome::kNotHere;
    answer.clock = TimeOfMs(now_ms_);
    Answer(1, answer);
    const Outbox out = ServeDisk();
    std::string what;
    for (const Outbox::Reply& each : out.replies) what += each.bytes;
    if (!SentIn<Forward>(out).empty()) what += "sent again";
    return what;
  }
  std::vector<uint64_t> sent_;  // questions
  const std::string refused_ = "-NOQUORUM 0 of 2 replicas answered; nothing was done\r\n";
};

TEST_F(ForwardedTwoOnOneKey, OnlyTheLastGoesAgain) {
  EXPECT_EQ(NotHere(sent_[0]), refused_) << "the other one comes first";
  EXPECT_EQ(NotHere(sent_[1]), "sent again");
}

TEST_F(ForwardedTwoOnOneKey, TheLastDoesNotGoAgainAsLongAsTheOtherOneMay) {
  EXPECT_EQ(NotHere(sent_[1]), refused_);
  EXPECT_EQ(NotHere(sent_[0]), "sent again");
}

}  // namespace
}  // namespace kindred
