#include "io/commit_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace kindred {
namespace {

constexpr auto kNever = CommitQueue::TimePoint::max();
constexpr auto kAtOnce = CommitQueue::TimePoint::min();

Batch BatchOf(const std::string& key) {
  Batch batch;
  batch.Put(Column::kRecords, key, "value");
  return batch;
}

TEST(CommitQueue, GivesAllThatIsQueuedInOrder) {
  CommitQueue queue(1 << 20);
  EXPECT_EQ(queue.Push(BatchOf("a")), 1u);
  EXPECT_EQ(queue.Push(BatchOf("b")), 2u);
  CommitGroup group = queue.Take(kNever);
  ASSERT_EQ(group.batches.size(), 2u);
  EXPECT_EQ(group.batches[0].changes[0].key, "a");
  EXPECT_EQ(group.last_sequence, 2u);
  EXPECT_TRUE(queue.Take(kAtOnce).batches.empty());
}

TEST(CommitQueue, WhatIsTakenCountsUntilItIsDone) {
  CommitQueue queue(0);  // takes one batch at a time
  queue.Push(BatchOf("a"));
  CommitGroup group = queue.Take(kNever);
  std::atomic<bool> pushed{false};
  std::thread writer([&] {
    queue.Push(BatchOf("b"));
    pushed = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(pushed);
  queue.Done(group);
  writer.join();
  EXPECT_TRUE(pushed);
}

TEST(CommitQueue, WhatComesAfterCloseIsDroppedWithItsSequence) {
  CommitQueue queue(1 << 20);
  queue.Push(BatchOf("before"));
  queue.Close();
  EXPECT_TRUE(queue.closed());
  EXPECT_EQ(queue.Push(BatchOf("after")), 2u);
  CommitGroup group = queue.Take(kNever);
  EXPECT_EQ(group.batches.size(), 1u);
  EXPECT_EQ(group.last_sequence, 1u);
  EXPECT_TRUE(queue.WaitForClose(kNever));
}

}  // namespace
}  // namespace kindred
