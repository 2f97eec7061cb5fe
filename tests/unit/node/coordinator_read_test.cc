// Reads while the log of the coordinator's node is slow; the test plays the two other replicas of
// every key.

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class ReadsBesideASlowLog : public NodeFixture {
 protected:
  // Two keys have been written here, and the sync takes longer than anybody waits.
  void SetUp() override {
    settings_.stripes = 1;
    Start(3);
    consistency_.write = Level::Number(1);
    for (int i = 0; keys_.size() < 2; ++i) {
      const std::string key = "key" + std::to_string(i);
      if (node_->RouteOf(key) == kSelf) keys_.push_back(key);
    }
    std::string reply;
    for (const std::string& key : keys_) Submit({"SET", key, "v"}, &reply);
    node_->OnTick(now_ms_);
    now_ms_ += settings_.hedge_ms_max + 1;
    node_->OnTick(now_ms_);
    ASSERT_TRUE(shared_->log_is_slow(now_ms_));
  }

  // Reads both keys, which is more than what is answered where its bytes arrived.
  Submitted ReadBoth(Level level, std::string* reply) {
    consistency_.read = level;
    node_->outbox() = {};
    return Submit({"EXISTS", keys_[0], keys_[1]}, reply);
  }
  // How often others are asked for that.
  size_t AsksOf(Level level) {
    std::string reply;
    ReadBoth(level, &reply);
    return SentIn<Ask>(node_->outbox()).size();
  }

  Words keys_;
};

TEST_F(ReadsBesideASlowLog, AreLeftToOtherReplicas) {
  EXPECT_EQ(AsksOf(Level::Quorum()), 4u) << "both others, for each key";
  EXPECT_EQ(AsksOf(Level::Number(1)), 2u);
}

TEST_F(ReadsBesideASlowLog, CountThisNodesCopyAgainOnceItIsSynced) {
  store_.Sync();
  EXPECT_EQ(AsksOf(Level::Quorum()), 2u);
  EXPECT_EQ(AsksOf(Level::Number(1)), 0u);
}

TEST_F(ReadsBesideASlowLog, AtLocalAreThisNodesOwnAndWaitForItsSync) {
  EXPECT_EQ(AsksOf(Level::Local()), 0u);
  std::string reply;
  const Submitted read = ReadBoth(Level::Local(), &reply);
  EXPECT_TRUE(read.done);
  EXPECT_EQ(reply, ":2\r\n");
  EXPECT_GT(read.after, store_.durable());
}

}  // namespace
}  // namespace kindred
