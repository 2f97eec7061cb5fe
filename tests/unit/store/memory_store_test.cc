#include "store/memory_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred {
namespace {

Batch PutBatch(const std::string& key, const std::string& value) {
  Batch batch;
  batch.Put(Column::kRecords, key, value);
  batch.counts.push_back({1, 0, 1, 0, false});
  return batch;
}

std::string ValueOf(MemoryStore& store, const std::string& key) {
  std::string value;
  return store.Load(Column::kRecords, key, &value) == Found::kFound ? value : "(missing)";
}

TEST(MemoryStore, WhatIsQueuedShowsWhenItIsSynced) {
  MemoryStore store;
  uint64_t sequence = store.Commit(PutBatch("a", "1"));
  EXPECT_EQ(ValueOf(store, "a"), "(missing)");
  EXPECT_EQ(store.durable(), 0u);
  store.Sync();
  EXPECT_EQ(ValueOf(store, "a"), "1");
  EXPECT_EQ(store.durable(), sequence);
}

TEST(MemoryStore, SyncUpToLeavesTheRestQueued) {
  MemoryStore store;
  uint64_t first = store.Commit(PutBatch("a", "1"));
  uint64_t second = store.Commit(PutBatch("a", "2"));
  store.SyncUpTo(first);
  EXPECT_EQ(ValueOf(store, "a"), "1");
  EXPECT_EQ(store.durable(), first);
  EXPECT_EQ(store.last_sequence(), second);
}

TEST(MemoryStore, DeletesAndColumnsAreKeptApart) {
  MemoryStore store;
  Batch batch;
  batch.Put(Column::kRecords, "k", "record");
  batch.Put(Column::kMeta, "k", "meta");
  store.Commit(std::move(batch));
  Batch gone;
  gone.Delete(Column::kRecords, "k");
  store.Commit(std::move(gone));
  store.Sync();
  std::string value;
  EXPECT_EQ(store.Load(Column::kRecords, "k", &value), Found::kMissing);
  EXPECT_EQ(store.Load(Column::kMeta, "k", &value), Found::kFound);
  EXPECT_EQ(value, "meta");
}

TEST(MemoryStore, ACrashKeepsWhatWasDurableAndAPrefixOfTheRest) {
  std::vector<bool> survivors_seen(5, false);
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    MemoryStore store(seed);
    store.Commit(PutBatch("durable", "yes"));
    store.Sync();
    for (int i = 0; i < 4; ++i) store.Commit(PutBatch("k" + std::to_string(i), "v"));
    store.Crash(random);

    EXPECT_EQ(ValueOf(store, "durable"), "yes");
    size_t survivors = 0;
    while (survivors < 4 && ValueOf(store, "k" + std::to_string(survivors)) == "v") ++survivors;
    for (size_t i = survivors; i < 4; ++i) {
      EXPECT_EQ(ValueOf(store, "k" + std::to_string(i)), "(missing)");
    }
    EXPECT_EQ(store.LoadCounts().Of(1, 0).keys, static_cast<int64_t>(1 + survivors));
    survivors_seen[survivors] = true;
    EXPECT_EQ(store.Commit(PutBatch("next", "v")), 6u);
  }
  for (bool seen : survivors_seen) EXPECT_TRUE(seen);
}

TEST(MemoryStore, OnlyGetMayNeedTheDisk) {
  MemoryStore store(7);
  store.Commit(PutBatch("a", "1"));
  store.Sync();
  store.set_not_in_memory_chance(0.5);
  std::string value;
  int cold = 0;
  for (int i = 0; i < 1000; ++i) {
    if (store.Get(Column::kRecords, "a", &value) == Found::kNotInMemory) ++cold;
    EXPECT_EQ(store.Load(Column::kRecords, "a", &value), Found::kFound);
  }
  EXPECT_GT(cold, 400);
  EXPECT_LT(cold, 600);
}

TEST(MemoryStore, ScanReadsAPageInOrder) {
  MemoryStore store;
  for (const char* key : {"d", "a", "c", "b"}) store.Commit(PutBatch(key, "12345"));
  store.Sync();
  ScanRequest request;
  request.from = "b";
  request.until = "d";
  std::vector<Entry> page = store.Scan(request);
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].key, "b");
  EXPECT_EQ(page[1].key, "c");

  request = {};
  request.entries_max = 3;
  EXPECT_EQ(store.Scan(request).size(), 3u);
  request.bytes_max = 6;  // the first entry fills it, the second passes it
  EXPECT_EQ(store.Scan(request).size(), 2u);
}

}  // namespace
}  // namespace kindred
