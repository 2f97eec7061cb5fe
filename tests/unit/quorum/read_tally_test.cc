#include "quorum/read_tally.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kindred {
namespace {

constexpr uint64_t kActor = 10, kOther = 11;

Record RecordWith(Dot dot, const std::string& value, const Context& seen = Context()) {
  Version version;
  version.dot = dot;
  version.kind = Kind::kString;
  version.payload = value;
  return Put(Record(), seen, version);
}

// What one replica tells: a record, or that it has the one that was added first.
struct Answer {
  Peer peer;
  Record record;
  bool same = false;
};

struct Row {
  const char* what;
  uint32_t need;
  std::vector<Answer> answers;
  bool enough;
  bool agree;
  std::string newest;  // empty: none
  std::vector<Peer> behind;
};

TEST(ReadTally, Table) {
  const Record old = RecordWith({kActor, 1}, "old");
  const Record next = RecordWith({kActor, 2}, "new");  // it has seen the old one
  const Record aside = RecordWith({kOther, 3}, "aside");
  const std::vector<Row> rows = {
      {"nobody has answered", 2, {}, false, true, "", {}},
      {"one of two", 2, {{0, old}}, false, true, "old", {}},
      {"our own is enough", 1, {{0, old}}, true, true, "old", {}},
      {"equal records", 2, {{0, old}, {1, old}}, true, true, "old", {}},
      {"an equal digest", 2, {{0, old}, {1, {}, true}}, true, true, "old", {}},
      {"nobody has the key", 2, {{0, {}}, {2, {}, true}}, true, true, "", {}},
      {"we are behind", 2, {{0, old}, {1, next}}, true, false, "new", {0}},
      {"the other is behind", 2, {{0, next}, {1, old}}, true, false, "new", {1}},
      {"the other has nothing", 2, {{0, next}, {1, {}}}, true, false, "new", {1}},
      {"siblings: both are behind", 2, {{0, next}, {1, aside}}, true, false, "aside", {0, 1}},
      {"three, one behind", 3, {{0, next}, {1, {}, true}, {2, old}}, true, false, "new", {2}},
      {"an answer that comes twice", 3, {{0, old}, {1, old}, {1, next}}, false, true, "old", {}},
      {"more than enough", 2, {{0, old}, {1, {}, true}, {2, next}}, true, false, "new", {0, 1}},
  };
  for (const Row& row : rows) {
    ReadTally tally(row.need);
    for (const Answer& answer : row.answers) {
      answer.same ? tally.AddSame(answer.peer) : tally.Add(answer.peer, answer.record);
      EXPECT_TRUE(tally.Has(answer.peer)) << row.what;
    }
    EXPECT_EQ(tally.Enough(), row.enough) << row.what;
    EXPECT_EQ(tally.Agree(), row.agree) << row.what;
    const Version* newest = Newest(tally.merged());
    EXPECT_EQ(newest == nullptr ? std::string() : newest->payload, row.newest) << row.what;
    EXPECT_EQ(tally.Behind(), row.behind) << row.what;
  }
}

TEST(ReadTally, KeepsWhatClientsLeftAsSiblings) {
  ReadTally tally(2);
  tally.Add(0, RecordWith({kActor, 1}, "left"));
  tally.Add(1, RecordWith({kOther, 2}, "right"));
  ASSERT_EQ(tally.merged().versions.size(), 2u);
  EXPECT_EQ(tally.merged().versions[0].payload, "right");
  EXPECT_EQ(tally.merged().versions[1].payload, "left");
}

TEST(ReadTally, HeedsWhatDoesNotCount) {
  ReadTally tally(2);
  const Record own = RecordWith({kActor, 1}, "own");
  tally.Add(0, own);
  tally.Heed(own);
  EXPECT_TRUE(tally.Agree());
  tally.Heed(RecordWith({kOther, 2}, "theirs"));
  EXPECT_FALSE(tally.Enough());
  tally.AddSame(1);
  EXPECT_TRUE(tally.Enough());
  EXPECT_FALSE(tally.Agree());
  EXPECT_EQ(tally.merged().versions.size(), 2u);
}

TEST(ReadTally, DoesWithoutSomebodyButNeverWithFewerThanItMust) {
  ReadTally tally(3);
  tally.Add(0, RecordWith({kActor, 1}, "value"));
  tally.DoWithout(2);
  EXPECT_FALSE(tally.Enough());
  tally.DoWithout(2);
  EXPECT_FALSE(tally.Enough());
  tally.AddSame(1);
  EXPECT_TRUE(tally.Enough());
}

TEST(ReadTally, TheFirstDigestIsThatOfTheFirstRecord) {
  const Record first = RecordWith({kActor, 1}, "v");
  ReadTally tally(3);
  tally.Add(0, first);
  tally.Add(1, RecordWith({kActor, 2}, "w"));
  EXPECT_EQ(tally.first_digest(), first.Digest());
  tally.AddSame(2);
  EXPECT_EQ(tally.Behind(), (std::vector<Peer>{0, 2}));
}

}  // namespace
}  // namespace kindred
