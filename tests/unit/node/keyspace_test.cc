#include "node/keyspace.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class KeyspaceTest : public NodeFixture {
 protected:
  void SetUp() override { Start(1); }

  void Set(const std::string& key, uint8_t db = 0) { Run({"SET", key, "v"}, db); }
  int64_t DbSize(uint8_t db = 0) { return Run({"DBSIZE"}, db).integer; }

  struct Page {
    std::string cursor;
    Words keys;
  };
  Page Scan(const std::string& cursor, const Words& options = {}, uint8_t db = 0) {
    Words words = {"SCAN", cursor};
    words.insert(words.end(), options.begin(), options.end());
    const ReplyNode reply = Run(words, db);
    EXPECT_EQ(reply.items.size(), 2u) << reply.text;
    Page page{reply.items.at(0).text, {}};
    for (const ReplyNode& key : reply.items.at(1).items) page.keys.push_back(key.text);
    return page;
  }

  // A whole scan; how often it told each key.
  std::map<std::string, int> ScanAll(const Words& options = {}, uint8_t db = 0) {
    std::map<std::string, int> told;
    std::string cursor = "0";
    for (int pages = 0; pages < 10'000; ++pages) {
      const Page page = Scan(cursor, options, db);
      for (const std::string& key : page.keys) ++told[key];
      cursor = page.cursor;
      if (cursor == "0") return told;
    }
    ADD_FAILURE() << "the scan does not end";
    return told;
  }

  std::map<std::string, int> Fill(int keys, uint8_t db = 0, const std::string& prefix = "key") {
    std::map<std::string, int> once;
    for (int i = 0; i < keys; ++i) {
      const std::string key = prefix + std::to_string(i);
      Set(key, db);
      once[key] = 1;
    }
    return once;
  }
};

TEST_F(KeyspaceTest, ScanOfNothingEndsAtOnce) {
  const Page page = Scan("0");
  EXPECT_EQ(page.cursor, "0");
  EXPECT_TRUE(page.keys.empty());
}

TEST_F(KeyspaceTest, ScanTellsEveryKeyOnce) {
  const auto keys = Fill(1500);
  EXPECT_EQ(ScanAll(), keys);
  EXPECT_EQ(ScanAll({"COUNT", "1"}), keys);
  EXPECT_EQ(ScanAll({"COUNT", "777"}), keys);
  EXPECT_EQ(ScanAll({"COUNT", "1000000"}), keys);
}

TEST_F(KeyspaceTest, ScanTellsAsManyAsWereAskedFor) {
  Fill(100);
  EXPECT_EQ(Scan("0").keys.size(), 10u);
  EXPECT_EQ(Scan("0", {"COUNT", "1"}).keys.size(), 1u);
  EXPECT_EQ(Scan("0", {"COUNT", "33"}).keys.size(), 33u);
  EXPECT_EQ(Scan("0", {"COUNT", "100"}).keys.size(), 100u);
}

TEST_F(KeyspaceTest, KeysOfOneSlotAreTakenApartByTheirPlaces) {
  const auto keys = Fill(1200, 0, "{tag}");
  EXPECT_EQ(ScanAll({"COUNT", "7"}), keys);
}

TEST_F(KeyspaceTest, ACallThatFindsNothingLooksAtNoMoreThanAPage) {
  Fill(1500);
  const Page page = Scan("0", {"MATCH", "other*", "COUNT", "1"});
  EXPECT_NE(page.cursor, "0");
  EXPECT_TRUE(page.keys.empty());
  EXPECT_TRUE(ScanAll({"MATCH", "other*"}).empty());
}

TEST_F(KeyspaceTest, ScanTellsEveryKeyAlsoWhereValuesFillItsPages) {
  auto keys = Fill(40);
  const std::string large(size_t{3} << 19, 'x');  // more than a page holds
  for (const std::string key : {"key7", "key21", "large"}) {
    for (uint8_t db : {0, 1}) Run({"SET", key, large}, db);
    keys[key] = 1;
  }
  EXPECT_EQ(ScanAll({"COUNT", "1"}), keys);
  EXPECT_EQ(ScanAll({"COUNT", "10"}), keys);
  EXPECT_EQ(Run({"KEYS", "*"}).items.size(), keys.size());
}

TEST_F(KeyspaceTest, DatabasesAreScannedEachForItself) {
  const auto zero = Fill(600, 0), three = Fill(40, 3, "other");
  Set("key0", 3);  // the same place in two databases
  EXPECT_EQ(ScanAll({"COUNT", "5"}, 0), zero);
  auto of_three = three;
  of_three["key0"] = 1;
  EXPECT_EQ(ScanAll({"COUNT", "5"}, 3), of_three);
  EXPECT_TRUE(ScanAll({}, 1).empty());
}

