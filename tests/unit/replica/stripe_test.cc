#include "replica/stripe.h"

#include <gtest/gtest.h>

#include "tests/unit/replica/stripe_fixture.h"

namespace kindred {
namespace {

using StripeTest = StripeFixture;

TEST_F(StripeTest, AKeyThatWasNeverWrittenIsAnEmptyRecord) {
  EXPECT_TRUE(Entry(Key("k")).record.empty());
  EXPECT_EQ(Entry(Key("k")).sequence, 0u);
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
}

TEST_F(StripeTest, WriteShowsAtOnceAndIsOnDiskAfterItsSequence) {
  const std::string key = Key("k");
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 1}, "v")));
  EXPECT_EQ(Values(Entry(key).record), Strings{"v"});
  EXPECT_GT(Entry(key).sequence, store_.durable());
  EXPECT_EQ(OnDisk(key), Entry(key).record);
  EXPECT_LE(Entry(key).sequence, store_.durable());
}

TEST_F(StripeTest, WhatTheDiskHoldsIsFoundAgain) {
  const std::string key = Key("k");
  const Record record = RecordOf(StringAt({kMe, 1}, "v"));
  stripe_.Write(Entry(key), record);
  store_.Sync();
  Stripe later(store_, 1 << 20);
  ASSERT_NE(later.Find(key), nullptr);
  EXPECT_EQ(later.Find(key)->record, record);
}

TEST_F(StripeTest, ARecordThatNeedsTheDiskHasToBeLoaded) {
  const std::string key = Key("k");
  const Record record = RecordOf(StringAt({kMe, 1}, "v"));
  stripe_.Write(Entry(key), record);
  store_.Sync();
  Stripe later(store_, 1 << 20);
  store_.set_not_in_memory_chance(1);
  ASSERT_EQ(later.Find(key), nullptr);
  std::string bytes;
  const Found found = store_.Load(Column::kRecords, key, &bytes);
  later.OnLoaded(key, found, bytes);
  ASSERT_NE(later.Find(key), nullptr);
  EXPECT_EQ(later.Find(key)->record, record);
  later.Write(*later.Find(key), RecordOf(StringAt({kMe, 2}, "w")));
  later.OnLoaded(key, found, bytes);
  EXPECT_EQ(Values(later.Find(key)->record), Strings{"w"}) << "a late load brings nothing back";
}

TEST_F(StripeTest, LogDoesNotShow) {
  const std::string key = Key("k");
  const Record old = RecordOf(StringAt({kMe, 1}, "old"));
  const Record next = RecordOf(StringAt({kMe, 2}, "new"));
  stripe_.Write(Entry(key), old);
  stripe_.Log(Entry(key), next);
  EXPECT_EQ(Entry(key).record, old);
  EXPECT_EQ(OnDisk(key), next);
  EXPECT_FALSE(Entry(key).Evictable(store_.durable())) << "it would show what is only logged";
}

TEST_F(StripeTest, ShowOfWhatWasLoggedWritesNothing) {
  const std::string key = Key("k");
  const Record next = RecordOf(StringAt({kMe, 1}, "v"));
  stripe_.Log(Entry(key), next);
  const uint64_t logged = store_.last_sequence();
  stripe_.Show(Entry(key), next);
  EXPECT_EQ(Entry(key).record, next);
  EXPECT_EQ(store_.last_sequence(), logged);
  EXPECT_EQ(Entry(key).sequence, logged) << "who reads it waits for the log";
}

TEST_F(StripeTest, ShowOfSomethingElseWritesIt) {
  const std::string key = Key("k");
  stripe_.Log(Entry(key), RecordOf(StringAt({kMe, 1}, "logged")));
  const Record merged = RecordOf(StringAt({kMe, 2}, "merged"));
  stripe_.Show(Entry(key), merged);
  EXPECT_EQ(OnDisk(key), merged);
  EXPECT_EQ(CountOf(), (Counts::Number{1, 0})) << "the key was counted once";
}

