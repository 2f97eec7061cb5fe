#ifndef KINDRED_IO_ROCKS_OPTIONS_H_
#define KINDRED_IO_ROCKS_OPTIONS_H_

// How Kindred sets RocksDB up, in one place. Pure functions; whoever opens the database keeps what
// they return.
//
// The memtable of the records decides what a durable write costs, since every overwrite is one more
// entry in it: a skip list spends most of a commit on cache misses. Measured with RocksDB 7.8.3,
// one thread that commits synced batches, 100,000 keys of 22 bytes, values of 140 bytes, two cores
// and an ext4 disk that were shared with other work; a scan page is 1000 entries read while the
// writes go on (2026-11-22):
//
//   memtable               50 records a batch     800 records a batch    scan page, p50 and p99
//   skip list              8.6 us CPU a record    5.4-6.0 us a record    0.5 and 3 ms
//   hash linked list       3.5-4.3 us             1.3-1.9 us             13 and 980 ms
//   ring (ring_memtable)   3.6-4.3 us             1.8-2.0 us             0.5 and 3 ms
//
// The hash linked list sorts a copy of the whole table for each scan; ours does not have to. Both
// want a single writer, which the commit thread is.

#include <rocksdb/db.h>

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "io/background_pace.h"
#include "store/store.h"

namespace kindred {

enum class AppendFsync { kAlways, kEverysec, kNo };

struct RocksSettings {
  AppendFsync fsync = AppendFsync::kAlways;
  size_t block_cache_bytes = 64u << 20;
  size_t memtable_bytes = 64u << 20;   // of the records; the log may grow to four times this
  size_t queue_bytes_max = 64u << 20;  // of batches that wait for the commit thread
  size_t blob_bytes_min = 4096;        // larger records are kept beside the tree
  int background_jobs = 2;             // flushes and compactions at a time
  // With less than this free on its disk the store takes no writes: what RocksDB itself needs to
  // flush and to tidy up must still find room.
  size_t disk_reserve_bytes = 64u << 20;
};

// The names of the column families, in the order of Column.
inline constexpr std::array<const char*, kColumns> kColumnNames = {"records", "expiry", "hints",
                                                                   "meta"};

rocksdb::DBOptions MakeDbOptions(const RocksSettings& settings);

// One per column, then RocksDB's own "default", which has to be opened and stays empty. Their
// background work keeps to `pace`.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeColumnFamilies(
    const RocksSettings& settings, const std::shared_ptr<BackgroundPace>& pace);

}  // namespace kindred

#endif  // KINDRED_IO_ROCKS_OPTIONS_H_
