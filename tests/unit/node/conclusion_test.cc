#include "node/conclusion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "replica/stripe.h"
#include "store/keys.h"

namespace kindred {
namespace {

constexpr uint64_t kOld = 10, kNew = 11, kThird = 12;  // actors

// Two keys and a third, each of which held "before" at time 1.
class ConclusionTest : public testing::Test {
 protected:
  ConclusionTest() {
    for (const char* name : {"a", "b", "c"}) {
      keys_.push_back(RecordKeyOf({5, 1, 0, name}));
      shown_.push_back(Put(Record(), Context(), Value({kOld, 1}, "before")));
    }
  }

  static Version Value(Dot dot, std::string payload) {
    Version version;
    version.dot = dot;
    version.kind = Kind::kString;
    version.payload = std::move(payload);
    version.guarded = true;
    return version;
  }

  // Writes "in" to these keys, on top of what is shown.
  GuardedGroup GroupAt(uint64_t actor, uint64_t time, const std::vector<size_t>& keys) {
    GuardedGroup group;
    for (const size_t key : keys) {
      Guarded item;
      item.key = keys_[key];
      item.base = shown_[key].context;
      item.version = Value({actor, time}, "in " + std::to_string(time));
      group.items.push_back(std::move(item));
      ++time;
    }
    return group;
  }

  // A guarded write of one key, computed from what is shown.
  void Write(size_t key, uint64_t time) {
    shown_[key] = Put(shown_[key], shown_[key].context, Value({kThird, time}, "later"));
  }

  std::vector<std::string> Concluded(const std::vector<GuardedGroup>& groups) {
    std::vector<std::string> values;
    for (const Record& record :
         Conclude(keys_, shown_, groups, [this](uint8_t) { return flushed_; })) {
      const Version* newest = Newest(record);
      values.push_back(newest == nullptr ? "nothing" : newest->payload);
    }
    return values;
  }
  using Values = std::vector<std::string>;

  std::vector<std::string> keys_;
  std::vector<Record> shown_;
  uint64_t flushed_ = 0;
};

TEST_F(ConclusionTest, AGroupThatNothingSpeaksAgainstIsAdopted) {
  EXPECT_EQ(Concluded({GroupAt(kOld, 10, {0, 1})}), (Values{"in 10", "in 11", "before"}));
}

TEST_F(ConclusionTest, AGroupThatWasOvertakenInOneKeyIsDroppedInAll) {
  const GuardedGroup group = GroupAt(kOld, 10, {0, 1});
  Write(0, 30);
  EXPECT_EQ(Concluded({group}), (Values{"later", "before", "before"}));
}

TEST_F(ConclusionTest, AnUnguardedWriteOvertakesNothing) {
  const GuardedGroup group = GroupAt(kOld, 10, {0, 1});
  Version unguarded = Value({kNew, 30}, "sibling");
  unguarded.guarded = false;
  shown_[0] = Put(shown_[0], shown_[0].context, unguarded);
  EXPECT_EQ(Concluded({group}), (Values{"sibling", "in 11", "before"}));
}

TEST_F(ConclusionTest, AGroupThatShowsInOneKeyIsAdoptedInAll) {
  const GuardedGroup group = GroupAt(kOld, 10, {0, 1});
  shown_[0] = Merge(shown_[0], RecordOf(group.items[0]));
  Write(0, 30);
  EXPECT_EQ(Concluded({group}), (Values{"later", "in 11", "before"}));
}

TEST_F(ConclusionTest, OfTwoGroupsThatDoNotKnowEachOtherTheLaterIsAdopted) {
  const GuardedGroup earlier = GroupAt(kOld, 10, {0, 1}), later = GroupAt(kNew, 20, {1, 2});
  const Values values = {"before", "in 20", "in 21"};
  EXPECT_EQ(Concluded({earlier, later}), values);
  EXPECT_EQ(Concluded({later, earlier}), values);
}

TEST_F(ConclusionTest, AGroupThatALaterOneWasComputedFromIsAdoptedWithIt) {
  const GuardedGroup earlier = GroupAt(kOld, 10, {0, 1});
  GuardedGroup later = GroupAt(kNew, 20, {1, 2});
  later.items[0].base.Add({kOld, 11});
  EXPECT_EQ(Concluded({earlier, later}), (Values{"in 10", "in 20", "in 21"}));
}

TEST_F(ConclusionTest, AnEarlierGroupLivesOnIfTheLaterOneIsDropped) {
  const GuardedGroup earlier = GroupAt(kOld, 10, {0, 1}), later = GroupAt(kNew, 20, {1, 2});
  Write(2, 30);
  EXPECT_EQ(Concluded({earlier, later}), (Values{"in 10", "in 11", "later"}));
}

TEST_F(ConclusionTest, AFlushOfOneWriteEndsAllThatDoesNotShow) {
  flushed_ = 10;
  EXPECT_EQ(Concluded({GroupAt(kOld, 10, {0, 1})}), (Values{"nothing", "nothing", "nothing"}));
}

TEST_F(ConclusionTest, WhatIsDroppedIsNotInTheContext) {
  const GuardedGroup group = GroupAt(kOld, 10, {0, 1});
  Write(0, 30);
  const auto records = Conclude(keys_, shown_, {group}, [](uint8_t) { return uint64_t{0}; });
  EXPECT_FALSE(records[1].context.Covers({kOld, 11})) << "who keeps it has to see that it is dead";
}

TEST(AddGroups, EachIsThereOnce) {
  GuardedGroup group;
  group.items.resize(2);
  group.items[0].key = "a";
  group.items[1].key = "b";
  group.items[0].version.dot = {kOld, 10};
  std::vector<GuardedGroup> groups;
  AddGroups({group, group}, &groups);
  EXPECT_EQ(groups.size(), 1u);
  EXPECT_EQ(KeysOf(groups), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace kindred