TEST_F(StripeTest, RevertPutsBackWhatShows) {
  const std::string key = Key("k");
  const Record old = RecordOf(StringAt({kMe, 1}, "old", 5000));
  stripe_.Write(Entry(key), old);
  stripe_.Log(Entry(key), RecordOf(TombstoneAt({kMe, 2})));
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
  stripe_.Revert(Entry(key));
  EXPECT_EQ(OnDisk(key), old);
  EXPECT_EQ(CountOf(), (Counts::Number{1, 1}));
  EXPECT_EQ(ExpiryEntries(), 1u);
  EXPECT_TRUE(Entry(key).Evictable(store_.durable()));
}

TEST_F(StripeTest, RevertOfANewKeyLeavesNothing) {
  const std::string key = Key("k");
  stripe_.Log(Entry(key), RecordOf(StringAt({kMe, 1}, "v", 5000)));
  stripe_.Revert(Entry(key));
  std::string bytes;
  store_.Sync();
  EXPECT_EQ(store_.Load(Column::kRecords, key, &bytes), Found::kMissing);
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
  EXPECT_EQ(ExpiryEntries(), 0u);
}

TEST_F(StripeTest, CountsFollowTheNewestVersion) {
  const std::string key = Key("k", 3);
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 1}, "v")));
  EXPECT_EQ(CountOf(3), (Counts::Number{1, 0}));
  EXPECT_EQ(CountOf(0), (Counts::Number{0, 0}));
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 2}, "v", 9000)));
  EXPECT_EQ(CountOf(3), (Counts::Number{1, 1}));
  stripe_.Write(Entry(key), RecordOf(TombstoneAt({kMe, 3})));
  EXPECT_EQ(CountOf(3), (Counts::Number{0, 0}));
  stripe_.Write(Entry(key),
                Merge(RecordOf(TombstoneAt({kMe, 3})), RecordOf(StringAt({kOther, 4}, "sibling"))));
  EXPECT_EQ(CountOf(3), (Counts::Number{1, 0}));
  store_.Sync();
  EXPECT_EQ(store_.LoadCounts().Of(kSlot, 3), (Counts::Number{1, 0}));
}

TEST_F(StripeTest, ExpiryEntriesStandForTheVersionsThatExpire) {
  const std::string key = Key("k");
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 1}, "v", 5000)));
  EXPECT_EQ(ExpiryEntries(), 1u);
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 2}, "w", 5000)));
  EXPECT_EQ(ExpiryEntries(), 1u) << "the same moment, the same entry";
  stripe_.Write(Entry(key), Merge(Entry(key).record, RecordOf(StringAt({kOther, 3}, "x", 7000))));
  EXPECT_EQ(ExpiryEntries(), 2u) << "siblings expire each for itself";
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 4}, "y")));
  EXPECT_EQ(ExpiryEntries(), 0u);
}

TEST_F(StripeTest, BuryingTurnsAnExpiredVersionIntoATombstoneOfTheSameDot) {
  const std::string key = Key("k");
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 1}, "v", 5000)));
  const uint64_t digest = Entry(key).record.Digest();
  EXPECT_FALSE(stripe_.BuryExpired(Entry(key), 4999));
  EXPECT_TRUE(stripe_.BuryExpired(Entry(key), 5000));
  EXPECT_FALSE(stripe_.BuryExpired(Entry(key), 5000));
  EXPECT_EQ(Entry(key).record.versions[0].kind, Kind::kTombstone);
  EXPECT_EQ(Entry(key).record.Digest(), digest) << "nobody has to hear of it";
  EXPECT_EQ(ExpiryEntries(), 0u);
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
}

TEST_F(StripeTest, AFlushKillsWhatIsUpToItsTime) {
  stripe_.Write(Entry(Key("old")), RecordOf(StringAt({kMe, 10}, "v", 5000)));
  stripe_.Write(Entry(Key("new")), RecordOf(StringAt({kMe, 11}, "v")));
  stripe_.Write(Entry(Key("elsewhere", 1)), RecordOf(StringAt({kMe, 9}, "v")));
  EXPECT_NE(stripe_.Flush(0, 10), 0u);
  EXPECT_EQ(stripe_.flushed(0), 10u);
  EXPECT_TRUE(Entry(Key("old")).record.empty());
  EXPECT_EQ(Values(Entry(Key("new")).record), Strings{"v"});
  EXPECT_EQ(Values(Entry(Key("elsewhere", 1)).record), Strings{"v"});
  EXPECT_EQ(CountOf(1), (Counts::Number{1, 0}));
}

