#ifndef KINDRED_IO_ROCKS_STORE_H_
#define KINDRED_IO_ROCKS_STORE_H_

// The disk of a real node: RocksDB for what is read, the commit thread for what is written. Keeps
// the promises of store/store.h; io/commit_thread.h says what durable means and what happens when
// the disk fails. Sequences start at 1 in each life of the process.
//
// In the column `meta` the names "format", "counts" and those that start with "counts-log/" are
// the store's own.
//
// A read that RocksDB cannot answer (a bad block, a wrong checksum) ends the process: the answer
// "missing" would be a lie that spreads to the other replicas, while a node that is gone is missed.
//
// Threads: all methods from any, but for Start and Close, which are the owner's; nobody uses the
// store any more when Close begins.

#include <rocksdb/db.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "io/commit_thread.h"
#include "io/data_directory.h"
#include "io/rocks_options.h"
#include "store/store.h"

namespace kindred {

class RocksStore : public Store {
 public:
  // Opens the store in `dir`, or makes a new one. An error is one sentence for the user.
  static absl::StatusOr<std::unique_ptr<RocksStore>> Open(const std::string& dir,
                                                          const RocksSettings& settings);
  ~RocksStore() override { Close(); }

  // Commits wait in the queue until then.
  void Start(CommitListeners listeners) { commit_thread_->Start(std::move(listeners)); }

  // Writes and syncs all that is queued, and closes the database. A second call does nothing.
  void Close();

  uint64_t Commit(Batch batch) override { return commit_thread_->Commit(std::move(batch)); }
  uint64_t durable() const override { return commit_thread_->durable(); }
  Found Get(Column column, std::string_view key, std::string* value) override;
  Found Load(Column column, std::string_view key, std::string* value) override;
  std::vector<Entry> Scan(const ScanRequest& request) override;
  // As they were when the store was opened.
  Counts LoadCounts() override { return counts_at_open_; }

  uint64_t last_sequence() const { return commit_thread_->last_sequence(); }
  // Blocks, for the start and for tests.
  bool WaitDurable(uint64_t sequence, std::chrono::milliseconds timeout) {
    return commit_thread_->WaitDurable(sequence, timeout);
  }

  // Whether the disk took what was last written to it. While it does not, Commit blocks as soon as
  // the queue is full: who can refuse a write should ask first.
  bool healthy() const { return commit_thread_->healthy(); }
  std::string error() const { return commit_thread_->error(); }

  // One of RocksDB's properties, such as "rocksdb.total-sst-files-size", for all columns together
  // if it is a number, else for the records. Empty if there is no such property.
  std::string Property(const std::string& name) const;

 private:
  RocksStore(OpenDatabase database, const RocksSettings& settings, CountLog counts);

  rocksdb::ColumnFamilyHandle* HandleOf(Column column) const {
    return database_.handles[static_cast<size_t>(column)];
  }

  OpenDatabase database_;
  const Counts counts_at_open_;
  std::unique_ptr<CommitThread> commit_thread_;
};

}  // namespace kindred

#endif  // KINDRED_IO_ROCKS_STORE_H_
