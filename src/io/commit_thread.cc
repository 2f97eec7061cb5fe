#include "io/commit_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/check.h"
#include "io/data_directory.h"
#include "store/keys.h"

namespace kindred {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSyncEvery = std::chrono::seconds(1);
constexpr auto kRetryEvery = std::chrono::milliseconds(100);
constexpr auto kGatherMax = std::chrono::microseconds(200);
constexpr size_t kFewBatches = 16;
// So long does a thread that is to stop hope for a failing disk.
constexpr int kRetriesWhenStopping = 10;
// A buffer that one huge group has blown up is not kept.
constexpr size_t kBatchBytesKept = 16u << 20;

rocksdb::Slice SliceOf(const std::string& bytes) { return {bytes.data(), bytes.size()}; }

// Groups of writes pass through there, and are as durable as other writes.
bool ChangesMeta(const CommitGroup& group) {
  for (const Batch& batch : group.batches) {
    for (const Batch::Change& change : batch.changes) {
      if (change.column == Column::kMeta && !change.key.starts_with(kUndecidedGroupPrefix)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

CommitThread::CommitThread(rocksdb::DB* db, const ColumnHandles& columns,
                           const RocksSettings& settings, CountLog counts)
    : db_(db),
      columns_(columns),
      dir_(db->GetName()),
      settings_(settings),
      queue_(settings.queue_bytes_max),
      counts_(std::move(counts)) {}

void CommitThread::Start(CommitListeners listeners) {
  CHECK(!thread_.joinable());
  listeners_ = std::move(listeners);
  thread_ = std::thread([this] { Run(); });
}

void CommitThread::Stop() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
}

bool CommitThread::WaitDurable(uint64_t sequence, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return announced_.wait_for(lock, timeout, [&] { return durable() >= sequence; });
}

std::string CommitThread::error() const {
  std::lock_guard lock(mutex_);
  return error_;
}

void CommitThread::Run() {
  bool disk_works = true;
  while (disk_works && !queue_.closed()) {
    if (Clock::now() < gather_until_) std::this_thread::sleep_until(gather_until_);
    disk_works = CommitOnce();
    SyncIfDue();
  }
  // What was pushed before the queue was closed.
  if (disk_works && CommitOnce()) Finish();
}

bool CommitThread::CommitOnce() {
  CommitGroup group = queue_.Take(sync_due_);
  if (group.batches.empty()) return true;
  BuildBatch(group);
  bool sync = settings_.fsync == AppendFsync::kAlways || ChangesMeta(group);
  const TimePoint begun = Clock::now();
  if (!WriteBatchToDisk(sync)) return false;
  const TimePoint ended = Clock::now();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(ended - begun);
  if (listeners_.on_written) listeners_.on_written(took, sync);
  const bool few = group.batches.size() > 1 && group.batches.size() < kFewBatches;
  gather_until_ = sync && few ? ended + std::min(took, kGatherMax) : ended;
  // A sync covers all that was written before it, too.
  if (sync) {
    sync_due_ = TimePoint::max();
  } else if (settings_.fsync == AppendFsync::kEverysec && sync_due_ == TimePoint::max()) {
    sync_due_ = Clock::now() + kSyncEvery;
  }
  Announce(group.last_sequence);
  queue_.Done(group);
  return true;
}

// The group is atomic, so of several changes of one key only the last is written. Walking backwards
// meets it first.
void CommitThread::BuildBatch(const CommitGroup& group) {
  if (batch_.GetDataSize() > kBatchBytesKept) batch_ = rocksdb::WriteBatch();
  batch_.Clear();
  std::array<absl::flat_hash_set<std::string_view>, kColumns> seen;
  std::vector<CountChange> counts;
  for (auto batch = group.batches.rbegin(); batch != group.batches.rend(); ++batch) {
    for (auto change = batch->changes.rbegin(); change != batch->changes.rend(); ++change) {
      auto column = static_cast<size_t>(change->column);
      if (!seen[column].insert(change->key).second) continue;
      rocksdb::Status status =
          change->is_delete
              ? batch_.Delete(columns_[column], SliceOf(change->key))
              : batch_.Put(columns_[column], SliceOf(change->key), SliceOf(change->value));
      CHECK(status.ok());
    }
  }
  for (const Batch& batch : group.batches) {
    counts.insert(counts.end(), batch.counts.begin(), batch.counts.end());
  }
  counts_.Append(counts, &batch_);
}

bool CommitThread::WriteBatchToDisk(bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  int retries_left = kRetriesWhenStopping;
  while (true) {
    rocksdb::Status status = WriteOnce(options);
    SetHealth(status);
    if (status.ok()) return true;
    if (queue_.WaitForClose(Clock::now() + kRetryEvery)) {
      if (--retries_left < 0) return false;
      std::this_thread::sleep_for(kRetryEvery);
    }
    // RocksDB refuses all writes after an error until it is told to try again; if the error stays
    // the next write says so.
    db_->Resume().PermitUncheckedError();
  }
}

rocksdb::Status CommitThread::WriteOnce(const rocksdb::WriteOptions& options) {
  uint64_t free_bytes = FreeDiskBytes(dir_);
  if (free_bytes < settings_.disk_reserve_bytes) {
    return rocksdb::Status::NoSpace(fmt::format("{} bytes are free in {}, and at least {} are kept",
                                                free_bytes, dir_, settings_.disk_reserve_bytes));
  }
  return db_->Write(options, &batch_);
}

void CommitThread::SyncIfDue() {
  if (sync_due_ == TimePoint::max() || Clock::now() < sync_due_) return;
  sync_due_ = Sync() ? TimePoint::max() : Clock::now() + kRetryEvery;
}

bool CommitThread::Sync() {
  rocksdb::Status status = db_->SyncWAL();
  SetHealth(status);
  if (!status.ok()) db_->Resume().PermitUncheckedError();
  return status.ok();
}

void CommitThread::Finish() {
  batch_.Clear();
  counts_.AppendSnapshot(&batch_);
  if (!WriteBatchToDisk(true)) Sync();
}

void CommitThread::SetHealth(const rocksdb::Status& status) {
  if (status.ok() && healthy()) return;
  bool begins = !status.ok() && healthy();
  std::string error = status.ok() ? "" : status.ToString();
  {
    std::lock_guard lock(mutex_);
    error_ = error;
  }
  healthy_.store(status.ok(), std::memory_order_release);
  if (begins && listeners_.on_error) listeners_.on_error(error);
}

void CommitThread::Announce(uint64_t sequence) {
  {
    std::lock_guard lock(mutex_);
    durable_.store(sequence, std::memory_order_release);
  }
  announced_.notify_all();
  if (listeners_.on_durable) listeners_.on_durable(sequence);
}

}  // namespace kindred
