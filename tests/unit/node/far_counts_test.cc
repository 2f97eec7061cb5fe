#include "node/far_counts.h"

#include <set>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class FarCountsTest : public NodeFixture {
 protected:
  using Asked = std::vector<std::pair<Peer, CountAsk>>;

  // What is asked in the next second.
  Asked Second() {
    now_ms_ += 1000;
    node_->OnSecond(now_ms_);
    return Sent<CountAsk>();
  }
  Asked SecondsUntilAsked() {
    for (int i = 0; i < 60; ++i) {
      if (Asked asked = Second(); !asked.empty()) return asked;
    }
    return {};
  }
  Counts::Number Known() { return shared_->far_keys()[0]; }
};

TEST_F(FarCountsTest, AskEachVnodeThatIsNotHeldOnce) {
  Start(5);
  std::multiset<uint32_t> asked, not_held;
  for (const auto& [peer, ask] : Second()) asked.insert(ask.vnodes.begin(), ask.vnodes.end());
  for (uint32_t vnode = 0; vnode < 8; ++vnode) {
    if (!node_->view().IsReplica(vnode)) not_held.insert(vnode);
  }
  EXPECT_FALSE(not_held.empty());
  EXPECT_EQ(asked, not_held);
  EXPECT_TRUE(Second().empty()) << "so soon";
}

TEST_F(FarCountsTest, AreKnownWhenAllHaveAnswered) {
  Start(5);
  const Asked asked = Second();
  ASSERT_GT(asked.size(), 1u);
  const auto n = static_cast<int64_t>(asked.size());
  for (const auto& [peer, ask] : asked) {
    EXPECT_EQ(Known(), Counts::Number());
    Answer(peer, CountTell{ask.id, {{5, 1}}});
  }
  EXPECT_EQ(Known(), (Counts::Number{5 * n, n}));
}

TEST_F(FarCountsTest, StayWhileSomebodyIsSilent) {
  Start(5);
  const Asked first = Second(), second = SecondsUntilAsked();
  ASSERT_GT(second.size(), 1u);
  for (const auto& [peer, ask] : first) Answer(peer, CountTell{ask.id, {{5, 1}}});
  EXPECT_EQ(Known(), Counts::Number()) << "it came too late";
  for (size_t i = 1; i < second.size(); ++i) {
    Answer(second[i].first, CountTell{second[i].second.id, {{5, 1}}});
  }
  EXPECT_EQ(Known(), Counts::Number());
}

TEST_F(FarCountsTest, AreNotAskedForWhereAllVnodesAreHeld) {
  Start(3);
  EXPECT_TRUE(Second().empty());
}

}  // namespace
}  // namespace kindred
