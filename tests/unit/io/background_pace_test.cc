#include "io/background_pace.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <string>

#include "io/data_directory.h"
#include "tests/unit/io/store_fixture.h"
#include "tests/unit/io/temporary_directory.h"

namespace kindred {
namespace {

// Enough for some ten milliseconds of background work.
void Fill(const OpenDatabase& database) {
  rocksdb::WriteOptions unsynced;
  rocksdb::ColumnFamilyHandle* records = database.handles[static_cast<size_t>(Column::kRecords)];
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = std::to_string(1'000'000 + i);
    ASSERT_TRUE(database.db->Put(unsynced, records, key, std::string(100, 'v')).ok());
  }
}

void Flush(const OpenDatabase& database) {
  ASSERT_TRUE(database.db->Flush(rocksdb::FlushOptions(), database.handles).ok());
}

class BackgroundPaceTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<OpenDatabase> opened = OpenDataDirectory(directory_.path(), SmallSettings());
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }
  void TearDown() override {
    database_.pace->Watch(nullptr);
    for (rocksdb::ColumnFamilyHandle* handle : database_.handles) {
      EXPECT_TRUE(database_.db->DestroyColumnFamilyHandle(handle).ok());
    }
  }

  TemporaryDirectory directory_;
  OpenDatabase database_;
};

TEST_F(BackgroundPaceTest, AFlushAndACompactionRest) {
  Fill(database_);
  Flush(database_);
  const uint64_t of_flush = database_.pace->rests();
  EXPECT_GT(of_flush, 0u);
  Fill(database_);
  Flush(database_);
  const uint64_t of_flushes = database_.pace->rests();
  rocksdb::ColumnFamilyHandle* records = database_.handles[static_cast<size_t>(Column::kRecords)];
  rocksdb::CompactRangeOptions all;
  ASSERT_TRUE(database_.db->CompactRange(all, records, nullptr, nullptr).ok());
  EXPECT_GT(database_.pace->rests(), of_flushes);
}

TEST_F(BackgroundPaceTest, WhatIsLeftAtTheEndDoesNotRest) {
  Fill(database_);
  database_.pace->Watch(nullptr);
  Flush(database_);
  EXPECT_EQ(database_.pace->rests(), 0u);
}

TEST_F(BackgroundPaceTest, EveryKeyIsKept) {
  Fill(database_);
  Flush(database_);
  rocksdb::ColumnFamilyHandle* records = database_.handles[static_cast<size_t>(Column::kRecords)];
  std::string value;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = std::to_string(1'000'000 + i);
    ASSERT_TRUE(database_.db->Get(rocksdb::ReadOptions(), records, key, &value).ok()) << key;
  }
}

}  // namespace
}  // namespace kindred
