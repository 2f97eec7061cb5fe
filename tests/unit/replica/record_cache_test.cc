#include "replica/record_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/replica/stripe_fixture.h"

namespace kindred {
namespace {

constexpr uint64_t kAllDurable = 1'000'000;

std::string KeyOf(int number) { return "key" + std::to_string(number); }

// How many bytes one entry with an empty record takes.
size_t EntryBytes() {
  RecordCache cache(1 << 20);
  cache.Insert(KeyOf(0), Record());
  return cache.bytes();
}

TEST(RecordCache, FindsWhatWasInserted) {
  RecordCache cache(1 << 20);
  EXPECT_EQ(cache.Find("k"), nullptr);
  CachedRecord* entry = cache.Insert("k", RecordOf(StringAt({kMe, 1}, "v")));
  EXPECT_EQ(cache.Find("k"), entry);
  EXPECT_EQ(entry->key(), "k");
  EXPECT_EQ(cache.size(), 1u);
}

TEST(RecordCache, TrimDropsWhatWasUsedLeastLately) {
  RecordCache cache(3 * EntryBytes());
  for (int i = 0; i < 5; ++i) cache.Insert(KeyOf(i), Record());
  cache.Find(KeyOf(0));
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_NE(cache.Find(KeyOf(0)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(2)), nullptr);
  EXPECT_NE(cache.Find(KeyOf(4)), nullptr);
}

TEST(RecordCache, WhatWasUsedIsSparedOnce) {
  RecordCache cache(2 * EntryBytes());
  for (int i = 0; i < 3; ++i) cache.Insert(KeyOf(i), Record());
  cache.Find(KeyOf(0));
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.Find(KeyOf(1)), nullptr);
  cache.Insert(KeyOf(3), Record());
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.Find(KeyOf(2)), nullptr) << "it stands before the one that was spared";
  cache.Insert(KeyOf(4), Record());
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.Find(KeyOf(0)), nullptr) << "nobody has used it since";
}

TEST(RecordCache, ABudgetIsKeptAlsoWhenAllIsInUse) {
  RecordCache cache(100 * EntryBytes());
  for (int i = 0; i < 1000; ++i) {
    cache.Insert(KeyOf(i), Record());
    for (int used = 0; used <= i; ++used) cache.Find(KeyOf(used));
    cache.Trim(kAllDurable, nullptr);
  }
  EXPECT_LE(cache.size(), 100u);
}

TEST(RecordCache, TrimWithinTheBudgetDropsNothing) {
  RecordCache cache(3 * EntryBytes());
  for (int i = 0; i < 3; ++i) cache.Insert(KeyOf(i), Record());
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.size(), 3u);
}

TEST(RecordCache, WhatIsNotDurableStays) {
  RecordCache cache(0);
  cache.Insert("shown", Record())->sequence = 8;
  cache.Insert("logged", Record())->logged_sequence = 9;
  cache.Trim(7, nullptr);
  EXPECT_EQ(cache.size(), 2u);
  cache.Trim(8, nullptr);
  EXPECT_EQ(cache.Find("shown"), nullptr);
  EXPECT_NE(cache.Find("logged"), nullptr);
  cache.Trim(9, nullptr);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(RecordCache, WhatSomebodyHoldsStays) {
  RecordCache cache(0);
  CachedRecord* pinned = cache.Insert("pinned", Record());
  pinned->pins = 1;
  CachedRecord* logged = cache.Insert("logged", Record());
  logged->logged = std::make_unique<Record>();
  CachedRecord* kept = cache.Insert("kept", Record());
  cache.Insert("free", Record());
  cache.Trim(kAllDurable, kept);
  EXPECT_EQ(cache.Find("pinned"), pinned);
  EXPECT_EQ(cache.Find("logged"), logged);
  EXPECT_EQ(cache.Find("kept"), kept);
  EXPECT_EQ(cache.Find("free"), nullptr);
}

TEST(RecordCache, OneTrimLooksAtABoundedNumberOfEntries) {
  RecordCache cache(0);
  for (int i = 0; i < 1000; ++i) cache.Insert(KeyOf(i), Record())->pins = 1;
  cache.Insert("free", Record());
  cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.size(), 1001u) << "it would have had to pass a thousand that are held";
  for (int i = 0; i < 100; ++i) cache.Trim(kAllDurable, nullptr);
  EXPECT_EQ(cache.Find("free"), nullptr) << "many calls come to it";
}

TEST(RecordCache, AGrownRecordIsCharged) {
  RecordCache cache(1 << 20);
  CachedRecord* entry = cache.Insert("k", RecordOf(StringAt({kMe, 1}, "v")));
  const size_t before = cache.bytes();
  entry->record = RecordOf(StringAt({kMe, 2}, std::string(10'000, 'x')));
  cache.Resized(*entry);
  EXPECT_GE(cache.bytes(), before + 9'000);
  entry->record = Record();
  cache.Resized(*entry);
  EXPECT_LE(cache.bytes(), before);
}

TEST(RecordCache, AGuessIsMostOftenRightAndNoUse) {
  RecordCache cache(1 << 20);
  EXPECT_EQ(cache.Guess(RecordCache::GlanceOf("k")), nullptr);
  int right = 0;
  for (int i = 0; i < 1000; ++i) cache.Insert(KeyOf(i), Record());
  for (int i = 0; i < 1000; ++i) {
    const RecordCache::Glance glance = RecordCache::GlanceOf(KeyOf(i));
    cache.FetchTable(glance);
    const CachedRecord* guess = cache.Guess(glance);
    ASSERT_NE(guess, nullptr);
    EXPECT_FALSE(guess->used);
    right += guess->key() == KeyOf(i);
  }
  EXPECT_GT(right, 900);
}

}  // namespace
}  // namespace kindred
