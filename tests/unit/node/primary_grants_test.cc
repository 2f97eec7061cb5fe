// How a primary comes by its grants; the test plays the two other replicas of every key.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/node/node_fixture.h"
#include "topology/slot.h"

namespace kindred {
namespace {

class PrimaryGrantsTest : public NodeFixture {
 protected:
  void SetUp() override {
    settings_.stripes = 1;
    Start(3);
    for (int i = 0; keys_.size() < 2; ++i) {
      const std::string key = "key" + std::to_string(i);
      const uint32_t vnode = node_->view().topology().VnodeOf(KeySlot(key));
      if (node_->RouteOf(key) == kSelf && vnodes_.insert(vnode).second) keys_.push_back(key);
    }
  }

  void StartSet(const std::string& key) {
    std::string reply;
    EXPECT_FALSE(Submit({"SET", key, "v"}, &reply).done);
  }
  static Prepared Granted(const Prepare& prepare) {
    Prepared prepared;
    prepared.id = prepare.id;
    for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, item.from, 0});
    return prepared;
  }
  static Prepared Refused(const Prepare& prepare, uint64_t below) {
    Prepared prepared;
    prepared.id = prepare.id;
    for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, 0, below});
    return prepared;
  }
  // Both keys have been written once, so that their vnodes' grants are held and used.
  void WriteBoth() {
    for (const std::string& key : keys_) {
      StartSet(key);
      for (const auto& [peer, prepare] : Sent<Prepare>()) Answer(peer, Granted(prepare));
      for (const auto& [peer, ask] : Sent<Ask>()) Answer(peer, Tell{ask.id, true, {}});
      for (const auto& [peer, guarded] : Sent<Guarded>()) Answer(peer, Ack{guarded.id});
    }
    ServeDisk();
  }

  std::vector<std::string> keys_;  // two of different vnodes whose primary this node is
  std::set<uint32_t> vnodes_;
};

TEST_F(PrimaryGrantsTest, NothingIsWrittenBeforeAMajorityHasGranted) {
  StartSet(keys_[0]);
  const auto asked = Sent<Prepare>();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].second.actor, shared_->actor());
  EXPECT_TRUE(Sent<Ask>().empty());
  Answer(asked[0].first, Granted(asked[0].second));
  EXPECT_EQ(Sent<Ask>().size(), 2u) << "with our own that makes a majority";
}

TEST_F(PrimaryGrantsTest, PeersThatTakeLongerThanAQuestionWaitsAreHeardInTheEnd) {
  StartSet(keys_[0]);
  std::vector<std::pair<uint64_t, std::pair<Peer, Prepared>>> answers;  // and when they arrive
  bool granted = false;
  for (uint64_t passed = 0; passed < 1000 && !granted; passed += 10) {
    const Outbox out = ServeDisk();
    granted = !SentIn<Ask>(out).empty();
    for (const auto& [peer, prepare] : SentIn<Prepare>(out)) {
      answers.push_back({now_ms_ + 150, {peer, Granted(prepare)}});
    }
    now_ms_ += 10;
    node_->OnTick(now_ms_);
    for (const auto& [arrives_ms, answer] : answers) {
      if (arrives_ms == now_ms_) Answer(answer.first, answer.second);
    }
  }
  EXPECT_TRUE(granted);
}

TEST_F(PrimaryGrantsTest, WhoIsBackIsAskedAtOnce) {
  StartSet(keys_[0]);
  EXPECT_EQ(Sent<Prepare>().size(), 2u);
  now_ms_ += 150;
  node_->OnTick(now_ms_);
  EXPECT_EQ(Sent<Prepare>().size(), 2u) << "nobody has answered";
  now_ms_ += 20;
  node_->OnTick(now_ms_);
  EXPECT_TRUE(Sent<Prepare>().empty());
  node_->OnLinkUp(shared_->PeerOf(peer_ids_[0]), now_ms_);
  node_->OnTick(now_ms_);
  EXPECT_EQ(Sent<Prepare>().size(), 2u);
}

