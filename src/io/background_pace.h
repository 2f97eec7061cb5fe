#ifndef KINDRED_IO_BACKGROUND_PACE_H_
#define KINDRED_IO_BACKGROUND_PACE_H_

// Keeps RocksDB's background work from holding the cores for long. A flush or a compaction needs a
// core for some tenths of a second, and in a cluster whose nodes all take every write it does so on
// all nodes in the same moment; a request that passes through three threads waits for a core each
// time. So background work rests after each tenth of a millisecond, eight times as long, unless it
// has fallen behind what is written. docs/performance.md has the figures.
//
// RocksDB offers no place to rest in but its filter of keys, so that is what this is: a filter that
// keeps every key. The log's recovery at the start does not pass through it.
//
// Threads: any. `Watch(nullptr)` comes before the database is closed.

#include <rocksdb/compaction_filter.h>
#include <rocksdb/db.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace kindred {

class BackgroundPace : public rocksdb::CompactionFilterFactory {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr auto kWork = std::chrono::microseconds(100);
  static constexpr auto kRest = std::chrono::microseconds(800);
  // Of what is to be compacted, by RocksDB's estimate. It slows writes down at 20 files of flushed
  // memtables (64 MiB each), and waits for four before it begins.
  static constexpr uint64_t kPendingBytesMax = uint64_t{1} << 30;

  // Whose background work rests from now on: it tells whether that has fallen behind. Nobody's for
  // nullptr, so that what is left is soon done.
  void Watch(rocksdb::DB* db) { db_.store(db, std::memory_order_release); }

  // How often background work has rested.
  uint64_t rests() const { return rests_.load(std::memory_order_relaxed); }

  bool ShouldFilterTableFileCreation(rocksdb::TableFileCreationReason reason) const override;
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& context) override;
  const char* Name() const override { return "kindred.BackgroundPace"; }

 private:
  friend class PacedJob;

  // Whether a memtable waits for another one's flush, so much is to be compacted that writes will
  // be slowed down before long, or they are.
  bool IsBehind() const;
  void Rest();

  std::atomic<rocksdb::DB*> db_{nullptr};
  std::atomic<uint64_t> rests_{0};
};

}  // namespace kindred

#endif  // KINDRED_IO_BACKGROUND_PACE_H_