TEST_F(StripeTest, AFlushOnlyGrows) {
  stripe_.Flush(0, 10);
  EXPECT_EQ(stripe_.Flush(0, 9), 0u);
  EXPECT_EQ(stripe_.Flush(0, 10), 0u);
  EXPECT_EQ(stripe_.flushed(0), 10u);
}

TEST_F(StripeTest, AFlushedRecordThatComesFromTheDiskIsDeadToo) {
  const std::string key = Key("k");
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 10}, "v")));
  store_.Sync();
  Stripe later(store_, 1 << 20);
  later.RestoreFlushed(0, 10);
  ASSERT_NE(later.Find(key), nullptr);
  EXPECT_TRUE(later.Find(key)->record.empty());
}

TEST_F(StripeTest, AKeyWrittenAfterAFlushCountsOnce) {
  const std::string key = Key("k");
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 10}, "v")));
  stripe_.Flush(0, 10);
  stripe_.Write(Entry(key), RecordOf(StringAt({kMe, 11}, "w")));
  EXPECT_EQ(CountOf(), (Counts::Number{1, 0}));
}

TEST_F(StripeTest, AFlushReachesTheEntriesThatSomebodyHolds) {
  CachedRecord& held = Entry(Key("k"));
  held.pins = 1;
  stripe_.Write(held, RecordOf(StringAt({kMe, 10}, "v")));
  stripe_.Flush(0, 10);
  EXPECT_TRUE(held.record.empty()) << "a command would be run on what is dead";
  stripe_.Write(held, RecordOf(StringAt({kMe, 11}, "w")));
  EXPECT_EQ(CountOf(), (Counts::Number{1, 0}));
}

TEST_F(StripeTest, AFlushReachesWhatIsLoggedAndNotYetShown) {
  const Record first = RecordOf(StringAt({kMe, 10}, "v"));
  CachedRecord& entry = Entry(Key("k"));
  stripe_.Log(entry, first);
  stripe_.Flush(0, 10);
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
  stripe_.Show(entry, first);
  EXPECT_TRUE(entry.record.empty());
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
}

TEST_F(StripeTest, WhatALateWriteBringsFromBelowTheFlushIsDropped) {
  stripe_.Flush(0, 10);
  stripe_.Write(Entry(Key("k")), Merge(RecordOf(StringAt({kOther, 9}, "dead")),
                                       RecordOf(StringAt({kMe, 11}, "alive"))));
  EXPECT_EQ(Values(Entry(Key("k")).record), Strings{"alive"});
}

TEST_F(StripeTest, WhatIsLaterThanAFlushGoesOnToCount) {
  stripe_.Write(Entry(Key("old")), RecordOf(StringAt({kMe, 10}, "v")));
  stripe_.Write(Entry(Key("new")), RecordOf(StringAt({kMe, 12}, "v", 9000)));
  stripe_.Flush(0, 11);
  EXPECT_EQ(CountOf(), (Counts::Number{1, 1}));
  stripe_.Write(Entry(Key("new")), RecordOf(TombstoneAt({kMe, 13})));
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
}

TEST_F(StripeTest, ARevertAfterAFlushCountsNothing) {
  CachedRecord& held = Entry(Key("k"));
  held.pins = 1;
  stripe_.Log(held, RecordOf(StringAt({kMe, 10}, "v")));
  stripe_.Flush(0, 10);
  stripe_.Revert(held);
  EXPECT_EQ(CountOf(), (Counts::Number{0, 0}));
}

