#include "io/whole_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/io/temporary_directory.h"

namespace kindred {
namespace {

TEST(WholeFile, IsReplacedAndReadBackWithItsMode) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  ASSERT_TRUE(ReplaceWholeFile(path, "one").ok());
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const std::string text(100'000, 'x');
  ASSERT_TRUE(ReplaceWholeFile(path, text).ok());
  EXPECT_EQ(*ReadWholeFile(path), text);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST(WholeFile, SaysWhyNotInTheSystemsWords) {
  TemporaryDirectory directory;
  EXPECT_EQ(ReadWholeFile(directory.path() + "/none").status().message(),
            "No such file or directory");
  EXPECT_EQ(ReplaceWholeFile(directory.path() + "/none/file", "x").message(),
            "No such file or directory");
}

}  // namespace
}  // namespace kindred
