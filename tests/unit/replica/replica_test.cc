#include "replica/replica.h"

#include <gtest/gtest.h>

#include <variant>

#include "tests/unit/replica/stripe_fixture.h"

namespace kindred {
namespace {

constexpr uint32_t kVnode = 7;
constexpr uint64_t kClock = 500;
constexpr GuardRules kRules{};

class ReplicaTest : public StripeFixture {
 protected:
  // As a replica that has granted kOther the times [100, 200).
  void SetUp() override { stripe_.OnPrepare(kVnode, kOther, 100, 200); }

  // A write of `dot`, computed from all that `base` has seen.
  Guarded Write(Dot dot, const Context& base = Context()) {
    Guarded guarded;
    guarded.id = 42;
    guarded.key = key_;
    guarded.base = base;
    guarded.version = StringAt(dot, "new");
    guarded.flushed = stripe_.flushed(0);
    return guarded;
  }

  Answered Take(const Guarded& guarded) {
    return OnGuarded(stripe_, Entry(key_), kVnode, guarded, kClock, kRules);
  }
  static bool IsAck(const Answered& answered) {
    return std::holds_alternative<Ack>(answered.message);
  }
  static const Nack& NackOf(const Answered& answered) { return std::get<Nack>(answered.message); }
  Strings Shown() { return Values(Entry(key_).record); }

  const std::string key_ = Key("k");
};

TEST_F(ReplicaTest, TakesAGuardedWriteOnTopOfWhatItKnows) {
  const Answered answered = Take(Write({kOther, 150}));
  ASSERT_TRUE(IsAck(answered));
  EXPECT_EQ(std::get<Ack>(answered.message).id, 42u);
  EXPECT_EQ(Shown(), Strings{"new"});
  EXPECT_GT(answered.after, store_.durable()) << "the ack waits for the disk";
  EXPECT_EQ(answered.after, Entry(key_).sequence);
}

TEST_F(ReplicaTest, TakesItOnceAndAcksItTwice) {
  Take(Write({kOther, 150}));
  const uint64_t stored = store_.last_sequence();
  EXPECT_TRUE(IsAck(Take(Write({kOther, 150}))));
  EXPECT_EQ(store_.last_sequence(), stored);
}

TEST_F(ReplicaTest, RefusesADotThatItHasNotGranted) {
  const Answered late = Take(Write({kOther, 200}));
  ASSERT_FALSE(IsAck(late));
  EXPECT_TRUE(NackOf(late).holder_is_another);
  EXPECT_EQ(NackOf(late).id, 42u);
  EXPECT_EQ(NackOf(late).clock, kClock);
  EXPECT_TRUE(NackOf(Take(Write({kMe, 150}))).holder_is_another);
  EXPECT_TRUE(Shown().empty());
}

TEST_F(ReplicaTest, RefusesWhatWasComputedFromLessThanItKnows) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  const Answered answered = Take(Write({kOther, 150}));
  ASSERT_FALSE(IsAck(answered));
  EXPECT_FALSE(NackOf(answered).holder_is_another);
  EXPECT_EQ(NackOf(answered).record, Entry(key_).record) << "the refusal says why";
  EXPECT_EQ(answered.after, Entry(key_).sequence) << "and reveals nothing that could be lost";
  EXPECT_EQ(Shown(), Strings{"known"});
}

TEST_F(ReplicaTest, TakesWhatWasComputedFromMoreThanItKnows) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  Context base;
  base.Add({kMe, 60});
  EXPECT_TRUE(IsAck(Take(Write({kOther, 150}, base))));
  EXPECT_EQ(Shown(), Strings{"new"});
}

TEST_F(ReplicaTest, RefusesADotBelowTheFlush) {
  Guarded guarded = Write({kOther, 150});
  stripe_.Flush(0, 150);
  guarded.flushed = 150;
  EXPECT_FALSE(IsAck(Take(guarded)));
}

TEST_F(ReplicaTest, RefusesAWriterThatHasNotHeardOfTheFlush) {
  const Guarded guarded = Write({kOther, 150});
  stripe_.Flush(0, 120);
  const Answered answered = Take(guarded);
  ASSERT_FALSE(IsAck(answered));
  EXPECT_EQ(NackOf(answered).flushed, 120u);
  EXPECT_FALSE(NackOf(answered).holder_is_another);
}

TEST_F(ReplicaTest, EachCheckCanBeLeftOutByTheSimulator) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  const CachedRecord& entry = Entry(key_);
  EXPECT_FALSE(MayTake(stripe_, entry, kVnode, {kOther, 150}, Context(), {true, true}));
  EXPECT_TRUE(MayTake(stripe_, entry, kVnode, {kOther, 150}, Context(), {true, false}));
  EXPECT_FALSE(MayTake(stripe_, entry, kVnode, {kOther, 999}, Context(), {true, false}));
  EXPECT_TRUE(MayTake(stripe_, entry, kVnode, {kOther, 999}, Context(), {false, false}));
}

