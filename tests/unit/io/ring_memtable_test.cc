#include "io/ring_memtable.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/random.h"
#include "store/keys.h"
#include "tests/unit/io/temporary_directory.h"

namespace kindred {
namespace {

// A database whose memtable is never flushed, beside an ordered map that must agree with it.
class RingMemtableTest : public testing::Test {
 protected:
  RingMemtableTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.allow_concurrent_memtable_write = false;
    options.memtable_factory = NewRingMemtableFactory();
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, directory_.path(), &db).ok());
    db_.reset(db);
  }

  void Put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(db_->Put(rocksdb::WriteOptions(), key, value).ok());
    twin_[key] = value;
  }
  void Delete(const std::string& key) {
    ASSERT_TRUE(db_->Delete(rocksdb::WriteOptions(), key).ok());
    twin_.erase(key);
  }
  std::string ValueOf(const std::string& key) {
    std::string value;
    rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), key, &value);
    return status.ok() ? value : "(missing)";
  }

  // Short keys, keys of one tag, of few slots, of all slots, and such as are not record keys.
  std::string DrawKey() {
    uint64_t number = random_.Below(300);
    switch (random_.Below(5)) {
      case 0:
        return std::string(random_.Below(8), 'a') + std::to_string(number % 10);
      case 1:
        return RecordKeyOf({77, static_cast<uint32_t>(number), 0, "same tag"});
      case 2:
        return RecordKeyOf({static_cast<uint16_t>(number % 3),
                            static_cast<uint32_t>(number * 0x9e3779b9), 0, "k"});
      case 3:
        return RecordKeyOf({static_cast<uint16_t>(number * 54), static_cast<uint32_t>(number), 3,
                            std::to_string(number)});
      default:
        return std::string(1, static_cast<char>(number));
    }
  }

  TemporaryDirectory directory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, std::string> twin_;
  Random random_{42};
};

TEST_F(RingMemtableTest, AgreesWithAnOrderedMap) {
  for (int i = 0; i < 20'000; ++i) {
    if (random_.Below(4) == 0) {
      Delete(DrawKey());
    } else {
      Put(DrawKey(), std::to_string(i));
    }
    std::string key = DrawKey();
    auto it = twin_.find(key);
    ASSERT_EQ(ValueOf(key), it == twin_.end() ? "(missing)" : it->second);
  }

  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  it->SeekToFirst();
  for (const auto& [key, value] : twin_) {
    ASSERT_TRUE(it->Valid());
    EXPECT_EQ(it->key().ToString(), key);
    EXPECT_EQ(it->value().ToString(), value);
    it->Next();
  }
  EXPECT_FALSE(it->Valid());
  it->SeekToLast();
  for (auto twin = twin_.rbegin(); twin != twin_.rend(); ++twin) {
    ASSERT_TRUE(it->Valid());
    EXPECT_EQ(it->key().ToString(), twin->first);
    it->Prev();
  }
  EXPECT_FALSE(it->Valid());
}

TEST_F(RingMemtableTest, SeeksLandWhereAnOrderedMapSays) {
  for (int i = 0; i < 1000; ++i) Put(DrawKey(), std::to_string(i));
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
  for (int i = 0; i < 5000; ++i) {
    std::string key = DrawKey();
    auto after = twin_.lower_bound(key);
    it->Seek(key);
    ASSERT_EQ(it->Valid(), after != twin_.end());
    if (it->Valid()) {
      ASSERT_EQ(it->key().ToString(), after->first);
    }
    auto behind = twin_.upper_bound(key);
    it->SeekForPrev(key);
    ASSERT_EQ(it->Valid(), behind != twin_.begin());
    if (it->Valid()) {
      ASSERT_EQ(it->key().ToString(), std::prev(behind)->first);
    }
  }
}

TEST_F(RingMemtableTest, SnapshotsKeepOldVersionsOfAHotKey) {
  Put("hot", "old");
  const rocksdb::Snapshot* snapshot = db_->GetSnapshot();
  for (int i = 0; i < 1000; ++i) Put("hot", std::to_string(i));
  rocksdb::ReadOptions then;
  then.snapshot = snapshot;
  std::string value;
  ASSERT_TRUE(db_->Get(then, "hot", &value).ok());
  EXPECT_EQ(value, "old");
  EXPECT_EQ(ValueOf("hot"), "999");
  db_->ReleaseSnapshot(snapshot);
}

TEST_F(RingMemtableTest, FlushesEverything) {
  for (int i = 0; i < 5000; ++i) Put(DrawKey(), std::to_string(i));
  ASSERT_TRUE(db_->Flush(rocksdb::FlushOptions()).ok());
  for (const auto& [key, value] : twin_) EXPECT_EQ(ValueOf(key), value);
}

TEST_F(RingMemtableTest, ReadersBesideTheWriterSeeWholeEntriesInOrder) {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> mistakes{0};
  std::thread reader([&] {
    while (!stop) {
      std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(rocksdb::ReadOptions()));
      std::string previous;
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
        std::string key = it->key().ToString();
        if (!previous.empty() && key <= previous) ++mistakes;
        if (it->value().ToString() != key) ++mistakes;
        if (ValueOf(key) != key) ++mistakes;
        previous = key;
      }
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    std::string key = DrawKey();
    Put(key, key);
  }
  stop = true;
  reader.join();
  EXPECT_EQ(mistakes, 0u);
}

}  // namespace
}  // namespace kindred