TEST_F(KeyspaceTest, TheSameKeyInTwoDatabasesIsTwoKeys) {
  Run({"SET", "k", "zero"}, 0);
  Run({"SET", "k", "one"}, 1);
  EXPECT_EQ(Run({"GET", "k"}, 0).text, "zero");
  EXPECT_EQ(Run({"GET", "k"}, 1).text, "one");
  Run({"DEL", "k"}, 0);
  EXPECT_EQ(Run({"GET", "k"}, 0).type, ReplyNode::Type::kNil);
  EXPECT_EQ(Run({"GET", "k"}, 1).text, "one");
  EXPECT_EQ(DbSize(0), 0);
  EXPECT_EQ(DbSize(1), 1);
}

TEST_F(KeyspaceTest, ScanHidesWhatIsDeletedOrHasExpired) {
  Fill(20);
  Run({"DEL", "key3"});
  Run({"PEXPIRE", "key4", "100"});
  now_ms_ += 100;
  const auto told = ScanAll();
  EXPECT_EQ(told.size(), 18u);
  EXPECT_FALSE(told.contains("key3"));
  EXPECT_FALSE(told.contains("key4"));
}

TEST_F(KeyspaceTest, KeysThatStayAreToldWhateverElseHappens) {
  const auto stay = Fill(300, 0, "stay");
  Fill(300, 0, "go");
  std::map<std::string, int> told;
  std::string cursor = "0";
  int step = 0;
  do {
    const Page page = Scan(cursor, {"COUNT", "9"});
    for (const std::string& key : page.keys) ++told[key];
    cursor = page.cursor;
    Run({"DEL", "go" + std::to_string(step)});
    Set("come" + std::to_string(step++));
  } while (cursor != "0");
  for (const auto& [key, once] : stay) EXPECT_EQ(told[key], 1) << key;
}

TEST_F(KeyspaceTest, MatchAndTypeFilter) {
  Fill(50);
  Set("apple");
  EXPECT_EQ(ScanAll({"MATCH", "a*"}), (std::map<std::string, int>{{"apple", 1}}));
  EXPECT_EQ(ScanAll({"TYPE", "STRING"}).size(), 51u);
  EXPECT_TRUE(ScanAll({"TYPE", "hash"}).empty());
}

TEST_F(KeyspaceTest, ACursorThatIsNoneIsRefused) {
  EXPECT_EQ(Run({"SCAN", "x"}).text, "ERR invalid cursor");
  EXPECT_EQ(Run({"SCAN", "0", "COUNT", "0"}).text, "ERR syntax error");
}

TEST_F(KeyspaceTest, AnyCursorIsAPlace) {
  Fill(50);
  for (const char* cursor : {"1", "70368744177663", "18446744073709551615"}) {
    const Page page = Scan(cursor);
    EXPECT_LE(page.keys.size(), 50u) << cursor;
  }
}

TEST_F(KeyspaceTest, KeysTellsAllThatFit) {
  Fill(700);
  EXPECT_EQ(Run({"KEYS", "*"}).items.size(), 700u);
  EXPECT_EQ(Run({"KEYS", "key69?"}).items.size(), 10u);
  EXPECT_EQ(Run({"KEYS", "nothing*"}).items.size(), 0u);
}

TEST_F(KeyspaceTest, RandomKeyIsOneOfThem) {
  EXPECT_EQ(Run({"RANDOMKEY"}).type, ReplyNode::Type::kNil);
  const auto keys = Fill(5);
  Set("elsewhere", 2);
  std::set<std::string> drawn;
  for (int i = 0; i < 200; ++i) drawn.insert(Run({"RANDOMKEY"}).text);
  EXPECT_EQ(drawn.size(), keys.size());
  for (const std::string& key : drawn) EXPECT_TRUE(keys.contains(key)) << key;
}

TEST_F(KeyspaceTest, DbSizeCountsLiveKeys) {
  EXPECT_EQ(DbSize(), 0);
  Fill(12);
  Fill(3, 5);
  EXPECT_EQ(DbSize(), 12);
  EXPECT_EQ(DbSize(5), 3);
  Set("key0");
  EXPECT_EQ(DbSize(), 12) << "it was there";
  Run({"DEL", "key0"});
  EXPECT_EQ(DbSize(), 11);
}