TEST_F(StripeTest, GrantsAreStoredBeforeTheAnswerLeaves) {
  EXPECT_TRUE(stripe_.OnPrepare(7, kMe, 100, 200).granted);
  EXPECT_EQ(stripe_.grants_sequence(), store_.last_sequence());
  store_.Sync();
  std::string bytes;
  ASSERT_EQ(store_.Load(Column::kMeta, Grants::MetaKey(7), &bytes), Found::kFound);
  Grant grant;
  ASSERT_TRUE(Grant::Decode(bytes, &grant));
  EXPECT_EQ(grant, (Grant{kMe, 100, 200}));
}

TEST_F(StripeTest, ARefusalStoresNothing) {
  stripe_.OnPrepare(7, kMe, 100, 200);
  const uint64_t stored = store_.last_sequence();
  EXPECT_FALSE(stripe_.OnPrepare(7, kOther, 150, 300).granted);
  EXPECT_EQ(store_.last_sequence(), stored);
}

TEST(RecordOf, AGuardedWriteReplacesItsBaseButForWhatItKeeps) {
  Guarded guarded;
  guarded.base.Add({kMe, 5});
  guarded.base.Add({kOther, 6});
  guarded.version = StringAt({kMe, 7}, "new");
  guarded.kept = {StringAt({kOther, 6}, "kept")};
  const Record record = RecordOf(guarded);
  EXPECT_EQ(Values(record), (Strings{"new", "kept"}));
  EXPECT_EQ(record.context.TimeOf(kMe), 7u);
  EXPECT_EQ(record.context.TimeOf(kOther), 6u);
}

class StripeGroupsTest : public StripeTest {
 protected:
  UndecidedGroup GroupAt(uint64_t time, const Strings& keys, const Context& base = Context()) {
    auto group = std::make_shared<GuardedGroup>();
    for (const std::string& key : keys) {
      Guarded item;
      item.key = Key(key);
      item.base = base;
      item.version = StringAt({kOther, time++}, "of the group");
      group->items.push_back(std::move(item));
    }
    return group;
  }
  std::vector<CachedRecord*> EntriesOf(const GuardedGroup& group) {
    std::vector<CachedRecord*> entries;
    for (const Guarded& item : group.items) entries.push_back(&Entry(item.key));
    return entries;
  }
  void Keep(const UndecidedGroup& group) { stripe_.Keep(EntriesOf(*group), group); }
  size_t StoredGroups() {
    store_.Sync();
    const std::string prefix(kUndecidedGroupPrefix);
    return store_.Scan({Column::kMeta, prefix, prefix + '\xff'}).size();
  }
};

TEST_F(StripeGroupsTest, AGroupIsKeptWithoutShowingAndShownInOneBatch) {
  CachedRecord &a = Entry(Key("a")), &b = Entry(Key("b"));
  stripe_.Write(b, RecordOf(StringAt({kMe, 1}, "old")));
  const UndecidedGroup group = GroupAt(7, {"a", "b"}, b.record.context);
  const uint64_t before = store_.last_sequence();
  Keep(group);
  EXPECT_EQ(store_.last_sequence(), before + 1) << "one batch";
  EXPECT_EQ(stripe_.groups_sequence(), before + 1);
  EXPECT_TRUE(a.record.empty());
  EXPECT_EQ(Values(OnDisk(b.key())), Strings{"old"});
  EXPECT_EQ(Values(stripe_.Latest(b)), Strings{"of the group"});
  EXPECT_EQ(StoredGroups(), 1u);
  stripe_.ShowGroup(EntriesOf(*group), *group);
  EXPECT_EQ(store_.last_sequence(), before + 2);
  EXPECT_EQ(a.sequence, before + 2);
  EXPECT_EQ(Values(b.record), Strings{"of the group"});
  EXPECT_EQ(Values(OnDisk(a.key())), Strings{"of the group"});
  EXPECT_EQ(CountOf().keys, 2);
  EXPECT_EQ(StoredGroups(), 0u);
  EXPECT_TRUE(stripe_.undecided().empty());
}