TEST_F(PrimaryGrantsTest, OurOwnReplicaGrantsDurably) {
  StartSet(keys_[0]);
  ServeDisk();
  EXPECT_EQ(store_.Scan({Column::kMeta, "grant/", "grant0"}).size(), 1u);
}

TEST_F(PrimaryGrantsTest, ARefusalByAMajorityIsAnsweredByALaterQuestion) {
  StartSet(keys_[0]);
  const uint64_t below = TimeOfMs(now_ms_ + 2000);
  for (const auto& [peer, prepare] : Sent<Prepare>()) Answer(peer, Refused(prepare, below));
  const auto again = Sent<Prepare>();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_GT(again[0].second.items[0].from, below);
  Answer(again[1].first, Granted(again[1].second));
  EXPECT_EQ(Sent<Ask>().size(), 2u);
}

TEST_F(PrimaryGrantsTest, AnswersToAnEarlierQuestionDoNotCount) {
  StartSet(keys_[0]);
  const auto first = Sent<Prepare>();
  const uint64_t below = TimeOfMs(now_ms_ + 2000);
  for (const auto& [peer, prepare] : first) Answer(peer, Refused(prepare, below));
  Sent<Prepare>();
  Answer(first[0].first, Granted(first[0].second));
  EXPECT_TRUE(Sent<Ask>().empty());
}

TEST_F(PrimaryGrantsTest, AQuestionThatNobodyAnswersIsAskedAgainAndGivenUp) {
  std::string reply;
  const Submitted submitted = Submit({"SET", keys_[0], "v"}, &reply);
  Sent<Prepare>();
  size_t questions = 0;
  std::string answer;
  for (int i = 0; i < 200 && answer.empty(); ++i) {
    now_ms_ += 10;
    node_->OnTick(now_ms_);
    const Outbox out = ServeDisk();
    questions += SentIn<Prepare>(out).size();
    for (const auto& each : out.replies) {
      if (each.request == submitted.id) answer = each.bytes;
    }
  }
  EXPECT_GT(questions, 2u);
  EXPECT_NE(answer.find("NOQUORUM"), std::string::npos) << answer;
  EXPECT_NE(answer.find("nothing was done"), std::string::npos) << answer;
}

TEST_F(PrimaryGrantsTest, GrantsInUseAreRenewedInOneMessage) {
  WriteBoth();
  std::vector<std::pair<Peer, Prepare>> asked;
  for (uint64_t passed = 0; passed < settings_.grant_ms && asked.empty(); passed += 10) {
    WriteBoth();
    now_ms_ += 10;
    node_->OnTick(now_ms_);
    asked = Sent<Prepare>();
  }
  ASSERT_EQ(asked.size(), 2u) << "one for each peer";
  EXPECT_EQ(asked[0].second.items.size(), 2u);
}

TEST_F(PrimaryGrantsTest, GrantsThatNobodyUsesRunOut) {
  WriteBoth();
  const uint64_t in_use_ms = 2000;
  for (uint64_t passed = 0; passed < in_use_ms + 2 * settings_.grant_ms; passed += 10) {
    now_ms_ += 10;
    node_->OnTick(now_ms_);
    for (const auto& [peer, prepare] : Sent<Prepare>()) {
      EXPECT_LE(passed, in_use_ms);
      Answer(peer, Granted(prepare));
    }
  }
  StartSet(keys_[0]);
  EXPECT_EQ(Sent<Prepare>().size(), 2u);
}

TEST_F(PrimaryGrantsTest, AReplicaThatCannotBeReachedIsNotWaitedFor) {
  node_->OnLinkDown(2, now_ms_);
  StartSet(keys_[0]);
  const auto asked = Sent<Prepare>();
  ASSERT_EQ(asked.size(), 1u);
  Answer(1, Refused(asked[0].second, TimeOfMs(now_ms_ + 2000)));
  EXPECT_EQ(Sent<Prepare>().size(), 1u) << "asked again at once";
}

