#include "io/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace kindred {
namespace {

TEST(WorkerPool, RunsEachTaskOnce) {
  std::vector<std::atomic<int>> runs(1000);
  WorkerPool pool(3, 1000);
  for (std::atomic<int>& count : runs) {
    while (!pool.Post([&count] { ++count; })) std::this_thread::yield();
  }
  pool.Stop();
  for (std::atomic<int>& count : runs) EXPECT_EQ(count, 1);
}

TEST(WorkerPool, RefusesWhatIsTooMuch) {
  std::promise<void> started;
  std::promise<void> released;
  std::atomic<int> runs{0};
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.Post([&] {
    started.set_value();
    released.get_future().wait();
  }));
  started.get_future().wait();  // the only thread is busy, and nothing waits
  EXPECT_TRUE(pool.Post([&] { ++runs; }));
  EXPECT_TRUE(pool.Post([&] { ++runs; }));
  EXPECT_FALSE(pool.Post([&] { ++runs; }));
  EXPECT_EQ(pool.waiting(), 2u);
  released.set_value();
  pool.Stop();
  EXPECT_EQ(runs, 2);
}

TEST(WorkerPool, StopRunsWhatWasAcceptedAndRefusesTheRest) {
  std::atomic<int> runs{0};
  WorkerPool pool(2, 100);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(pool.Post([&] { ++runs; }) || pool.waiting() > 0);
  pool.Stop();
  EXPECT_EQ(runs, 100);
  EXPECT_FALSE(pool.Post([&] { ++runs; }));
  pool.Stop();
  EXPECT_EQ(runs, 100);
}

TEST(WorkerPool, TasksMayPostTasks) {
  std::atomic<int> runs{0};
  std::promise<void> done;
  WorkerPool pool(2, 10);
  pool.Post([&] {
    pool.Post([&] {
      ++runs;
      done.set_value();
    });
  });
  done.get_future().wait();
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace kindred
