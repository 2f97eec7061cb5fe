#include "command/row.h"

#include <gtest/gtest.h>

#include <vector>

namespace kindred {
namespace {

std::vector<size_t> Keys(KeyPositions keys, size_t args) {
  const std::vector<std::string_view> words(args, "x");
  CommandRow row;
  row.keys = keys;
  const KeyRange range = KeysOf(row, words);
  std::vector<size_t> found;
  for (size_t i = 0; i < range.count; ++i) found.push_back(range.At(i));
  return found;
}

TEST(KeysOf, FindsKeysByFirstLastAndStep) {
  EXPECT_EQ(Keys(kNoKeys, 3), std::vector<size_t>());
  EXPECT_EQ(Keys(kFirstKey, 4), std::vector<size_t>({1}));
  EXPECT_EQ(Keys(kAllKeys, 4), std::vector<size_t>({1, 2, 3}));
  EXPECT_EQ(Keys(kKeyValuePairs, 5), std::vector<size_t>({1, 3}));
  EXPECT_EQ(Keys({1, 2, 1}, 3), std::vector<size_t>({1, 2}));
  EXPECT_EQ(Keys({2, -2, 1}, 5), std::vector<size_t>({2, 3}));
}

TEST(KeysOf, FindsNoneWhereArgumentsAreMissing) {
  EXPECT_EQ(Keys(kFirstKey, 1), std::vector<size_t>());
  EXPECT_EQ(Keys(kAllKeys, 1), std::vector<size_t>());
  EXPECT_EQ(Keys({1, 2, 1}, 2), std::vector<size_t>());
}

TEST(KeyUseOf, MayDifferFromTheFirstKeyOn) {
  CommandRow row;
  row.key_use = kKeyReadWrite | kKeyVariable;
  EXPECT_EQ(KeyUseOf(row, {}, 0), kKeyReadWrite);
  EXPECT_EQ(KeyUseOf(row, {}, 2), kKeyReadWrite);
  row.rest_use = kKeyOverwrite;
  EXPECT_EQ(KeyUseOf(row, {}, 0), kKeyReadWrite);
  EXPECT_EQ(KeyUseOf(row, {}, 2), kKeyOverwrite);
  row.key_use_of = [](Args) -> uint32_t { return kKeyRemove; };
  EXPECT_EQ(KeyUseOf(row, {}, 0), kKeyRemove);
}

TEST(AclCategoriesOf, AddsWhatFlagsImply) {
  CommandRow row;
  row.acl = kAclString;
  row.flags = kFlagWrite;
  EXPECT_EQ(AclCategoriesOf(row), kAclString | kAclWrite | kAclSlow);
  row.flags = kFlagReadonly | kFlagFast;
  EXPECT_EQ(AclCategoriesOf(row), kAclString | kAclRead | kAclFast);
  row.flags = kFlagAdmin;
  EXPECT_EQ(AclCategoriesOf(row), kAclString | kAclAdmin | kAclDangerous | kAclSlow);
}

}  // namespace
}  // namespace kindred
