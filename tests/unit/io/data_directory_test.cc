#include "io/data_directory.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

#include "tests/unit/io/child_test.h"
#include "tests/unit/io/store_fixture.h"

namespace kindred {
namespace {

// Whether a refusal says this; shows the refusal if not.
testing::AssertionResult Says(const std::string& refusal, const std::string& part) {
  if (refusal.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << refusal << "\" does not say \"" << part << "\"";
}

void MakeForeignDatabase(const std::string& dir, const std::string& key) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir, &opened).ok());
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!key.empty()) {
    ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), key, "value").ok());
  }
}

TEST(DataDirectory, MissingParentsAreMade) {
  TemporaryDirectory directory;
  EXPECT_EQ(Refusal(directory / "a/b/c"), "");
  EXPECT_EQ(Refusal(directory / "a/b/c"), "");
}

TEST(DataDirectoryChild, DISABLED_HoldsItsDirectory) {
  auto store = OpenAndStart(ChildArgument());
  ChildTest::Tell(1);
  ChildTest::WaitForTheEnd();
}

TEST(DataDirectory, WhatIsInUseByAnotherProcessIsRefused) {
  TemporaryDirectory directory;
  {
    ChildTest child("DataDirectoryChild.DISABLED_HoldsItsDirectory", directory.path());
    uint64_t ready = 0;
    ASSERT_TRUE(child.Read(&ready));
    EXPECT_TRUE(Says(Refusal(directory.path()), "is in use by another process"));
  }
  EXPECT_EQ(Refusal(directory.path()), "");
}

TEST(DataDirectory, SomebodyElsesFilesAreRefusedAndLeftAlone) {
  TemporaryDirectory directory;
  std::ofstream(directory / "letter.txt") << "dear";
  EXPECT_TRUE(Says(Refusal(directory.path()), "holds something else, such as letter.txt"));
  EXPECT_NE(access((directory / "CURRENT").c_str(), F_OK), 0);
}

TEST(DataDirectory, AForeignDatabaseIsRefused) {
  TemporaryDirectory directory;
  MakeForeignDatabase(directory.path(), "key");
  EXPECT_TRUE(Says(Refusal(directory.path()), "a database that is not Kindred's"));
}

TEST(DataDirectory, AnEmptyDatabaseIsACreationThatWasCutShort) {
  TemporaryDirectory directory;
  MakeForeignDatabase(directory.path(), "");
  EXPECT_EQ(Refusal(directory.path()), "");
}

TEST(DataDirectory, UnknownColumnFamiliesAreRefused) {
  TemporaryDirectory directory;
  MakeForeignDatabase(directory.path(), "");
  {
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), directory.path(), &opened).ok());
    std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    ASSERT_TRUE(db->CreateColumnFamily({}, "theirs", &handle).ok());
    ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }
  EXPECT_TRUE(Says(Refusal(directory.path()), "a database that is not Kindred's"));
}

TEST(DataDirectory, ANewerFormatIsRefused) {
  TemporaryDirectory directory;
  {
    auto database = OpenDataDirectory(directory.path(), SmallSettings());
    ASSERT_TRUE(database.ok());
    auto* meta = database->handles[static_cast<size_t>(Column::kMeta)];
    ASSERT_TRUE(database->db->Put(rocksdb::WriteOptions(), meta, "format", "\x02").ok());
    for (auto* handle : database->handles) {
      ASSERT_TRUE(database->db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
  EXPECT_TRUE(Says(Refusal(directory.path()), "newer Kindred, in format 2"));
}

TEST(DataDirectory, DamagedFilesAreRefused) {
  TemporaryDirectory directory;
  EXPECT_EQ(Refusal(directory.path()), "");
  std::ofstream(directory / "CURRENT") << "nonsense\n";
  EXPECT_TRUE(Says(Refusal(directory.path()), "cannot be read"));
  ASSERT_EQ(unlink((directory / "CURRENT").c_str()), 0);
  EXPECT_TRUE(Says(Refusal(directory.path()), "lost its file CURRENT"));
}

TEST(DataDirectory, AFileInItsPlaceIsRefused) {
  TemporaryDirectory directory;
  std::ofstream(directory / "file") << "x";
  EXPECT_TRUE(Says(Refusal(directory / "file"), "cannot be created"));
  EXPECT_TRUE(Says(Refusal(directory / "file/below"), "cannot be created"));
}

TEST(DataDirectory, WhatMayNotBeWrittenIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  TemporaryDirectory directory;
  ASSERT_EQ(chmod(directory.path().c_str(), 0500), 0);
  EXPECT_TRUE(Says(Refusal(directory.path()), "cannot be written to"));
  ASSERT_EQ(chmod(directory.path().c_str(), 0700), 0);
}

}  // namespace
}  // namespace kindred
