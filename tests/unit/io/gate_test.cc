#include "io/gate.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace kindred {
namespace {

// Everything that may leave, one after the other.
std::string Leave(Gate<char>& gate, uint64_t durable) {
  std::string left;
  while (auto item = gate.Take(durable)) left += *item;
  return left;
}

TEST(Gate, NothingLeavesBeforeItsSequence) {
  Gate<char> gate;
  gate.Add(5, 'a');
  EXPECT_EQ(Leave(gate, 4), "");
  EXPECT_EQ(gate.WaitsFor(), 5u);
  EXPECT_EQ(Leave(gate, 5), "a");
  EXPECT_EQ(gate.WaitsFor(), 0u);
}

TEST(Gate, ItemsLeaveInTheOrderOfTheirSequencesThenOfTheirArrival) {
  Gate<char> gate;
  gate.Add(5, 'b');
  gate.Add(7, 'd');
  gate.Add(5, 'c');
  gate.Add(3, 'a');
  gate.Add(7, 'e');
  EXPECT_EQ(gate.WaitsFor(), 3u);
  EXPECT_EQ(Leave(gate, 6), "abc");
  EXPECT_EQ(Leave(gate, 9), "de");
}

TEST(Gate, TakesWhatCanOnlyBeMoved) {
  Gate<std::unique_ptr<int>> gate;
  gate.Add(1, std::make_unique<int>(42));
  auto item = gate.Take(1);
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(**item, 42);
}

}  // namespace
}  // namespace kindred