TEST_F(StripeGroupsTest, WhatKeepsAGroupIsNotInStep) {
  CachedRecord& a = Entry(Key("a"));
  a.in_step = 3;
  Keep(GroupAt(7, {"a"}));
  EXPECT_EQ(a.in_step, 0u);
}

TEST_F(StripeGroupsTest, AGroupThatIsOnlyLoggedIsToldToNobody) {
  const UndecidedGroup group = GroupAt(7, {"a"});
  stripe_.LogGroup(*group);
  EXPECT_TRUE(stripe_.UndecidedOf(Entry(Key("a"))).empty());
  EXPECT_EQ(StoredGroups(), 1u) << "but a crash finds it";
  stripe_.RestoreGroup(group);
  EXPECT_EQ(stripe_.UndecidedOf(Entry(Key("a"))).size(), 1u);
}

TEST_F(StripeGroupsTest, ADroppedGroupLeavesNothing) {
  const UndecidedGroup group = GroupAt(7, {"a", "b"});
  Keep(group);
  stripe_.DropGroup(*group);
  EXPECT_TRUE(stripe_.undecided().empty());
  EXPECT_EQ(StoredGroups(), 0u);
}

TEST_F(StripeGroupsTest, ALaterGroupTakesThePlaceOfWhatItConcludes) {
  Keep(GroupAt(7, {"a", "b"}));
  Keep(GroupAt(9, {"b", "c"}));
  EXPECT_EQ(stripe_.UndecidedOf(Entry(Key("b"))).size(), 2u) << "it does not know the earlier one";
  auto conclusion = std::make_shared<GuardedGroup>(*GroupAt(20, {"a", "b", "c"}));
  conclusion->concluded = {{kOther, 7}, {kOther, 9}};
  Keep(conclusion);
  EXPECT_EQ(stripe_.UndecidedOf(Entry(Key("b"))).size(), 1u);
  EXPECT_EQ(StoredGroups(), 1u);
}

TEST_F(StripeGroupsTest, ALaterGroupTakesThePlaceOfWhatItWasComputedFromIfItWritesAllOfIt) {
  Context base;
  base.Add({kOther, 8});
  Keep(GroupAt(7, {"a", "b"}));
  Keep(GroupAt(20, {"b"}, base));
  EXPECT_EQ(stripe_.UndecidedOf(Entry(Key("a"))).size(), 1u)
      << "its other key is still to be shown";
  Keep(GroupAt(30, {"a", "b"}, base));
  EXPECT_EQ(StoredGroups(), 2u);
}

TEST_F(StripeGroupsTest, WhatIsShownInAnotherWayIsNotUndecided) {
  Keep(GroupAt(7, {"a", "b"}));
  stripe_.Write(Entry(Key("a")), RecordOf(StringAt({kOther, 7}, "of the group")));
  EXPECT_TRUE(stripe_.UndecidedOf(Entry(Key("a"))).empty());
  EXPECT_EQ(stripe_.UndecidedOf(Entry(Key("b"))).size(), 1u);
}

TEST_F(StripeGroupsTest, AGroupIsOverWhenAllOfItsKeysHaveGoneOn) {
  const UndecidedGroup group = GroupAt(7, {"a", "b"});
  Keep(group);
  stripe_.Write(Entry(Key("a")), RecordOf(StringAt({kOther, 7}, "of the group")));
  EXPECT_FALSE(stripe_.IsOver(*group));
  stripe_.Write(Entry(Key("b")), RecordOf(StringAt({kOther, 9}, "later")));
  EXPECT_TRUE(stripe_.IsOver(*group));
}

TEST_F(StripeGroupsTest, AFlushEndsWhatIsKept) {
  Keep(GroupAt(7, {"a", "b"}));
  stripe_.Flush(0, 7);
  EXPECT_TRUE(stripe_.UndecidedOf(Entry(Key("a"))).empty()) << "dead";
  EXPECT_EQ(StoredGroups(), 1u);
  stripe_.Flush(0, 8);
  EXPECT_TRUE(stripe_.undecided().empty());
  EXPECT_EQ(StoredGroups(), 0u);
}

}  // namespace
}  // namespace kindred
