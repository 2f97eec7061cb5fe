#ifndef KINDRED_IO_COUNT_LOG_H_
#define KINDRED_IO_COUNT_LOG_H_

// Keeps the numbers of live keys in step with the records: each group's changes are written with
// it, and now and then the numbers themselves. In the column `meta`:
//
//   "counts"                       -> u8(1) u64(generation) Counts::Encode
//   "counts-log/" u64(position)    -> u8(1) u64(generation) EncodeCountChanges
//
// The numbers are the snapshot and all changes of the snapshot's generation. A new snapshot starts
// a generation and its log at position 0 again, over the entries of older ones, which count no
// more: so nothing ever has to be deleted.
//
// Threads: one, the commit thread (and before it, the one that opens the store).

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "store/counts.h"

namespace kindred {

class CountLog {
 public:
  // `meta` lives as long as the log.
  explicit CountLog(rocksdb::ColumnFamilyHandle* meta) : meta_(meta) {}

  // Reads the numbers as of the last durable group.
  absl::Status Load(rocksdb::DB* db);

  // Takes part in the group that `batch` will write. Nothing if there are no changes.
  void Append(const std::vector<CountChange>& changes, rocksdb::WriteBatch* batch);
  void AppendSnapshot(rocksdb::WriteBatch* batch);

  const Counts& counts() const { return counts_; }

 private:
  rocksdb::ColumnFamilyHandle* const meta_;
  Counts counts_;
  uint64_t generation_ = 0;
  uint64_t position_ = 0;
  size_t logged_bytes_ = 0;  // in this generation
};

}  // namespace kindred

#endif  // KINDRED_IO_COUNT_LOG_H_
