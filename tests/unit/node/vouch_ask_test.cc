// What a node tells who asks it to vouch.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/node/vouch_fixture.h"

namespace kindred {
namespace {

class VouchingForOthers : public VouchFixture {
 protected:
  Vouch WordFor(Peer from, const Standing& known) {
    node_->OnMessage(from, from, VouchAsk{7, known}, now_ms_);
    const auto sent = Sent<Vouch>();
    EXPECT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent.at(0).first, from);
    EXPECT_EQ(sent.at(0).second.id, 7u);
    return sent.at(0).second;
  }
};

TEST_F(VouchingForOthers, ItTellsWhichVnodesHaveChangedSince) {
  const Standing before = WordFor(kNear, {}).standing;
  shared_->NoteChange(3);
  const Vouch vouch = WordFor(kNear, before);
  EXPECT_FALSE(vouch.all);
  EXPECT_EQ(vouch.changed, std::vector<uint32_t>{3});
  EXPECT_EQ(vouch.standing.changes, before.changes + 1);
}

TEST_F(VouchingForOthers, ACopyIsAChangeAndAGuardedWriteIsNone) {
  const std::string key = KeyOf(kFar);
  Grant(key, kFar);
  const Standing before = WordFor(kNear, {}).standing;
  Write(key, "v", {});
  EXPECT_EQ(WordFor(kNear, before).standing, before);
  Version version;
  version.dot = {5, TimeOfMs(now_ms_)};
  version.kind = Kind::kString;
  const Replicate copy{0, RecordKeyOf(key), Put({}, {}, version)};
  Send(kNear, copy);
  EXPECT_EQ(WordFor(kNear, before).changed, std::vector<uint32_t>{VnodeOf(key)});
  const Standing after = WordFor(kNear, before).standing;
  Send(kNear, copy);
  EXPECT_EQ(WordFor(kNear, before).standing, after) << "it brought nothing new";
}

TEST_F(VouchingForOthers, AGrantToAnotherIsAChangeAndTheFirstOneIsNone) {
  const std::string key = KeyOf(kFar);
  const Standing before = WordFor(kNear, {}).standing;
  Grant(key, kFar);
  Grant(key, kFar);
  EXPECT_EQ(WordFor(kNear, before).standing, before);
  Grant(key, kNear);
  EXPECT_EQ(WordFor(kNear, before).changed, std::vector<uint32_t>{VnodeOf(key)});
}

TEST_F(VouchingForOthers, WhoAsksToBeInStepIsToldUnderWhoseGrantItWouldBe) {
  const std::string key = KeyOf(kFar);
  Grant(key, kFar);
  for (const bool wanted : {false, true}) {
    answers_.clear();
    Send(kNear, Ask{1, RecordKeyOf(key), {}, wanted});
    ASSERT_EQ(answers_.size(), 1u);
    const auto step = std::get<Tell>(answers_[0].message).step;
    ASSERT_EQ(step.has_value(), wanted);
    if (!wanted) continue;
    EXPECT_EQ(step->standing, shared_->changes().StandingFor(kNear));
    EXPECT_EQ(step->holder, ActorOf(kFar));
    EXPECT_FALSE(step->holds);
  }
}

}  // namespace
}  // namespace kindred
