// The way to a command's row and through a plain GET is that of most requests, so what they
// allocate is a promise too.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "command/families.h"
#include "command/table.h"

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

// Runs `command` on a value of 100 bytes and returns what it allocated, apart from its reply.
int AllocationsOf(std::initializer_list<std::string_view> command) {
  const CommandTable table(DataCommandFamilies());
  const Args args(command.begin(), command.size());
  const std::string payload(100, 'x');
  const ValueView value = {Kind::kString, kNever, payload};
  std::string out;
  out.reserve(1000);
  allocations = 0;
  const CommandRow* row = table.Find(args[0]);
  ReplyWriter reply(&out, 2);
  if (row->kind == RowKind::kRead) {
    row->read(&value, args, Call{}, reply);
  } else {
    row->write(&value, args, Call{}, reply);
  }
  const int counted = allocations;
  EXPECT_FALSE(out.empty());
  return counted;
}

TEST(CommandAllocation, ReadsAllocateNothing) {
  EXPECT_EQ(AllocationsOf({"GET", "k"}), 0);
  EXPECT_EQ(AllocationsOf({"mget", "k"}), 0);
  EXPECT_EQ(AllocationsOf({"exists", "k"}), 0);
  EXPECT_EQ(AllocationsOf({"ttl", "k"}), 0);
  EXPECT_EQ(AllocationsOf({"getrange", "k", "5", "-5"}), 0);
  EXPECT_EQ(AllocationsOf({"getbit", "k", "100"}), 0);
  EXPECT_EQ(AllocationsOf({"bitcount", "k", "0", "-1", "BIT"}), 0);
}

TEST(CommandAllocation, SetAllocatesTheStoredValueAlone) {
  EXPECT_EQ(AllocationsOf({"set", "k", std::string(100, 'y')}), 1);
  EXPECT_EQ(AllocationsOf({"set", "k", std::string(100, 'y'), "EX", "10", "XX"}), 1);
  EXPECT_EQ(AllocationsOf({"set", "k", "refused", "nx"}), 0);
  EXPECT_EQ(AllocationsOf({"setrange", "k", "200", "beyond"}), 1);
  EXPECT_EQ(AllocationsOf({"setbit", "k", "2000", "1"}), 1);
}

}  // namespace
}  // namespace kindred
