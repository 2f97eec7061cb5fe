// Records stand in the way of every request, so what they allocate is a promise too.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "causal/record.h"

namespace {
thread_local int allocations = 0;
}  // namespace

// g++ takes the malloc in here for a mistake once it has inlined one side and not the other.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace kindred {
namespace {

static_assert(std::is_nothrow_move_constructible_v<Record>);

Version LongString(Dot dot) {
  Version version;
  version.dot = dot;
  version.kind = Kind::kString;
  version.payload = std::string(100, 'x');
  return version;
}

TEST(RecordAllocation, PutAllocatesNothingBesideThePayload) {
  Record record = Put({}, {}, LongString({1, 1}));
  for (uint64_t time = 2; time < 10; ++time) {
    Version version = LongString({1 + time % 3, time});
    allocations = 0;
    Record next = Put(record, record.context, std::move(version));
    record = std::move(next);
    EXPECT_EQ(allocations, 0);
  }
  EXPECT_EQ(record.context.size(), 3u);
}

TEST(RecordAllocation, MergeCopiesOnlyThePayloadThatItKeeps) {
  const Record older = Put({}, {}, LongString({1, 1}));
  const Record newer = Put(older, older.context, LongString({2, 2}));
  allocations = 0;
  const Record merged = Merge(older, newer);
  EXPECT_EQ(allocations, 1);
  EXPECT_EQ(merged, newer);
}

TEST(RecordAllocation, DigestAllocatesNothing) {
  const Record record = Put({}, {}, LongString({1, 1}));
  allocations = 0;
  EXPECT_NE(record.Digest(), Record().Digest());
  EXPECT_EQ(allocations, 0);
}

}  // namespace
}  // namespace kindred