TEST_F(ReplicaTest, AnUnguardedWriteIsMergedWhateverItHasSeen) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  const Replicate aside{43, key_, RecordOf(StringAt({kOther, 60}, "aside"))};
  const Answered answered = OnReplicate(stripe_, Entry(key_), aside, kClock);
  ASSERT_TRUE(IsAck(answered));
  EXPECT_EQ(std::get<Ack>(answered.message).id, 43u);
  EXPECT_EQ(Shown(), (Strings{"aside", "known"}));
}

TEST_F(ReplicaTest, ACopyOfWhatIsKnownWritesNothing) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  const uint64_t stored = store_.last_sequence();
  EXPECT_TRUE(IsAck(OnReplicate(stripe_, Entry(key_), {43, key_, Entry(key_).record}, kClock)));
  EXPECT_EQ(store_.last_sequence(), stored);
}

TEST_F(ReplicaTest, ACopyOfWhatIsFlushedIsRefusedWhole) {
  stripe_.Flush(0, 60);
  const Record record =
      Merge(RecordOf(StringAt({kOther, 60}, "dead")), RecordOf(StringAt({kMe, 61}, "alive")));
  const Answered answered = OnReplicate(stripe_, Entry(key_), {43, key_, record}, kClock);
  ASSERT_FALSE(IsAck(answered));
  EXPECT_EQ(NackOf(answered).flushed, 60u);
  EXPECT_TRUE(Shown().empty());
}

TEST_F(ReplicaTest, TellsItsRecordOrThatItIsTheSame) {
  stripe_.Write(Entry(key_), RecordOf(StringAt({kMe, 50}, "known")));
  const CachedRecord& entry = Entry(key_);
  const auto tell = [&](const Ask& ask) {
    return std::get<Tell>(OnAsk(stripe_, entry, ask).message);
  };
  EXPECT_EQ(tell({44, key_, std::nullopt}).record, entry.record);
  EXPECT_EQ(tell({44, key_, entry.record.Digest() + 1}).record, entry.record);
  const Tell same = tell({44, key_, entry.record.Digest()});
  EXPECT_TRUE(same.same);
  EXPECT_TRUE(same.record.empty());
  EXPECT_EQ(same.id, 44u);
  EXPECT_EQ(OnAsk(stripe_, entry, {}).after, entry.sequence)
      << "even that it is the same waits for the disk";
}

class GroupTest : public ReplicaTest {
 protected:
  GroupTest() { stripe_.Write(Entry(read_), RecordOf(StringAt({kMe, 50}, "read"))); }

  // Writes k and l, and r as it is.
  GuardedGroup Group() {
    GuardedGroup group;
    group.id = 43;
    group.items = {Write({kOther, 150}), Write({kOther, 151}),
                   Write({kOther, 152}, Entry(read_).record.context)};
    group.items[1].key = other_;
    group.items[2].key = read_;
    group.items[2].version = StringAt({kOther, 152}, "read");
    return group;
  }
  Answered TakeGroup(const GuardedGroup& group) {
    std::vector<CachedRecord*> entries = {&Entry(key_), &Entry(other_), &Entry(read_)};
    return OnGuardedGroup(stripe_, entries, kVnode, std::make_shared<const GuardedGroup>(group),
                          kClock, kRules);
  }
  bool HasNothing() { return stripe_.undecided().empty(); }

  const std::string other_ = Key("l"), read_ = Key("r");
};

TEST_F(GroupTest, IsKeptInOneBatchAndDoesNotShow) {
  const uint64_t stored = store_.last_sequence();
  const Answered answered = TakeGroup(Group());
  ASSERT_TRUE(IsAck(answered));
  EXPECT_EQ(std::get<Ack>(answered.message).id, 43u);
  EXPECT_EQ(store_.last_sequence(), stored + 1);
  EXPECT_EQ(answered.after, stored + 1);
  EXPECT_EQ(Values(stripe_.Latest(Entry(key_))), Strings{"new"});
  EXPECT_TRUE(Entry(key_).record.empty());
  EXPECT_TRUE(OnDisk(other_).empty());
}

TEST_F(GroupTest, IsTakenOnceAndAckedTwice) {
  TakeGroup(Group());
  const uint64_t stored = store_.last_sequence();
  EXPECT_TRUE(IsAck(TakeGroup(Group())));
  EXPECT_EQ(store_.last_sequence(), stored);
}

