#include "store/counts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace kindred {
namespace {

CountChange AnyChange() {
  CountChange change;
  change.slot = *rc::gen::inRange<uint16_t>(0, 4);
  change.db = *rc::gen::inRange<uint8_t>(0, 3);
  change.keys = *rc::gen::inRange<int32_t>(-3, 4);
  change.with_expiry = *rc::gen::inRange<int32_t>(-3, 4);
  change.reset = *rc::gen::inRange(0, 8) == 0;
  return change;
}

bool Same(const CountChange& a, const CountChange& b) {
  return a.slot == b.slot && a.db == b.db && a.keys == b.keys && a.with_expiry == b.with_expiry &&
         a.reset == b.reset;
}

TEST(Counts, ChangesAddUp) {
  Counts counts;
  counts.Apply({7, 0, 3, 1, false});
  counts.Apply({7, 0, -1, 0, false});
  EXPECT_EQ(counts.Of(7, 0), (Counts::Number{2, 1}));
  EXPECT_EQ(counts.Of(7, 1), (Counts::Number{}));
}

TEST(Counts, AResetForgetsWhatWasBefore) {
  Counts counts;
  counts.Apply({7, 0, 3, 1, false});
  counts.Apply({7, 0, 1, 0, true});
  EXPECT_EQ(counts.Of(7, 0), (Counts::Number{1, 0}));
}

TEST(Counts, ZerosTakeNoRoom) {
  Counts counts;
  counts.Apply({7, 0, 3, 1, false});
  counts.Apply({7, 0, -3, -1, false});
  EXPECT_TRUE(counts.all().empty());
}

TEST(Counts, ForeignBytesAreRefused) {
  Counts counts;
  EXPECT_FALSE(Counts::Decode("", &counts));
  EXPECT_FALSE(Counts::Decode("\x02", &counts));
  EXPECT_FALSE(Counts::Decode(Counts{}.Encode() + "x", &counts));
  std::vector<CountChange> changes;
  EXPECT_FALSE(DecodeCountChanges("", &changes));
  EXPECT_FALSE(DecodeCountChanges(EncodeCountChanges({{}}).substr(0, 4), &changes));
}

RC_GTEST_PROP(Counts, DecodingGivesBackTheNumbers, ()) {
  Counts counts;
  int size = *rc::gen::inRange(0, 20);
  for (int i = 0; i < size; ++i) counts.Apply(AnyChange());
  Counts decoded;
  RC_ASSERT(Counts::Decode(counts.Encode(), &decoded));
  RC_ASSERT(decoded.all() == counts.all());
}

RC_GTEST_PROP(Counts, DecodingGivesBackTheChanges, ()) {
  std::vector<CountChange> changes;
  int size = *rc::gen::inRange(0, 20);
  for (int i = 0; i < size; ++i) changes.push_back(AnyChange());
  changes.push_back(
      {16383, 15, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), true});
  std::vector<CountChange> decoded;
  RC_ASSERT(DecodeCountChanges(EncodeCountChanges(changes), &decoded));
  RC_ASSERT(decoded.size() == changes.size());
  for (size_t i = 0; i < changes.size(); ++i) RC_ASSERT(Same(decoded[i], changes[i]));
}

}  // namespace
}  // namespace kindred
