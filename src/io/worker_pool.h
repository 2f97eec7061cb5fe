#ifndef KINDRED_IO_WORKER_POOL_H_
#define KINDRED_IO_WORKER_POOL_H_

// A fixed number of threads for what may block: cold reads, scans. A loop never waits for it: when
// too much is queued already Post refuses, and the loop answers its request with an error.
//
// Threads: Post from any, from tasks too; Stop and the destructor from the owner.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kindred {

class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t tasks_max);
  ~WorkerPool() { Stop(); }

  // Runs `task` soon, on one of the threads. False, and it will not run, if `tasks_max` tasks wait
  // already or the pool has stopped. Tasks start in the order in which they were posted.
  bool Post(std::function<void()> task);

  // Runs what was accepted, then ends the threads. A second call does nothing.
  void Stop();

  size_t waiting() const;

 private:
  void Run();

  const size_t tasks_max_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> tasks_;
  bool stopped_ = false;

  std::vector<std::thread> threads_;  // of the owner
};

}  // namespace kindred

#endif  // KINDRED_IO_WORKER_POOL_H_
