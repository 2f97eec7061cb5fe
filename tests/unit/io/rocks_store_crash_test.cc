// What a store keeps when its process is killed, and what it says when its disk is full.

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "io/rocks_store.h"
#include "tests/unit/io/child_test.h"
#include "tests/unit/io/store_fixture.h"

namespace kindred {
namespace {

std::string KeyOf(uint64_t sequence) { return "k" + std::to_string(sequence); }

Batch CountedBatch(uint64_t sequence) {
  Batch batch = PutBatch(KeyOf(sequence), std::to_string(sequence));
  batch.counts.push_back({static_cast<uint16_t>(sequence % 16), 0, 1, 0, false});
  return batch;
}

// Commits without end, and tells each durable sequence. Its argument: 0, 1 or 2 for the policy,
// then the directory.
TEST(RocksStoreChild, DISABLED_CommitsUntilItIsKilled) {
  RocksSettings settings = SmallSettings();
  settings.fsync = static_cast<AppendFsync>(ChildArgument().at(0) - '0');
  auto store = OpenAndStart(ChildArgument().substr(1), settings, {ChildTest::Tell, nullptr});
  for (uint64_t sequence = 1;; ++sequence) store->Commit(CountedBatch(sequence));
}

// Kills the child once it has told of `at_least`; returns the last sequence that it told.
uint64_t KillAfter(ChildTest& child, uint64_t at_least) {
  uint64_t durable = 0;
  while (child.Read(&durable)) {
    if (durable >= at_least) child.Kill();
  }
  return durable;
}

void ExpectAllUpTo(RocksStore& store, uint64_t durable) {
  for (uint64_t sequence = 1; sequence <= durable; ++sequence) {
    ASSERT_EQ(ValueOf(store, KeyOf(sequence)), std::to_string(sequence));
  }
}

// The numbers fit the records that are there, told or not.
void ExpectCountsFit(RocksStore& store) {
  ScanRequest all;
  all.entries_max = 10'000'000;
  all.bytes_max = 1u << 30;
  int64_t keys = 0;
  Counts counts = store.LoadCounts();
  for (const auto& [where, number] : counts.all()) keys += number.keys;
  EXPECT_EQ(keys, static_cast<int64_t>(store.Scan(all).size()));
}

class Killed : public testing::TestWithParam<AppendFsync> {};

TEST_P(Killed, KeepsAllThatWasAnnounced) {
  for (uint64_t at_least : {1u, 10'000u}) {
    TemporaryDirectory directory;
    uint64_t durable = 0;
    {
      std::string policy = std::to_string(static_cast<int>(GetParam()));
      ChildTest child("RocksStoreChild.DISABLED_CommitsUntilItIsKilled", policy + directory.path());
      durable = KillAfter(child, at_least);
    }
    ASSERT_GE(durable, at_least);

    auto store = OpenAndStart(directory.path());
    ExpectAllUpTo(*store, durable);
    ExpectCountsFit(*store);
  }
}

INSTANTIATE_TEST_SUITE_P(RocksStore, Killed,
                         testing::Values(AppendFsync::kAlways, AppendFsync::kEverysec,
                                         AppendFsync::kNo));

// A small disk of the test's own, where mounting is allowed.
class SmallDisk : public testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    mounted_ = mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=64m") == 0;
    if (!mounted_) GTEST_SKIP() << "mounting is not allowed here";
    settings_.memtable_bytes = 4u << 20;
    settings_.disk_reserve_bytes = GetParam();
  }
  void TearDown() override {
    if (mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
  }

  std::string filler() const { return directory_ / "filler"; }
  void FillDisk() {
    std::ofstream file(filler(), std::ios::binary);
    std::string block(64 << 10, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }

  TemporaryDirectory directory_;
  RocksSettings settings_ = SmallSettings();
  bool mounted_ = false;
};

TEST_P(SmallDisk, AFullDiskAnnouncesNothingAndAllGoesOnWhenThereIsSpace) {
  std::atomic<int> errors{0};
  auto on_error = [&](const std::string&) { ++errors; };
  std::string dir = directory_ / "data";
  auto store = OpenAndStart(dir, settings_, {nullptr, on_error});
  uint64_t sequence = 0;
  for (int i = 0; i < 100; ++i) sequence = store->Commit(CountedBatch(sequence + 1));
  ASSERT_TRUE(store->WaitDurable(sequence, std::chrono::seconds(30)));

  FillDisk();
  std::string large(10'000, 'x');
  while (store->healthy()) {
    sequence = store->Commit(CountedBatch(sequence + 1));
    Batch filling = PutBatch("filling", large + std::to_string(sequence));
    sequence = store->Commit(std::move(filling));
    store->WaitDurable(sequence, std::chrono::milliseconds(1));
  }
  EXPECT_EQ(errors, 1);
  EXPECT_NE(store->error(), "");
  uint64_t durable = store->durable();
  EXPECT_LT(durable, sequence);
  EXPECT_FALSE(store->WaitDurable(sequence, std::chrono::milliseconds(500)));
  EXPECT_EQ(store->durable(), durable);

  ASSERT_EQ(unlink(filler().c_str()), 0);
  ASSERT_TRUE(store->WaitDurable(sequence, std::chrono::seconds(30))) << store->error();
  EXPECT_TRUE(store->healthy());
  EXPECT_EQ(store->error(), "");

  store = nullptr;
  store = OpenAndStart(dir, settings_);
  EXPECT_EQ(ValueOf(*store, KeyOf(1)), "1");
  EXPECT_EQ(ValueOf(*store, "filling"), large + std::to_string(sequence - 1));
}

TEST_P(SmallDisk, AStoreOnAFullDiskStopsSoonAndKeepsWhatWasDurable) {
  std::string dir = directory_ / "data";
  auto store = OpenAndStart(dir, settings_);
  CommitNow(*store, PutBatch("before", "1"));
  FillDisk();
  while (store->healthy()) {
    uint64_t sequence = store->Commit(PutBatch("filling", std::string(100'000, 'x')));
    store->WaitDurable(sequence, std::chrono::milliseconds(1));
  }
  auto start = std::chrono::steady_clock::now();
  store = nullptr;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  ASSERT_EQ(unlink(filler().c_str()), 0);
  EXPECT_EQ(ValueOf(*OpenAndStart(dir, settings_), "before"), "1");
}

TEST_P(SmallDisk, AFullDiskIsNoPlaceToStart) {
  FillDisk();
  std::string refusal = Refusal(directory_ / "data");  // which keeps a reserve
  EXPECT_NE(refusal.find("free some space"), std::string::npos) << refusal;
}

// Without a reserve RocksDB itself meets the end of the disk.
INSTANTIATE_TEST_SUITE_P(RocksStore, SmallDisk, testing::Values(0, 4u << 20));

}  // namespace
}  // namespace kindred