TEST_F(PrimaryGrantsTest, ARenewalThatIsRefusedTakesNothingBack) {
  WriteBoth();
  std::vector<std::pair<Peer, Prepare>> asked;
  for (uint64_t passed = 0; passed < settings_.grant_ms && asked.empty(); passed += 10) {
    WriteBoth();
    now_ms_ += 10;
    node_->OnTick(now_ms_);
    asked = Sent<Prepare>();
  }
  for (const auto& [peer, prepare] : asked) {
    Answer(peer, Refused(prepare, TimeOfMs(now_ms_ + 2000)));
  }
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(Sent<Prepare>().empty());
    now_ms_ += 10;
    node_->OnTick(now_ms_);
  }
}

TEST_F(PrimaryGrantsTest, WhoHasJustTakenOverAsksForAShortTime) {
  StartSet(keys_[0]);
  const auto item = Sent<Prepare>().at(0).second.items.at(0);
  EXPECT_LE(item.until - item.from, TimeOfMs(100));
}

// Another node takes a vnode from this one.
class PrimaryGrantsThatAreLost : public PrimaryGrantsTest {
 protected:
  void TakeAndRenew(uint64_t until) {
    Prepare other{5, shared_->actor() + 1, {{vnode(), from_, until}}};
    node_->OnMessage(1, 77, other, now_ms_);
    ServeDisk();
  }
  uint32_t vnode() const { return node_->view().topology().VnodeOf(KeySlot(keys_[0])); }
  size_t TimesAskedFor() {
    size_t times = 0;
    for (const auto& [peer, prepare] : Sent<Prepare>()) {
      times += std::ranges::count(prepare.items, vnode(), &Prepare::Item::vnode);
    }
    return times;
  }

  const uint64_t from_ = TimeOfMs(kStartMs + 2 * settings_.grant_ms);
};

TEST_F(PrimaryGrantsThatAreLost, AreAskedForAgainInAMoment) {
  WriteBoth();
  const uint64_t until = from_ + TimeOfMs(100);
  TakeAndRenew(until);
  StartSet(keys_[0]);
  EXPECT_TRUE(Sent<Prepare>().empty()) << "the other keeps it for a moment";
  now_ms_ += 100;
  node_->OnTick(now_ms_);
  const auto asked = Sent<Prepare>();
  ASSERT_EQ(asked.size(), 2u);
  const auto& items = asked[0].second.items;
  const auto item = std::find_if(items.begin(), items.end(),
                                 [&](const Prepare::Item& i) { return i.vnode == vnode(); });
  ASSERT_NE(item, items.end());
  EXPECT_GT(item->from, until) << "above what it has granted";
}

TEST_F(PrimaryGrantsThatAreLost, AreAskedForAgainHoweverOftenTheOtherRenews) {
  WriteBoth();
  TakeAndRenew(from_ + 1);
  StartSet(keys_[0]);
  for (uint64_t i = 0; i < settings_.grant_tenure_ms / 10; ++i) {
    EXPECT_EQ(TimesAskedFor(), 0u);
    TakeAndRenew(from_ + i);
    node_->OnTick(now_ms_ += 10);
  }
  EXPECT_EQ(TimesAskedFor(), 2u);
}

TEST_F(PrimaryGrantsThatAreLost, AreAskedForBeforeABaseIsAskedForAgain) {
  StartSet(keys_[0]);
  for (const auto& [peer, prepare] : Sent<Prepare>()) Answer(peer, Granted(prepare));
  for (const auto& [peer, ask] : Sent<Ask>()) {
    Tell tell{ask.id, true, {}};
    tell.not_granted = true;
    Answer(peer, tell);
  }
  TakeAndRenew(from_ + 1);
  node_->OnTick(now_ms_ += 200);
  node_->OnTick(now_ms_ += 5);
  const Outbox out = ServeDisk();
  EXPECT_TRUE(SentIn<Ask>(out).empty());
  EXPECT_EQ(SentIn<Prepare>(out).size(), 2u);
}

}  // namespace
}  // namespace kindred
