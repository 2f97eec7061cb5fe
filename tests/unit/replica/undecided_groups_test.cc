#include "replica/undecided_groups.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/unit/replica/stripe_fixture.h"

namespace kindred {
namespace {

std::string KeyAt(uint16_t slot, const std::string& key) { return RecordKeyOf({slot, 1, 0, key}); }

UndecidedGroup GroupAt(uint64_t time, const std::vector<std::string>& keys) {
  auto group = std::make_shared<GuardedGroup>();
  for (const std::string& key : keys) {
    Guarded item;
    item.key = key;
    item.base.Add({kMe, 3});
    item.version = StringAt({kOther, time++}, "value", 5000);
    item.kept = {TombstoneAt({kMe, 2})};
    item.flushed = 1;
    group->items.push_back(std::move(item));
  }
  return group;
}

TEST(UndecidedGroups, AreFoundByEachOfTheirKeys) {
  UndecidedGroups groups;
  const std::string a = KeyAt(1, "a"), b = KeyAt(1, "b");
  const UndecidedGroup first = GroupAt(10, {a, b}), second = GroupAt(20, {b});
  groups.Add(first);
  groups.Add(second);
  EXPECT_EQ(groups.Of(a), std::vector<UndecidedGroup>{first});
  EXPECT_EQ(groups.Of(b), (std::vector<UndecidedGroup>{first, second}));
  EXPECT_EQ(groups.Find(b, {kOther, 11}), first);
  EXPECT_EQ(groups.Find(b, {kOther, 10}), nullptr) << "that is the other key's";
  EXPECT_EQ(groups.All().size(), 2u);
  groups.Remove(*first);
  EXPECT_TRUE(groups.Of(a).empty());
  groups.Remove(*second);
  EXPECT_TRUE(groups.empty());
}

TEST(UndecidedGroups, ARangeHasItsKeysOnly) {
  UndecidedGroups groups;
  groups.Add(GroupAt(10, {KeyAt(1, "a"), KeyAt(2, "b"), KeyAt(3, "c")}));
  std::vector<std::string> seen;
  const auto see = [&](const std::string& key, const auto&) { seen.push_back(key); };
  groups.ForRange(KeyAt(2, ""), KeyAt(3, ""), see);
  EXPECT_EQ(seen, std::vector<std::string>{KeyAt(2, "b")});
  groups.ForRange(KeyAt(2, ""), {}, see);
  EXPECT_EQ(seen.size(), 3u);
}

TEST(UndecidedGroups, TheStoredFormHoldsAllOfIt) {
  const UndecidedGroup group = GroupAt(10, {KeyAt(1, "a"), KeyAt(1, "b")});
  GuardedGroup read;
  ASSERT_TRUE(UndecidedGroups::Decode(UndecidedGroups::Encode(*group), &read));
  ASSERT_EQ(read.items.size(), 2u);
  EXPECT_EQ(read.items[1].key, group->items[1].key);
  EXPECT_EQ(read.items[1].base, group->items[1].base);
  EXPECT_EQ(read.items[1].version, group->items[1].version);
  EXPECT_EQ(read.items[1].kept, group->items[1].kept);
  EXPECT_EQ(read.items[1].flushed, 1u);
}

TEST(UndecidedGroups, WhatIsNoStoredFormIsRefused) {
  const std::string bytes = UndecidedGroups::Encode(*GroupAt(10, {KeyAt(1, "a")}));
  for (size_t size = 0; size < bytes.size(); ++size) {
    GuardedGroup read;
    EXPECT_FALSE(UndecidedGroups::Decode(bytes.substr(0, size), &read)) << size;
  }
  GuardedGroup read;
  EXPECT_FALSE(UndecidedGroups::Decode(bytes + "x", &read));
  std::string other_format = bytes;
  other_format[0] = 9;
  EXPECT_FALSE(UndecidedGroups::Decode(other_format, &read));
}

}  // namespace
}  // namespace kindred
