#include "causal/context.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "tests/unit/causal/generators.h"

namespace kindred {
namespace {

Context Of(std::initializer_list<Dot> dots) {
  Context context;
  for (const Dot& dot : dots) context.Add(dot);
  return context;
}

TEST(Dot, TheLaterTimeIsNewerAndThenTheLargerActor) {
  EXPECT_TRUE(NewerThan({1, 6}, {2, 5}));
  EXPECT_TRUE(NewerThan({2, 5}, {1, 5}));
  EXPECT_FALSE(NewerThan({2, 5}, {2, 5}));
}

TEST(Context, CoversAllOfAnActorsWritesUpToATime) {
  const Context context = Of({{7, 10}, {3, 20}});
  EXPECT_TRUE(context.Covers({7, 10}));
  EXPECT_TRUE(context.Covers({7, 1}));
  EXPECT_FALSE(context.Covers({7, 11}));
  EXPECT_FALSE(context.Covers({8, 1}));
  EXPECT_EQ(context.TimeOf(3), 20u);
  EXPECT_EQ(context.TimeOf(4), 0u);
}

TEST(Context, AddNeverGoesBack) {
  Context context = Of({{7, 10}});
  context.Add({7, 4});
  EXPECT_EQ(context, Of({{7, 10}}));
  EXPECT_EQ(context.size(), 1u);
}

TEST(Context, DropUpToForgetsWhatAFlushMadeUnnecessary) {
  Context context = Of({{1, 10}, {2, 11}, {3, 9}});
  context.DropUpTo(10);
  EXPECT_EQ(context, Of({{2, 11}}));
}

TEST(Context, ThreeActorsNeedNoAllocation) {
  EXPECT_EQ(Of({{1, 1}, {2, 1}, {3, 1}}).HeapBytes(), 0u);
  EXPECT_GT(Of({{1, 1}, {2, 1}, {3, 1}, {4, 1}}).HeapBytes(), 0u);
}

TEST(Context, DecodeRefusesWhatEncodeWouldNotWrite) {
  const auto decodes = [](std::initializer_list<Dot> entries, uint64_t count) {
    std::string bytes;
    ByteWriter out(&bytes);
    out.Varint(count);
    for (const Dot& dot : entries) {
      out.U64(dot.actor);
      out.U64(dot.time);
    }
    ByteReader in(bytes);
    Context context;
    return Context::Decode(in, &context);
  };
  EXPECT_TRUE(decodes({{1, 5}, {2, 5}}, 2));
  EXPECT_FALSE(decodes({{2, 5}, {1, 5}}, 2));          // not in order
  EXPECT_FALSE(decodes({{1, 5}, {1, 6}}, 2));          // an actor twice
  EXPECT_FALSE(decodes({{1, 0}}, 1));                  // time 0
  EXPECT_FALSE(decodes({{1, 5}}, 2));                  // cut off
  EXPECT_FALSE(decodes({{1, 5}}, uint64_t{1} << 60));  // a count that no input can hold
}

RC_GTEST_PROP(Context, MergeIsTheLeastThatCoversBoth, ()) {
  const Context a = AnyContext();
  const Context b = AnyContext();
  Context merged = a;
  merged.Merge(b);
  for (uint64_t actor = 1; actor <= kActorsMax; ++actor) {
    RC_ASSERT(merged.TimeOf(actor) == std::max(a.TimeOf(actor), b.TimeOf(actor)));
  }
  RC_ASSERT(merged.CoversAll(a));
  RC_ASSERT(merged.CoversAll(b));
  Context other_way = b;
  other_way.Merge(a);
  RC_ASSERT(merged == other_way);
}

RC_GTEST_PROP(Context, CoversAllAgreesWithCoversOfEachDot, ()) {
  const Context a = AnyContext();
  const Context b = AnyContext();
  bool each = true;
  for (const Dot& dot : b) each = each && a.Covers(dot);
  RC_ASSERT(a.CoversAll(b) == each);
}

RC_GTEST_PROP(Context, DecodeReturnsWhatEncodeWrote, ()) {
  const Context context = AnyContext();
  std::string bytes;
  ByteWriter out(&bytes);
  context.Encode(out);
  ByteReader in(bytes);
  Context decoded = AnyContext();
  RC_ASSERT(Context::Decode(in, &decoded));
  RC_ASSERT(in.AtEnd());
  RC_ASSERT(decoded == context);
}

}  // namespace
}  // namespace kindred
