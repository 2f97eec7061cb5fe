#include "io/commit_queue.h"

#include <utility>

namespace kindred {

namespace {

size_t BytesOf(const Batch& batch) {
  size_t bytes = sizeof(Batch) + batch.counts.size() * sizeof(CountChange);
  for (const Batch::Change& change : batch.changes) {
    bytes += sizeof(change) + change.key.size() + change.value.size();
  }
  return bytes;
}

}  // namespace

uint64_t CommitQueue::Push(Batch batch) {
  size_t bytes = BytesOf(batch);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return closed_ || bytes_ <= bytes_max_; });
  uint64_t sequence = ++last_sequence_;
  if (closed_) return sequence;
  queued_sequence_ = sequence;
  batches_.push_back(std::move(batch));
  waiting_bytes_ += bytes;
  bytes_ += bytes;
  bool was_empty = batches_.size() == 1;
  lock.unlock();
  // The consumer takes all at once, so it waits only for the first.
  if (was_empty) pushed_.notify_all();
  return sequence;
}

uint64_t CommitQueue::last_sequence() const {
  std::lock_guard lock(mutex_);
  return last_sequence_;
}

CommitGroup CommitQueue::Take(TimePoint deadline) {
  CommitGroup group;
  std::unique_lock lock(mutex_);
  auto ready = [&] { return closed_ || !batches_.empty(); };
  if (deadline == TimePoint::max()) {
    pushed_.wait(lock, ready);
  } else {
    pushed_.wait_until(lock, deadline, ready);
  }
  group.batches.swap(batches_);
  group.bytes = std::exchange(waiting_bytes_, 0);
  group.last_sequence = queued_sequence_;
  return group;
}

void CommitQueue::Done(const CommitGroup& group) {
  {
    std::lock_guard lock(mutex_);
    bytes_ -= group.bytes;
  }
  done_.notify_all();
}

void CommitQueue::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  pushed_.notify_all();
  done_.notify_all();
}

bool CommitQueue::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

bool CommitQueue::WaitForClose(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  pushed_.wait_until(lock, deadline, [&] { return closed_; });
  return closed_;
}

}  // namespace kindred
