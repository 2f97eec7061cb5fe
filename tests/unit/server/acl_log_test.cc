#include "server/acl_log.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

constexpr size_t kMax = 3;

class AclLogTest : public testing::Test {
 protected:
  void Deny(AclReason reason, std::string object, uint64_t now_ms, std::string user = "alice") {
    AclLogEntry entry;
    entry.reason = reason;
    entry.context = "toplevel";
    entry.object = std::move(object);
    entry.user = std::move(user);
    entry.client = "client at " + std::to_string(now_ms);
    log_.Add(std::move(entry), now_ms, kMax);
  }
  std::string Objects() const {
    std::string objects;
    for (const AclLogEntry& entry : log_.Newest(100)) {
      objects += entry.object + "*" + std::to_string(entry.count) + " ";
    }
    return objects;
  }
  AclLog log_;
};

TEST_F(AclLogTest, TheNewestComeFirst) {
  Deny(AclReason::kCommand, "get", 1);
  Deny(AclReason::kKey, "k", 2);
  EXPECT_EQ(Objects(), "k*1 get*1 ");
  EXPECT_EQ(log_.Newest(1).size(), 1u);
  EXPECT_EQ(log_.Newest(0).size(), 0u);
  EXPECT_EQ(log_.Newest(1)[0].id, 1u);
}

TEST_F(AclLogTest, WhatRepeatsWithinAMinuteIsOneEntry) {
  Deny(AclReason::kCommand, "get", 1);
  Deny(AclReason::kKey, "k", 2);
  Deny(AclReason::kCommand, "get", 60001);
  EXPECT_EQ(Objects(), "get*2 k*1 ");
  const AclLogEntry entry = log_.Newest(1)[0];
  EXPECT_EQ(entry.id, 0u);
  EXPECT_EQ(entry.created_ms, 1u);
  EXPECT_EQ(entry.updated_ms, 60001u);
  EXPECT_EQ(entry.client, "client at 60001");
  Deny(AclReason::kCommand, "get", 120002);
  EXPECT_EQ(Objects(), "get*1 get*2 k*1 ");
}

TEST_F(AclLogTest, OtherReasonsUsersAndObjectsAreOtherEntries) {
  Deny(AclReason::kCommand, "get", 1);
  Deny(AclReason::kKey, "get", 1);
  Deny(AclReason::kCommand, "get", 1, "bob");
  EXPECT_EQ(Objects(), "get*1 get*1 get*1 ");
}

TEST_F(AclLogTest, TheOldestAreForgotten) {
  for (int i = 0; i < 5; ++i) Deny(AclReason::kKey, std::to_string(i), 1);
  EXPECT_EQ(Objects(), "4*1 3*1 2*1 ");
  constexpr AclLog::Totals kTotals = {0, 5, 0};  // in the order of AclReason
  EXPECT_EQ(log_.totals(), kTotals);
  log_.Reset();
  EXPECT_EQ(Objects(), "");
  EXPECT_EQ(log_.totals(), kTotals);
}

}  // namespace
}  // namespace kindred
