#include "causal/record.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/causal/generators.h"

namespace kindred {
namespace {

Version String(Dot dot, std::string payload, uint64_t expires_ms = kNever) {
  Version version;
  version.dot = dot;
  version.kind = Kind::kString;
  version.payload = std::move(payload);
  version.expires_ms = expires_ms;
  return version;
}

Version Tombstone(Dot dot) {
  Version version;
  version.dot = dot;
  return version;
}

// A plain write: on top of all that the record has seen.
Record Write(const Record& record, Version version) {
  return Put(record, record.Seen(), std::move(version));
}

std::vector<std::string> Payloads(const Record& record) {
  std::vector<std::string> payloads;
  for (const Version& version : record.versions) payloads.push_back(version.payload);
  return payloads;
}

using Strings = std::vector<std::string>;

TEST(Record, PlainWriteReplacesWhatItsNodeHolds) {
  const Record one = Write({}, String({1, 10}, "a"));
  const Record two = Write(one, String({2, 11}, "b"));
  EXPECT_EQ(Payloads(two), Strings({"b"}));
  EXPECT_EQ(two.context.size(), 2u);
  EXPECT_EQ(Merge(one, two), two);
}

TEST(Record, WritesThatDidNotSeeEachOtherBecomeSiblingsNewestFirst) {
  const Record a = Write({}, String({1, 10}, "a"));
  const Record b = Write({}, String({2, 11}, "b"));
  EXPECT_EQ(Payloads(Merge(a, b)), Strings({"b", "a"}));
  EXPECT_EQ(Newest(Merge(a, b))->payload, "b");
}

TEST(Record, PutWithContextReplacesOnlyWhatItSaw) {
  const Record a = Write({}, String({1, 10}, "a"));
  const Record both = Merge(a, Write({}, String({2, 11}, "b")));
  const Record next = Put(both, a.Seen(), String({1, 12}, "c"));
  EXPECT_EQ(Payloads(next), Strings({"c", "b"}));
  const Record resolved = Put(both, both.Seen(), String({1, 12}, "ab"));
  EXPECT_EQ(Payloads(resolved), Strings({"ab"}));
  EXPECT_EQ(Payloads(Merge(resolved, both)), Strings({"ab"}));
}

TEST(Record, PutKeepsVersionsInOrderWhenItsOwnIsNotTheNewest) {
  const Record b = Write({}, String({2, 20}, "b"));
  EXPECT_EQ(Payloads(Put(b, {}, String({1, 10}, "a"))), Strings({"b", "a"}));
}

TEST(Record, TombstoneIsAVersionLikeAnyOther) {
  const Record a = Write({}, String({1, 10}, "a"));
  const Record deleted = Write(a, Tombstone({1, 11}));
  EXPECT_EQ(NewestLive(deleted, 0), nullptr);
  EXPECT_EQ(Newest(deleted)->kind, Kind::kTombstone);
  EXPECT_EQ(Merge(deleted, a), deleted);
  const Record rival = Write(a, String({2, 10}, "b"));
  EXPECT_EQ(Payloads(Merge(deleted, rival)), Strings({"", "b"}));
  EXPECT_EQ(NewestLive(Merge(deleted, rival), 0), nullptr);
}

TEST(Record, PutStripsATombstone) {
  Version version = String({1, 10}, "a", 99);
  version.kind = Kind::kTombstone;
  EXPECT_EQ(Write({}, version).versions[0], Tombstone({1, 10}));
}

TEST(Record, ExpiredIsDeadWhetherOrNotTheSweeperWasThere) {
  const Record record = Write({}, String({1, 10}, "a", 500));
  EXPECT_NE(NewestLive(record, 499), nullptr);
  EXPECT_EQ(NewestLive(record, 500), nullptr);
  Record buried = record;
  EXPECT_FALSE(BuryExpired(&buried, 499));
  EXPECT_TRUE(BuryExpired(&buried, 500));
  EXPECT_FALSE(BuryExpired(&buried, 501));
  EXPECT_EQ(buried.versions[0], Tombstone({1, 10}));
  EXPECT_EQ(buried.Digest(), record.Digest());
  EXPECT_EQ(Merge(record, buried), buried);
  EXPECT_EQ(Merge(buried, record), buried);
}

TEST(Record, GuardFailsWhenTheRecordKnowsMore) {
  const Record base = Write({}, String({1, 10}, "a"));
  EXPECT_TRUE(KnowsNoMoreThan({}, base.Seen()));
  EXPECT_TRUE(KnowsNoMoreThan(base, base.Seen()));
  EXPECT_FALSE(KnowsNoMoreThan(Write(base, String({2, 11}, "b")), base.Seen()));
}

TEST(Record, FlushDropsWhatIsAtOrBelowItsWatermark) {
  const Record a = Write({}, String({1, 10}, "a"));
  const Record both = Merge(a, Write({}, String({2, 11}, "b")));
  EXPECT_EQ(Payloads(DropUpTo(both, 10)), Strings({"b"}));
  EXPECT_EQ(DropUpTo(both, 10).context.size(), 1u);
  EXPECT_TRUE(DropUpTo(both, 11).empty());
}

TEST(Record, MemoryBytesCountsWhatLiesOutside) {
  const Record small = Write({}, String({1, 10}, "a"));
  EXPECT_EQ(small.MemoryBytes(), sizeof(Record));
  EXPECT_GT(Write({}, String({1, 10}, std::string(1000, 'x'))).MemoryBytes(),
            sizeof(Record) + 1000);
}

TEST(RecordDeathTest, ADotThatNamedAValueBeforeIsRefused) {
  const Record record = Write({}, String({1, 10}, "a"));
  EXPECT_DEATH(Put(record, {}, String({1, 10}, "b")), "CHECK");
  EXPECT_DEATH(Put({}, record.Seen(), String({1, 9}, "b")), "CHECK");
}

// --- laws ---

RC_GTEST_PROP(RecordLaw, MergeIsCommutative, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  RC_ASSERT(Merge(a, b) == Merge(b, a));
}

RC_GTEST_PROP(RecordLaw, MergeIsAssociative, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  const Record c = AnyRecord();
  RC_ASSERT(Merge(Merge(a, b), c) == Merge(a, Merge(b, c)));
}

RC_GTEST_PROP(RecordLaw, MergeIsIdempotent, ()) {
  const Record a = AnyRecord();
  const Record merged = Merge(a, AnyRecord());
  RC_ASSERT(Merge(a, a) == a);
  RC_ASSERT(Merge(merged, a) == merged);
  RC_ASSERT(Merge(a, Record()) == a);
}

RC_GTEST_PROP(RecordLaw, MergeKeepsWhatOneSideHasAndTheOtherHasNotSeen, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  const Record merged = Merge(a, b);
  for (const Version& version : a.versions) {
    const bool kept = Holds(b, version.dot) || !b.context.Covers(version.dot);
    RC_ASSERT(Holds(merged, version.dot) == kept);
  }
  for (const Version& version : merged.versions) {
    RC_ASSERT(Holds(a, version.dot) || Holds(b, version.dot));
    RC_ASSERT(merged.context.Covers(version.dot));
  }
}

RC_GTEST_PROP(RecordLaw, PutDropsExactlyWhatSeenCovers, ()) {
  const Record record = AnyRecord();
  const Context seen = AnyContext();
  const Dot dot = {*rc::gen::inRange<uint64_t>(1, kActorsMax + 1), kTimesMax + 1};
  const Record next = Put(record, seen, VersionOf(dot));
  RC_ASSERT(Holds(next, dot));
  RC_ASSERT(next.context.Covers(dot));
  RC_ASSERT(next.context.CoversAll(seen));
  RC_ASSERT(next.context.CoversAll(record.context));
  for (const Version& version : record.versions) {
    RC_ASSERT(Holds(next, version.dot) == !seen.Covers(version.dot));
  }
  // Whoever has seen less than the write takes its side.
  RC_ASSERT(Merge(next, record) == next);
}

RC_GTEST_PROP(RecordLaw, FlushDistributesOverMerge, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  const uint64_t watermark = *rc::gen::inRange<uint64_t>(0, kTimesMax + 2);
  const Record flushed = DropUpTo(Merge(a, b), watermark);
  RC_ASSERT(flushed == Merge(DropUpTo(a, watermark), DropUpTo(b, watermark)));
  RC_ASSERT(flushed == DropUpTo(Merge(a, DropUpTo(b, watermark)), watermark));
}

RC_GTEST_PROP(RecordLaw, BurialDistributesOverMergeAndLeavesTheDigest, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  const uint64_t now_ms = *rc::gen::inRange<uint64_t>(0, 110);
  Record buried_a = a;
  BuryExpired(&buried_a, now_ms);
  RC_ASSERT(buried_a.Digest() == a.Digest());
  Record merged = Merge(a, b);
  BuryExpired(&merged, now_ms);
  Record buried_late = Merge(buried_a, b);
  BuryExpired(&buried_late, now_ms);
  RC_ASSERT(buried_late == merged);
}

RC_GTEST_PROP(RecordLaw, DigestsDifferWhereContextsOrDotsDo, ()) {
  const Record a = AnyRecord();
  const Record b = AnyRecord();
  bool same = a.context == b.context && a.versions.size() == b.versions.size();
  for (const Version& version : a.versions) same = same && Holds(b, version.dot);
  RC_ASSERT((a.Digest() == b.Digest()) == same);
}

RC_GTEST_PROP(RecordLaw, NewestIsTheLargestDot, ()) {
  const Record record = AnyRecord();
  const Version* newest = Newest(record);
  RC_ASSERT((newest == nullptr) == record.versions.empty());
  for (const Version& version : record.versions) {
    RC_ASSERT(!NewerThan(version.dot, newest->dot));
  }
}

}  // namespace
}  // namespace kindred
