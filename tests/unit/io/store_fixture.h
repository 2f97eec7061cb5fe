#ifndef KINDRED_TESTS_UNIT_IO_STORE_FIXTURE_H_
#define KINDRED_TESTS_UNIT_IO_STORE_FIXTURE_H_

// The verbs in which the tests of the store tell their stories.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "io/rocks_store.h"
#include "tests/unit/io/temporary_directory.h"

namespace kindred {

inline RocksSettings SmallSettings() {
  RocksSettings settings;
  settings.block_cache_bytes = 8u << 20;
  settings.memtable_bytes = 8u << 20;
  return settings;
}

inline Batch PutBatch(const std::string& key, const std::string& value) {
  Batch batch;
  batch.Put(Column::kRecords, key, value);
  return batch;
}

inline Batch DeleteBatch(const std::string& key) {
  Batch batch;
  batch.Delete(Column::kRecords, key);
  return batch;
}

inline std::string ValueOf(Store& store, const std::string& key, Column column = Column::kRecords) {
  std::string value;
  return store.Load(column, key, &value) == Found::kFound ? value : "(missing)";
}

// Commits and waits until it is durable.
inline void CommitNow(RocksStore& store, Batch batch) {
  uint64_t sequence = store.Commit(std::move(batch));
  ASSERT_TRUE(store.WaitDurable(sequence, std::chrono::seconds(30)));
}

inline std::unique_ptr<RocksStore> OpenAndStart(const std::string& dir,
                                                const RocksSettings& settings = SmallSettings(),
                                                CommitListeners listeners = {}) {
  auto store = RocksStore::Open(dir, settings);
  if (!store.ok()) {
    ADD_FAILURE() << store.status().ToString();
    std::abort();
  }
  (*store)->Start(std::move(listeners));
  return *std::move(store);
}

// Why the store cannot be opened; empty if it can.
inline std::string Refusal(const std::string& dir) {
  auto store = RocksStore::Open(dir, SmallSettings());
  return store.ok() ? "" : std::string(store.status().message());
}

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_IO_STORE_FIXTURE_H_