TEST_F(GroupTest, NoneIsTakenWhereOneOfThemWasComputedFromLess) {
  stripe_.Write(Entry(other_), RecordOf(StringAt({kMe, 60}, "known")));
  const Answered answered = TakeGroup(Group());
  ASSERT_FALSE(IsAck(answered));
  EXPECT_EQ(NackOf(answered).id, 43u);
  EXPECT_EQ(NackOf(answered).record, Entry(other_).record) << "the refusal says why";
  EXPECT_TRUE(HasNothing());
}

TEST_F(GroupTest, NoneIsTakenWhereWhatWasReadHasChanged) {
  const GuardedGroup group = Group();
  stripe_.Write(Entry(read_), RecordOf(StringAt({kMe, 60}, "later"), Entry(read_).record.context));
  EXPECT_FALSE(IsAck(TakeGroup(group)));
  EXPECT_TRUE(HasNothing());
}

TEST_F(GroupTest, NoneIsTakenBeyondTheGrant) {
  GuardedGroup group = Group();
  group.items[1].version.dot.time = 200;
  const Answered answered = TakeGroup(group);
  ASSERT_FALSE(IsAck(answered));
  EXPECT_TRUE(HasNothing());
}

TEST_F(GroupTest, NoneIsTakenFromAWriterThatHasNotHeardOfTheFlushOfWhatItRead) {
  GuardedGroup group = Group();
  stripe_.Flush(0, 60);
  group.items[0].flushed = group.items[1].flushed = 60;
  EXPECT_FALSE(IsAck(TakeGroup(group)));
  group.items[2].flushed = 60;
  EXPECT_TRUE(IsAck(TakeGroup(group)));
}

TEST_F(GroupTest, AWriterThatDoesNotKnowOfItIsRefusedAndTold) {
  TakeGroup(Group());
  Guarded later = Write({kOther, 160});
  const Answered refused = OnGuarded(stripe_, Entry(key_), kVnode, later, kClock, kRules);
  ASSERT_FALSE(IsAck(refused));
  ASSERT_EQ(NackOf(refused).undecided.size(), 1u);
  EXPECT_EQ(NackOf(refused).undecided[0].items.size(), 3u) << "all of it";
  EXPECT_GE(refused.after, stripe_.groups_sequence());
  later.base.Add({kOther, 150});
  EXPECT_TRUE(IsAck(OnGuarded(stripe_, Entry(key_), kVnode, later, kClock, kRules)))
      << "it was computed from the group's version";
}

TEST_F(GroupTest, ALaterGroupIsTakenIfItHasConcludedTheEarlierOne) {
  TakeGroup(Group());
  GuardedGroup later = Group();
  for (Guarded& item : later.items) item.version.dot.time += 20;
  const Answered refused = TakeGroup(later);
  ASSERT_FALSE(IsAck(refused));
  EXPECT_EQ(NackOf(refused).undecided.size(), 1u);
  later.concluded = {{kOther, 150}};
  EXPECT_TRUE(IsAck(TakeGroup(later)));
  EXPECT_EQ(stripe_.UndecidedOf(Entry(other_)).size(), 1u);
}

TEST_F(GroupTest, WhoAsksAboutOneOfItsKeysIsToldAllOfIt) {
  TakeGroup(Group());
  const Answered answered = OnAsk(stripe_, Entry(key_), Ask{9, key_, std::nullopt});
  const auto& tell = std::get<Tell>(answered.message);
  ASSERT_EQ(tell.undecided.size(), 1u);
  EXPECT_EQ(tell.undecided[0].items.size(), 3u);
  EXPECT_GE(answered.after, stripe_.groups_sequence());
}

TEST_F(GroupTest, WhoAsksAboutSeveralOfItsKeysIsToldItOnce) {
  TakeGroup(Group());
  const AskGroup ask{9, {{0, key_, std::nullopt}, {0, other_, std::nullopt}}};
  const Answered answered = OnAskGroup(stripe_, {&Entry(key_), &Entry(other_)}, ask);
  EXPECT_EQ(std::get<TellGroup>(answered.message).undecided.size(), 1u);
}

TEST_F(GroupTest, TellsAllThatItIsAskedAbout) {
  const AskGroup ask{9, {{0, key_, std::nullopt}, {0, read_, Entry(read_).record.Digest()}}};
  const Answered answered = OnAskGroup(stripe_, {&Entry(key_), &Entry(read_)}, ask);
  const auto& tell = std::get<TellGroup>(answered.message);
  EXPECT_EQ(tell.id, 9u);
  ASSERT_EQ(tell.items.size(), 2u);
  EXPECT_FALSE(tell.items[0].same);
  EXPECT_TRUE(tell.items[1].same);
  EXPECT_EQ(answered.after, Entry(read_).sequence);
}

}  // namespace
}  // namespace kindred
