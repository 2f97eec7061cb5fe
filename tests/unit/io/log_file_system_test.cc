#include "io/log_file_system.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "io/rocks_store.h"
#include "tests/unit/io/store_fixture.h"

namespace kindred {
namespace {

namespace fs = std::filesystem;

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The log that is written to: the one with the highest number.
std::string LogIn(const std::string& dir) {
  std::string last;
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string path = entry.path();
    if (path.ends_with(".log") && path > last) last = path;
  }
  return last;
}

size_t EndOf(const std::string& bytes) { return bytes.find_last_not_of('\0') + 1; }

// What a crash would leave: the directory as it is, copied while the store goes on.
void CopyAll(const std::string& from, const std::string& to) {
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
}

TEST(LogFileSystem, ALogIsZerosBehindWhatWasWritten) {
  TemporaryDirectory directory;
  auto store = OpenAndStart(directory / "data");
  CommitNow(*store, PutBatch("k1", "v1"));
  const std::string log = LogIn(directory / "data");
  const std::string before = BytesOf(log);
  EXPECT_EQ(before.size(), kLogAheadBytes);
  EXPECT_LT(EndOf(before), 4096u);

  CommitNow(*store, PutBatch("k2", std::string(1000, 'v')));
  const std::string after = BytesOf(log);
  EXPECT_EQ(after.size(), before.size());
  EXPECT_GE(EndOf(after), EndOf(before) + 1000);
  EXPECT_EQ(after.substr(0, EndOf(before)), before.substr(0, EndOf(before)));

  for (int i = 0; i < 100; ++i) CommitNow(*store, PutBatch("k", std::string(10'000, 'v')));
  EXPECT_EQ(fs::file_size(log) % kLogAheadBytes, 0u);
  EXPECT_GT(fs::file_size(log), 1'000'000u);
}

TEST(LogFileSystem, OneWriteMayBeLargerThanWhatWasThere) {
  TemporaryDirectory directory;
  auto store = OpenAndStart(directory / "data");
  const std::string large(3 * kLogAheadBytes + 5, 'v');
  CommitNow(*store, PutBatch("large", large));
  CopyAll(directory / "data", directory / "crashed");
  auto crashed = OpenAndStart(directory / "crashed");
  EXPECT_EQ(ValueOf(*crashed, "large"), large);
}

TEST(LogFileSystem, WhatACrashLeavesIsReadUpToItsEnd) {
  TemporaryDirectory directory;
  auto store = OpenAndStart(directory / "data");
  // The ends of the log fall on all kinds of places of RocksDB's blocks of 32 KiB.
  for (int i = 0; i < 40; ++i) {
    CommitNow(*store, PutBatch("k" + std::to_string(i), std::string(3001, 'v')));
    const std::string copy = directory / ("crashed-" + std::to_string(i));
    CopyAll(directory / "data", copy);
    auto crashed = OpenAndStart(copy);
    for (int j = 0; j <= i; ++j) {
      ASSERT_EQ(ValueOf(*crashed, "k" + std::to_string(j)).size(), 3001u) << i << " " << j;
    }
  }
}

TEST(LogFileSystem, ATornLastWriteIsLostAndNothingElse) {
  TemporaryDirectory directory;
  auto store = OpenAndStart(directory / "data");
  CommitNow(*store, PutBatch("first", "v"));
  const std::string log = LogIn(directory / "data");
  const size_t begin = EndOf(BytesOf(log));
  CommitNow(*store, PutBatch("torn", std::string(100'000, 'v')));
  const size_t end = EndOf(BytesOf(log));
  // Pages of the last write that never reached the disk: its first, one in the middle, its last.
  constexpr size_t kPage = 4096;
  for (const size_t lost : {begin, begin + 50'000, end - 1}) {
    const std::string copy = directory / ("torn-" + std::to_string(lost));
    CopyAll(directory / "data", copy);
    std::fstream file(LogIn(copy), std::ios::binary | std::ios::in | std::ios::out);
    const size_t page = std::max(begin, lost / kPage * kPage);
    file.seekp(static_cast<std::streamoff>(page));
    const std::string zeros((lost / kPage + 1) * kPage - page, '\0');
    file.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
    file.close();
    auto crashed = OpenAndStart(copy);
    EXPECT_EQ(ValueOf(*crashed, "first"), "v");
    EXPECT_EQ(ValueOf(*crashed, "torn"), "(missing)");
    CommitNow(*crashed, PutBatch("next", "v"));
  }
}

TEST(LogFileSystem, ALogThatIsClosedHasNoZeros) {
  TemporaryDirectory directory;
  rocksdb::Env* env = LogAheadEnv();
  std::unique_ptr<rocksdb::WritableFile> file;
  const std::string path = directory / "1.log";
  ASSERT_TRUE(env->NewWritableFile(path, &file, rocksdb::EnvOptions()).ok());
  ASSERT_TRUE(file->Append("twelve bytes").ok());
  EXPECT_EQ(file->GetFileSize(), 12u);
  EXPECT_EQ(fs::file_size(path), kLogAheadBytes);
  ASSERT_TRUE(file->Close().ok());
  EXPECT_EQ(BytesOf(path), "twelve bytes");
}

TEST(LogFileSystem, OtherFilesAreAsRocksDbWritesThem) {
  TemporaryDirectory directory;
  std::unique_ptr<rocksdb::WritableFile> file;
  const std::string path = directory / "1.sst";
  ASSERT_TRUE(LogAheadEnv()->NewWritableFile(path, &file, rocksdb::EnvOptions()).ok());
  ASSERT_TRUE(file->Append("twelve bytes").ok());
  ASSERT_TRUE(file->Flush().ok());
  EXPECT_EQ(fs::file_size(path), 12u);
}

TEST(LogFileSystem, WithoutSyncsNothingIsWrittenAhead) {
  TemporaryDirectory directory;
  RocksSettings settings = SmallSettings();
  settings.fsync = AppendFsync::kEverysec;
  auto store = OpenAndStart(directory / "data", settings);
  CommitNow(*store, PutBatch("k1", "v1"));
  EXPECT_LT(fs::file_size(LogIn(directory / "data")), 4096u);
}

}  // namespace
}  // namespace kindred
