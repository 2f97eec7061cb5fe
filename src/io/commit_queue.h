#ifndef KINDRED_IO_COMMIT_QUEUE_H_
#define KINDRED_IO_COMMIT_QUEUE_H_

// The batches that wait for the commit thread. Any thread pushes; one thread, the consumer, takes
// all that is there at once. Its lock is held for a few instructions only. It gives out the
// sequences: 1, 2, 3, … in the order in which the batches are in the queue.
//
// Bounded in bytes: a Push that finds more than the bound waits until the consumer has caught up.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "store/store.h"

namespace kindred {

// What was queued at one moment, in order.
struct CommitGroup {
  std::vector<Batch> batches;
  uint64_t last_sequence = 0;
  size_t bytes = 0;
};

class CommitQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit CommitQueue(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Returns the batch's sequence. After Close the batch is dropped: its sequence stays undurable.
  uint64_t Push(Batch batch);
  uint64_t last_sequence() const;

  // For the consumer. Waits until there is something, until `deadline`, or until the queue is
  // closed; what it returns is empty in the latter two cases. Its bytes count against the bound
  // until Done.
  CommitGroup Take(TimePoint deadline);
  void Done(const CommitGroup& group);

  // From now on nobody waits. What was pushed before can still be taken.
  void Close();
  bool closed() const;
  // Waits until `deadline`, or until the queue is closed, which it returns.
  bool WaitForClose(TimePoint deadline);

 private:
  const size_t bytes_max_;

  mutable std::mutex mutex_;
  std::condition_variable pushed_;  // or closed
  std::condition_variable done_;    // or closed
  // Guarded by mutex_.
  std::vector<Batch> batches_;
  size_t waiting_bytes_ = 0;      // of batches_
  size_t bytes_ = 0;              // of batches_ and of groups that are taken and not done
  uint64_t last_sequence_ = 0;    // given out
  uint64_t queued_sequence_ = 0;  // of the last batch that was not dropped
  bool closed_ = false;
};

}  // namespace kindred

#endif  // KINDRED_IO_COMMIT_QUEUE_H_
