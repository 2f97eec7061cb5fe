// The disk as the core sees it: batches go in and are durable later, reads either need no I/O or
// are asked for and come back as an input. Two implementations: io/rocks_store (RocksDB and the
// commit thread) and store/memory_store (a disk in memory that forgets what was not synced when it
// crashes).
//
// Threads: every method may be called from every loop. Blocking calls are for worker threads, and
// say so.
#ifndef KINDRED_STORE_STORE_H_
#define KINDRED_STORE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/counts.h"

namespace kindred {

enum class Column : uint8_t { kRecords = 0, kExpiry = 1, kHints = 2, kMeta = 3 };
inline constexpr size_t kColumns = 4;

// Changes that become durable together or not at all.
struct Batch {
  struct Change {
    Column column;
    bool is_delete;
    std::string key;
    std::string value;  // empty for a delete
  };

  void Put(Column column, std::string key, std::string value) {
    changes.push_back({column, false, std::move(key), std::move(value)});
  }
  void Delete(Column column, std::string key) {
    changes.push_back({column, true, std::move(key), {}});
  }

  std::vector<Change> changes;
  std::vector<CountChange> counts;  // how the numbers of live keys change with it
};

enum class Found { kFound, kMissing, kNotInMemory };

struct Entry {
  std::string key;
  std::string value;
};

// One page of a range.
struct ScanRequest {
  Column column = Column::kRecords;
  std::string from;   // inclusive
  std::string until;  // exclusive; empty: to the end of the column
  size_t entries_max = 1000;
  size_t bytes_max = 1 << 20;  // stops after the entry that passes it
};

class Store {
 public:
  virtual ~Store() = default;

  // Queues `batch` and returns its sequence, larger than all before. Batches become durable in the
  // order of their sequences. Never blocks on the disk; blocks briefly when more than a bounded
  // number of bytes is queued.
  virtual uint64_t Commit(Batch batch) = 0;

  // Of the last batch that was queued.
  virtual uint64_t last_sequence() const = 0;

  // All batches with a sequence up to this are applied and (under appendfsync always) synced.
  virtual uint64_t durable() const = 0;

  // Looks without I/O. May miss batches that are queued but not durable yet: whoever queued them
  // keeps their values until then.
  virtual Found Get(Column column, std::string_view key, std::string* value) = 0;

  // The same with I/O: for worker threads. kFound or kMissing.
  virtual Found Load(Column column, std::string_view key, std::string* value) = 0;

  // Reads a page, with I/O: for worker threads. Sees all batches that were durable when it was
  // called.
  virtual std::vector<Entry> Scan(const ScanRequest& request) = 0;

  // The numbers of live keys as of the last durable batch, read at the start.
  virtual Counts LoadCounts() = 0;
};

}  // namespace kindred

#endif  // KINDRED_STORE_STORE_H_
