#include "io/rocks_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/keys.h"
#include "tests/unit/io/store_fixture.h"

namespace kindred {
namespace {

class RocksStoreTest : public testing::Test {
 protected:
  void Reopen(const RocksSettings& settings = SmallSettings()) {
    store_.reset();
    store_ = OpenAndStart(directory_.path(), settings);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<RocksStore> store_ = OpenAndStart(directory_.path());
};

TEST_F(RocksStoreTest, ReadsBackWhatIsDurable) {
  CommitNow(*store_, PutBatch("a", "1"));
  std::string value;
  EXPECT_EQ(store_->Get(Column::kRecords, "a", &value), Found::kFound);
  EXPECT_EQ(value, "1");
  EXPECT_EQ(store_->Get(Column::kRecords, "b", &value), Found::kMissing);
  CommitNow(*store_, DeleteBatch("a"));
  EXPECT_EQ(store_->Get(Column::kRecords, "a", &value), Found::kMissing);
}

TEST_F(RocksStoreTest, SequencesStartAtOneInEachLife) {
  EXPECT_EQ(store_->durable(), 0u);
  EXPECT_EQ(store_->Commit(PutBatch("a", "1")), 1u);
  EXPECT_EQ(store_->Commit(PutBatch("a", "2")), 2u);
  EXPECT_EQ(store_->last_sequence(), 2u);
  ASSERT_TRUE(store_->WaitDurable(2, std::chrono::seconds(30)));
  Reopen();
  EXPECT_EQ(store_->durable(), 0u);
  EXPECT_EQ(store_->Commit(PutBatch("a", "3")), 1u);
}

TEST_F(RocksStoreTest, BinaryKeysAndLargeValuesSurviveAReopen) {
  std::string key = RecordKeyOf({5, 6, 7, std::string_view("\0\xff\n", 3)});
  std::string large(100'000, 'x');  // beside the tree, as a blob
  CommitNow(*store_, PutBatch(key, large));
  CommitNow(*store_, PutBatch("small", ""));
  Reopen();
  EXPECT_EQ(ValueOf(*store_, key), large);
  EXPECT_EQ(ValueOf(*store_, "small"), "");
}

TEST_F(RocksStoreTest, ColumnsAreKeptApart) {
  Batch batch;
  batch.Put(Column::kRecords, "k", "record");
  batch.Put(Column::kExpiry, "k", "");
  batch.Put(Column::kHints, "k", "hint");
  CommitNow(*store_, std::move(batch));
  EXPECT_EQ(ValueOf(*store_, "k", Column::kExpiry), "");
  EXPECT_EQ(ValueOf(*store_, "k", Column::kHints), "hint");
  EXPECT_EQ(ValueOf(*store_, "k", Column::kMeta), "(missing)");
}

TEST_F(RocksStoreTest, WhatCloseFindsQueuedIsWritten) {
  for (int i = 0; i < 1000; ++i) store_->Commit(PutBatch("k" + std::to_string(i), "v"));
  Reopen();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ValueOf(*store_, "k" + std::to_string(i)), "v");
}

TEST_F(RocksStoreTest, WhatTheCacheDoesNotHoldIsNotInMemory) {
  for (int i = 0; i < 1000; ++i) {
    store_->Commit(PutBatch("k" + std::to_string(i), std::string(500, 'v')));
  }
  Reopen();  // replays the log into a file that nobody has read yet
  std::string value;
  EXPECT_EQ(store_->Get(Column::kRecords, "k500", &value), Found::kNotInMemory);
  EXPECT_EQ(store_->Load(Column::kRecords, "k500", &value), Found::kFound);
  EXPECT_EQ(store_->Get(Column::kRecords, "k500", &value), Found::kFound);
}

TEST_F(RocksStoreTest, ListenerHearsOfGrowingSequencesAndReadsSeeThem) {
  TemporaryDirectory directory;
  auto opened = RocksStore::Open(directory.path(), SmallSettings());
  ASSERT_TRUE(opened.ok());
  RocksStore* store = opened->get();
  std::atomic<uint64_t> heard{0};
  std::atomic<bool> always_visible{true};
  auto on_durable = [&](uint64_t durable) {
    if (durable <= heard || store->durable() < durable) always_visible = false;
    if (ValueOf(*store, "k" + std::to_string(durable)) != "v") always_visible = false;
    heard = durable;
  };
  for (int i = 1; i <= 300; ++i) store->Commit(PutBatch("k" + std::to_string(i), "v"));
  store->Start({on_durable, nullptr});
  for (int i = 301; i <= 600; ++i) store->Commit(PutBatch("k" + std::to_string(i), "v"));
  store->Close();
  EXPECT_EQ(heard, 600u);
  EXPECT_TRUE(always_visible);
}

TEST_F(RocksStoreTest, TheLastChangeOfAKeyInAGroupWins) {
  TemporaryDirectory directory;
  auto store = RocksStore::Open(directory.path(), SmallSettings());
  ASSERT_TRUE(store.ok());
  // All of this waits for the start, and so is one group.
  (*store)->Commit(PutBatch("put twice", "1"));
  (*store)->Commit(PutBatch("put twice", "2"));
  (*store)->Commit(PutBatch("put, deleted", "1"));
  (*store)->Commit(DeleteBatch("put, deleted"));
  (*store)->Commit(DeleteBatch("deleted, put"));
  Batch both = PutBatch("deleted, put", "1");
  both.Put(Column::kRecords, "deleted, put", "2");
  uint64_t last = (*store)->Commit(std::move(both));
  (*store)->Start({});
  ASSERT_TRUE((*store)->WaitDurable(last, std::chrono::seconds(30)));
  EXPECT_EQ(ValueOf(**store, "put twice"), "2");
  EXPECT_EQ(ValueOf(**store, "put, deleted"), "(missing)");
  EXPECT_EQ(ValueOf(**store, "deleted, put"), "2");
}

TEST_F(RocksStoreTest, CountsFollowTheGroups) {
  Counts expected;
  for (uint16_t i = 0; i < 5000; ++i) {
    CountChange change{static_cast<uint16_t>(i % 7), 0, 1, i % 2, i == 3000};
    expected.Apply(change);
    Batch batch = PutBatch("k" + std::to_string(i), "v");
    batch.counts.push_back(change);
    store_->Commit(std::move(batch));
    if (i % 1000 == 999) {
      Reopen();
      EXPECT_EQ(store_->LoadCounts().all(), expected.all());
    }
  }
}

TEST_F(RocksStoreTest, CommitWaitsWhileTooMuchIsQueued) {
  TemporaryDirectory directory;
  RocksSettings settings = SmallSettings();
  settings.queue_bytes_max = 10'000;
  auto store = RocksStore::Open(directory.path(), settings);
  ASSERT_TRUE(store.ok());
  std::atomic<int> committed{0};
  std::thread writer([&] {
    for (int i = 0; i < 100; ++i) {
      (*store)->Commit(PutBatch("k" + std::to_string(i), std::string(1000, 'v')));
      ++committed;
    }
  });
  // The commit thread has not started: the writer gets about ten batches in and then waits.
  while ((*store)->last_sequence() < 8) std::this_thread::yield();
  EXPECT_LT(committed, 15);
  (*store)->Start({});
  writer.join();
  EXPECT_EQ(committed, 100);
  (*store)->Close();
}

TEST_F(RocksStoreTest, EverysecAndNoAreDurableOnceWritten) {
  for (AppendFsync fsync : {AppendFsync::kEverysec, AppendFsync::kNo}) {
    RocksSettings settings = SmallSettings();
    settings.fsync = fsync;
    Reopen(settings);
    for (int i = 0; i < 100; ++i) CommitNow(*store_, PutBatch("k" + std::to_string(i), "v"));
    Reopen(settings);
    EXPECT_EQ(ValueOf(*store_, "k99"), "v");
  }
}

TEST_F(RocksStoreTest, ManyThreadsCommitAndRead) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::string value;
      for (int i = 0; i < 2000; ++i) {
        std::string key = RecordKeyOf({static_cast<uint16_t>(i), 0, 0, std::to_string(t)});
        store_->Commit(PutBatch(key, std::to_string(i)));
        store_->Get(Column::kRecords, key, &value);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(store_->WaitDurable(8000, std::chrono::seconds(30)));
  ScanRequest all;
  all.entries_max = 10'000;
  EXPECT_EQ(store_->Scan(all).size(), 8000u);
}

TEST_F(RocksStoreTest, ScanReadsPagesInOrderAcrossFilesAndMemory) {
  for (int round = 0; round < 2; ++round) {
    for (int i = round; i < 2000; i += 2) {
      std::string key = RecordKeyOf({static_cast<uint16_t>(i * 37 % 16384), 9, 0, "k"});
      store_->Commit(PutBatch(key, std::to_string(i)));
    }
    if (round == 0) Reopen();  // the first half is in a file now, the second in memory
  }
  ASSERT_TRUE(store_->WaitDurable(1000, std::chrono::seconds(30)));

  ScanRequest request;
  request.entries_max = 300;
  std::vector<std::string> keys;
  while (true) {
    std::vector<Entry> page = store_->Scan(request);
    if (page.empty()) break;
    EXPECT_LE(page.size(), 300u);
    for (const Entry& entry : page) keys.push_back(entry.key);
    request.from = keys.back() + '\0';
  }
  EXPECT_EQ(keys.size(), 2000u);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST_F(RocksStoreTest, ScanKeepsToItsBounds) {
  for (const char* key : {"a", "b", "c", "d"}) store_->Commit(PutBatch(key, "12345"));
  ASSERT_TRUE(store_->WaitDurable(4, std::chrono::seconds(30)));
  ScanRequest request;
  request.from = "b";
  request.until = "d";
  std::vector<Entry> page = store_->Scan(request);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].key, "b");
  EXPECT_EQ(page[1].value, "12345");

  request = {};
  request.bytes_max = 6;  // the first entry fills it, the second passes it
  EXPECT_EQ(store_->Scan(request).size(), 2u);
  request.column = Column::kHints;
  EXPECT_TRUE(store_->Scan(request).empty());
}

TEST_F(RocksStoreTest, PropertiesAreRocksDbs) {
  EXPECT_NE(store_->Property("rocksdb.cur-size-all-mem-tables"), "");
  EXPECT_NE(store_->Property("rocksdb.stats"), "");
  EXPECT_EQ(store_->Property("rocksdb.nonsense"), "");
}

}  // namespace
}  // namespace kindred