TEST_F(KeyspaceTest, FlushDbEmptiesOneDatabase) {
  Fill(30);
  Fill(4, 1);
  EXPECT_EQ(Run({"FLUSHDB"}).text, "OK");
  EXPECT_EQ(DbSize(), 0);
  EXPECT_TRUE(ScanAll().empty());
  EXPECT_EQ(Run({"GET", "key0"}).type, ReplyNode::Type::kNil);
  EXPECT_EQ(Run({"RANDOMKEY"}).type, ReplyNode::Type::kNil);
  EXPECT_EQ(DbSize(1), 4);
}

TEST_F(KeyspaceTest, FlushAllEmptiesAllOfThem) {
  Fill(30);
  Fill(4, 1);
  EXPECT_EQ(Run({"FLUSHALL"}).text, "OK");
  EXPECT_EQ(DbSize(), 0);
  EXPECT_EQ(DbSize(1), 0);
}

TEST_F(KeyspaceTest, WhatIsWrittenAfterAFlushIsThere) {
  Run({"SET", "n", "5"});
  Run({"FLUSHDB"});
  EXPECT_EQ(Run({"INCR", "n"}).integer, 1) << "nothing of what was there is left";
  Set("k");
  EXPECT_EQ(DbSize(), 2);
  EXPECT_EQ(ScanAll().size(), 2u);
}

TEST_F(KeyspaceTest, AFlushWhileTheWallClockIsSetBackEndsOnlyWhatWasThere) {
  Set("old");
  now_ms_ -= 3'600'000;
  EXPECT_EQ(Run({"FLUSHALL"}).text, "OK");
  EXPECT_EQ(DbSize(), 0);
  Set("new");
  EXPECT_EQ(Run({"GET", "new"}).text, "v");
  EXPECT_EQ(DbSize(), 1);
}

TEST_F(KeyspaceTest, AFlushLastsOverARestart) {
  Fill(10);
  Run({"FLUSHDB"});
  Set("later");
  store_.Sync();
  node_.reset();
  shared_.reset();
  Start(1);
  EXPECT_EQ(Run({"GET", "key0"}).type, ReplyNode::Type::kNil);
  EXPECT_EQ(DbSize(), 1);
  EXPECT_EQ(ScanAll(), (std::map<std::string, int>{{"later", 1}}));
}

class ClusterFlushTest : public NodeFixture {
 protected:
  void SetUp() override {
    settings_.max_clock_drift_ms = 500;
    Start(3);
  }

  // FLUSHALL, heard by both peers, whose clocks are as those of the flush before; its time.
  uint64_t Flush(std::string* reply) {
    reply->clear();
    const Submitted submitted = Submit({"FLUSHALL"}, reply);
    uint64_t time = 0;
    for (const auto& [peer, flush] : Sent<kindred::Flush>()) {
      time = flush.time;
      Answer(peer, Flushed{flush.id, last_});
    }
    last_ = time;
    for (const Outbox::Reply& each : ServeDisk().replies) {
      if (each.request == submitted.id) *reply = each.bytes;
    }
    return time;
  }

  uint64_t last_ = 0;
};

TEST_F(ClusterFlushTest, FlushesThatFollowEachOtherDoNotRunAheadOfTheWallClock) {
  for (int i = 0; i < 2'000; ++i) {
    ++now_ms_;
    std::string reply;
    ASSERT_LE(Flush(&reply), TimeOfMs(now_ms_ + 11));
    ASSERT_EQ(reply, "+OK\r\n") << i;
  }
}

TEST_F(ClusterFlushTest, AFlushThatNobodyWouldBelieveIsNotBegun) {
  std::string reply;
  int flushes = 0;
  while (Flush(&reply) != 0) ASSERT_LT(++flushes, 5'000);
  EXPECT_EQ(reply, "-TRYAGAIN times are too far ahead; nothing was done\r\n");
  now_ms_ += 2;
  EXPECT_NE(Flush(&reply), 0u);
  EXPECT_EQ(reply, "+OK\r\n");
}

TEST_F(KeyspaceTest, TheSweeperBuriesWhatHasExpired) {
  Fill(300);
  for (int i = 0; i < 250; ++i) Run({"PEXPIRE", "key" + std::to_string(i), "100"});
  EXPECT_EQ(DbSize(), 300);
  now_ms_ += 100;
  for (int ticks = 0; ticks < 10; ++ticks) {
    node_->OnTick(now_ms_);
    ServeDisk();
    now_ms_ += 10;
  }
  EXPECT_EQ(DbSize(), 50);
  EXPECT_EQ(store_.Scan({Column::kExpiry, {}, {}}).size(), 0u);
}

}  // namespace
}  // namespace kindred
