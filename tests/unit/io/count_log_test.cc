#include "io/count_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/data_directory.h"
#include "tests/unit/io/temporary_directory.h"

namespace kindred {
namespace {

class CountLogTest : public testing::Test {
 protected:
  CountLogTest() { EXPECT_TRUE(log_.Load(database_.db.get()).ok()); }
  ~CountLogTest() override {
    for (auto* handle : database_.handles) {
      EXPECT_TRUE(database_.db->DestroyColumnFamilyHandle(handle).ok());
    }
  }

  void Append(const std::vector<CountChange>& changes) {
    rocksdb::WriteBatch batch;
    log_.Append(changes, &batch);
    ASSERT_TRUE(database_.db->Write(rocksdb::WriteOptions(), &batch).ok());
  }
  Counts Loaded() {
    CountLog other(meta());
    EXPECT_TRUE(other.Load(database_.db.get()).ok());
    return other.counts();
  }
  rocksdb::ColumnFamilyHandle* meta() const {
    return database_.handles[static_cast<size_t>(Column::kMeta)];
  }

  TemporaryDirectory directory_;
  OpenDatabase database_ = *OpenDataDirectory(directory_.path(), {});
  CountLog log_{meta()};
};

TEST_F(CountLogTest, LoadsWhatWasAppended) {
  Append({{1, 0, 5, 2, false}, {2, 0, 1, 0, false}});
  Append({});
  Append({{1, 0, -1, 0, false}});
  EXPECT_EQ(Loaded().all(), log_.counts().all());
  EXPECT_EQ(Loaded().Of(1, 0), (Counts::Number{4, 2}));
}

TEST_F(CountLogTest, EntriesOfOlderGenerationsDoNotCount) {
  for (int i = 0; i < 10; ++i) Append({{1, 0, 1, 0, false}});
  rocksdb::WriteBatch batch;
  log_.AppendSnapshot(&batch);
  ASSERT_TRUE(database_.db->Write(rocksdb::WriteOptions(), &batch).ok());
  EXPECT_EQ(Loaded().Of(1, 0).keys, 10);
  Append({{1, 0, 1, 0, false}});
  EXPECT_EQ(Loaded().Of(1, 0).keys, 11);
}

TEST_F(CountLogTest, SnapshotsAreWrittenAsTheLogGrows) {
  for (int i = 0; i < 10'000; ++i) Append({{static_cast<uint16_t>(i % 50), 1, 1, 1, false}});
  EXPECT_EQ(Loaded().all(), log_.counts().all());
  EXPECT_EQ(Loaded().Of(7, 1), (Counts::Number{200, 200}));
}

TEST_F(CountLogTest, ALogGoesOnAfterALoad) {
  Append({{1, 0, 1, 0, false}});
  CountLog other(meta());
  ASSERT_TRUE(other.Load(database_.db.get()).ok());
  rocksdb::WriteBatch batch;
  other.Append({{1, 0, 1, 0, false}}, &batch);
  ASSERT_TRUE(database_.db->Write(rocksdb::WriteOptions(), &batch).ok());
  EXPECT_EQ(Loaded().Of(1, 0).keys, 2);
}

TEST_F(CountLogTest, ForeignBytesAreAnError) {
  ASSERT_TRUE(database_.db->Put(rocksdb::WriteOptions(), meta(), "counts", "nonsense").ok());
  CountLog other(meta());
  EXPECT_FALSE(other.Load(database_.db.get()).ok());
}

}  // namespace
}  // namespace kindred
