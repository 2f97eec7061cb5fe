#ifndef KINDRED_IO_COMMIT_THREAD_H_
#define KINDRED_IO_COMMIT_THREAD_H_

// The one thread that writes to RocksDB. It takes all batches that are queued, writes them as one
// atomic group, syncs the log once, and announces the sequence up to which everything is durable.
// While it syncs the next group gathers, and if only a few batches shared the sync, as long again,
// or 200 us at most: others are on their way, and fewer syncs, with fewer and fuller messages after
// them, are worth more than the moment. A batch that is alone waits for its own sync only.
//
// What durable means is the setting's choice: with `always` the group is synced; with `everysec`
// and `no` it has been handed to the operating system, which outlives the process but not the
// power, and is synced within about a second, or when the system likes. A group that changes `meta`
// is synced in any case: a promise about grants or a new actor must not be forgotten.
//
// When the disk fails a group, or has less than the settings' reserve free, nothing of it is
// announced. The thread says so once, and tries the same group again every 100 ms, which is
// harmless however much of it has reached the log; when the disk takes it, all goes on. Until then
// durable() stands still and the queue fills up.
//
// Threads: Commit and the const methods from any; Start and Stop from the owner. The listeners are
// called on the commit thread.

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "io/commit_queue.h"
#include "io/count_log.h"
#include "io/rocks_options.h"
#include "store/store.h"

namespace kindred {

using ColumnHandles = std::array<rocksdb::ColumnFamilyHandle*, kColumns>;

struct CommitListeners {
  std::function<void(uint64_t durable)> on_durable;        // once per group
  std::function<void(const std::string& error)> on_error;  // when the disk begins to fail
  // After each group: how long the disk took for it, with the sync if there was one.
  std::function<void(std::chrono::microseconds took, bool synced)> on_written = {};
};

class CommitThread {
 public:
  // `db` and `columns` outlive the thread.
  CommitThread(rocksdb::DB* db, const ColumnHandles& columns, const RocksSettings& settings,
               CountLog counts);
  ~CommitThread() { Stop(); }

  void Start(CommitListeners listeners);
  // Writes what is queued, a snapshot of the counts, and syncs; gives up soon if the disk fails.
  void Stop();

  uint64_t Commit(Batch batch) { return queue_.Push(std::move(batch)); }
  uint64_t last_sequence() const { return queue_.last_sequence(); }
  uint64_t durable() const { return durable_.load(std::memory_order_acquire); }
  // Waits until `sequence` is durable. False if that has not happened after `timeout`.
  bool WaitDurable(uint64_t sequence, std::chrono::milliseconds timeout);

  bool healthy() const { return healthy_.load(std::memory_order_acquire); }
  // What the disk says while it fails; empty while it does not.
  std::string error() const;

 private:
  using TimePoint = CommitQueue::TimePoint;

  void Run();
  bool CommitOnce();  // false: the disk failed, and the thread is to stop
  void BuildBatch(const CommitGroup& group);
  bool WriteBatchToDisk(bool sync);
  rocksdb::Status WriteOnce(const rocksdb::WriteOptions& options);
  void SyncIfDue();
  bool Sync();
  void Finish();
  void SetHealth(const rocksdb::Status& status);
  void Announce(uint64_t sequence);

  rocksdb::DB* const db_;
  const ColumnHandles columns_;
  const std::string dir_;
  const RocksSettings settings_;
  CommitQueue queue_;
  std::atomic<uint64_t> durable_{0};
  std::atomic<bool> healthy_{true};

  mutable std::mutex mutex_;
  std::condition_variable announced_;
  std::string error_;  // guarded by mutex_

  // Of the commit thread.
  CommitListeners listeners_;
  CountLog counts_;
  rocksdb::WriteBatch batch_;
  TimePoint gather_until_{};               // the next group is not taken before
  TimePoint sync_due_ = TimePoint::max();  // when what was written without a sync gets one

  std::thread thread_;  // of the owner
};

}  // namespace kindred

#endif  // KINDRED_IO_COMMIT_THREAD_H_
