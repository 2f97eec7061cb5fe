#include "node/sweeper.h"

#include <algorithm>
#include <string>
#include <vector>

#include "store/keys.h"
#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class SweeperTest : public NodeFixture {
 protected:
  // A tick, and whatever the disk is asked for after it. Returns where each scan began.
  std::vector<std::string> Tick(uint64_t ms) {
    now_ms_ += ms;
    node_->OnTick(now_ms_);
    std::vector<std::string> begins;
    while (true) {
      for (const Outbox::Scan& scan : node_->outbox().scans) begins.push_back(scan.from);
      if (ServeDisk().scans.empty()) return begins;
    }
  }

  void SetExpiring(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      Run({"set", "k" + std::to_string(i), "v", "px", "50"});
    }
  }

  size_t ExpiryEntries() {
    store_.Sync();
    return store_.Scan({Column::kExpiry, {}, {}, 1'000'000}).size();
  }
};

TEST_F(SweeperTest, EachPageBeginsBehindTheLastOne) {
  Start(1);
  Tick(1000);
  SetExpiring(1200);
  const std::vector<std::string> begins = Tick(1000);
  EXPECT_EQ(ExpiryEntries(), 0u);
  ASSERT_EQ(begins.size(), 4u);  // 500, 500, 200, and nothing
  EXPECT_TRUE(std::is_sorted(begins.begin(), begins.end()));
  EXPECT_EQ(std::adjacent_find(begins.begin(), begins.end()), begins.end());
  EXPECT_GE(SplitExpiryKey(begins[1])->expires_ms, kStartMs + 1000);
}

TEST_F(SweeperTest, APassPassesOverWhatWasSweptBefore) {
  Start(1);
  EXPECT_EQ(Tick(1000), std::vector<std::string>{""});
  EXPECT_EQ(Tick(1000), std::vector<std::string>{ExpiryKey(kStartMs + 1000 - 10'000, {})});
}

TEST_F(SweeperTest, WhatComesInLateIsSweptWithinAMinute) {
  Start(1);
  Tick(1000);
  Tick(20'000);
  // As from a replica that was away: it expired before the passes of late began.
  SetExpiring(1);
  Batch batch;
  batch.Put(Column::kExpiry, ExpiryKey(kStartMs - 5000, RecordKeyOf({1, 2, 0, "late"})), {});
  store_.Commit(std::move(batch));
  Tick(1000);
  EXPECT_EQ(ExpiryEntries(), 1u);
  for (int seconds = 0; seconds < 60; ++seconds) Tick(1000);
  EXPECT_EQ(ExpiryEntries(), 0u);
}

TEST_F(SweeperTest, APassEndsThoughKeysGoOnToExpire) {
  Start(1);
  Tick(1000);
  SetExpiring(1);
  now_ms_ += 1000;
  node_->OnTick(now_ms_);
  int pages = 0;
  while (!node_->outbox().scans.empty()) {
    ASSERT_LT(++pages, 10);
    now_ms_ += 10;
    Run({"set", "k" + std::to_string(pages), "v", "px", "5"});
    now_ms_ += 10;
    ServeDisk();
  }
  EXPECT_GT(ExpiryEntries(), 0u);
  Tick(1000);
  EXPECT_EQ(ExpiryEntries(), 0u);
}

TEST_F(SweeperTest, AfterAPauseItBeginsAtTheStart) {
  Start(1);
  Tick(1000);
  shared_->set_active_expiry(false);
  SetExpiring(1);
  EXPECT_TRUE(Tick(30'000).empty());
  EXPECT_EQ(ExpiryEntries(), 1u);
  shared_->set_active_expiry(true);
  EXPECT_EQ(Tick(1000).front(), "");
  EXPECT_EQ(ExpiryEntries(), 0u);
}

TEST_F(SweeperTest, ATimeWithoutTicksIsMadeUpFor) {
  Start(1);
  Tick(1000);
  SetExpiring(1);
  Tick(50'000);  // as after SIGSTOP
  EXPECT_EQ(ExpiryEntries(), 0u);
}

}  // namespace
}  // namespace kindred
