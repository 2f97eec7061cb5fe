#include "replica/record_cache.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace kindred {
namespace {
// The entry itself and its share of the table.
constexpr size_t kEntryBytes = sizeof(CachedRecord) + 32;
// How many entries one Trim looks at. Even if all of them are in use the last one goes, or the
// cache could grow when few are inserted and many used.
constexpr int kTrimEntriesMax = 16;
}  // namespace

size_t RecordCache::Hash::operator()(std::string_view key) const { return Hash64(key); }

CachedRecord* RecordCache::Find(std::string_view key) {
  auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  (*found)->used = true;
  return found->get();
}

CachedRecord* RecordCache::Insert(std::string_view key, Record record) {
  auto entry = std::make_unique<CachedRecord>(key);
  entry->record = std::move(record);
  CachedRecord* raw = entry.get();
  const bool inserted = entries_.insert(std::move(entry)).second;
  CHECK(inserted);
  LinkNewest(*raw);
  Resized(*raw);
  return raw;
}

void RecordCache::Resized(CachedRecord& entry) {
  const size_t now = kEntryBytes + entry.key().size() + entry.record.MemoryBytes();
  bytes_ += now - entry.charged;
  entry.charged = now;
}

void RecordCache::Trim(uint64_t durable, const CachedRecord* keep) {
  for (int looked_at = 0; bytes_ > bytes_max_ && oldest_ != nullptr && looked_at < kTrimEntriesMax;
       ++looked_at) {
    CachedRecord& entry = *oldest_;
    Unlink(entry);
    const bool spared = std::exchange(entry.used, false) && looked_at + 1 < kTrimEntriesMax;
    if (spared || &entry == keep || !entry.Evictable(durable)) {
      LinkNewest(entry);
      continue;
    }
    bytes_ -= entry.charged;
    auto found = entries_.find(entry.key());
    CHECK(found != entries_.end());
    entries_.erase(found);
  }
}

void RecordCache::Unlink(CachedRecord& entry) {
  (entry.newer != nullptr ? entry.newer->older : newest_) = entry.older;
  (entry.older != nullptr ? entry.older->newer : oldest_) = entry.newer;
  entry.newer = entry.older = nullptr;
}

void RecordCache::LinkNewest(CachedRecord& entry) {
  entry.older = newest_;
  (newest_ != nullptr ? newest_->newer : oldest_) = &entry;
  newest_ = &entry;
}

}  // namespace kindred
