#include "io/inbox.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace kindred {
namespace {

// A loop that only looks into its inbox; it runs on the test's thread.
class InboxTest : public testing::Test {
 protected:
  InboxTest() : inbox_(Init(&uv_), [this] { ++wakes_; }) {}
  ~InboxTest() override {
    inbox_.Close();
    uv_run(&uv_, UV_RUN_DEFAULT);
    uv_loop_close(&uv_);
  }
  static uv_loop_t* Init(uv_loop_t* loop) {
    uv_loop_init(loop);
    return loop;
  }
  // What has woken the loop by now.
  int Wakes() {
    uv_run(&uv_, UV_RUN_NOWAIT);
    return wakes_;
  }

  uv_loop_t uv_;
  int wakes_ = 0;
  Inbox inbox_;
};

TEST_F(InboxTest, EventsComeInOrderAndWakeTheLoopOnce) {
  inbox_.Post(ScannedEvent{1, {}});
  inbox_.Post(ScannedEvent{2, {}});
  EXPECT_EQ(Wakes(), 1);
  const std::vector<LoopEvent> events = inbox_.Take();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<ScannedEvent>(events[0]).ticket, 1u);
  EXPECT_EQ(std::get<ScannedEvent>(events[1]).ticket, 2u);
  EXPECT_TRUE(inbox_.Take().empty());
}

TEST_F(InboxTest, TheDiskWakesOnlyWhoWaitsForIt) {
  inbox_.OnDurable(10);
  EXPECT_EQ(Wakes(), 0);
  inbox_.WaitFor(12);
  inbox_.OnDurable(11);
  EXPECT_EQ(Wakes(), 0);
  inbox_.OnDurable(12);
  EXPECT_EQ(Wakes(), 1);
  // Once: whoever still waits says so again.
  inbox_.OnDurable(13);
  EXPECT_EQ(Wakes(), 1);
}

TEST_F(InboxTest, NobodyIsForgottenWhileTheDiskIsFasterThanTheLoop) {
  constexpr uint64_t kSequences = 20000;
  std::atomic<uint64_t> durable{0};
  std::thread disk([&] {
    for (uint64_t sequence = 1; sequence <= kSequences; ++sequence) {
      durable.store(sequence, std::memory_order_release);
      inbox_.OnDurable(sequence);
    }
  });
  for (uint64_t sequence = 1; sequence <= kSequences;) {
    inbox_.WaitFor(sequence);
    if (durable.load(std::memory_order_acquire) < sequence) uv_run(&uv_, UV_RUN_ONCE);
    while (sequence <= durable.load(std::memory_order_acquire)) ++sequence;
  }
  disk.join();
}

TEST_F(InboxTest, ManyThreadsPost) {
  constexpr int kThreads = 4;
  constexpr int kEach = 1000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (uint64_t ticket = 0; ticket < kEach; ++ticket) inbox_.Post(ScannedEvent{ticket, {}});
    });
  }
  size_t taken = 0;
  while (taken < kThreads * kEach) {
    uv_run(&uv_, UV_RUN_ONCE);
    taken += inbox_.Take().size();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, static_cast<size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace kindred
