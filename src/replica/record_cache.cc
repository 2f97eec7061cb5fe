#include "replica/record_cache.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace kindred {
namespace {
// The entry itself and its share of the table.
constexpr size_t kEntryBytes = sizeof(CachedRecord) + 32;
// How many entries one Trim looks at; those that cannot go yet are passed over and count as used.
constexpr int kTrimEntriesMax = 16;
}  // namespace

size_t RecordCache::Hash::operator()(std::string_view key) const { return Hash64(key); }

CachedRecord* RecordCache::Find(std::string_view key) {
  auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  CachedRecord& entry = **found;
  if (newest_ != &entry) {
    Unlink(entry);
    LinkNewest(entry);
  }
  return &entry;
}

CachedRecord* RecordCache::Insert(std::string key, Record record) {
  auto entry = std::make_unique<CachedRecord>();
  entry->key = std::move(key);
  entry->record = std::move(record);
  CachedRecord* raw = entry.get();
  const bool inserted = entries_.insert(std::move(entry)).second;
  CHECK(inserted);
  LinkNewest(*raw);
  Resized(*raw);
  return raw;
}

void RecordCache::Resized(CachedRecord& entry) {
  const size_t now = kEntryBytes + entry.key.size() + entry.record.MemoryBytes();
  bytes_ += now - entry.charged;
  entry.charged = now;
}

void RecordCache::Trim(uint64_t durable, const CachedRecord* keep) {
  for (int looked_at = 0; bytes_ > bytes_max_ && oldest_ != nullptr && looked_at < kTrimEntriesMax;
       ++looked_at) {
    CachedRecord& entry = *oldest_;
    Unlink(entry);
    if (&entry == keep || !entry.Evictable(durable)) {
      LinkNewest(entry);
      continue;
    }
    bytes_ -= entry.charged;
    auto found = entries_.find(std::string_view(entry.key));
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
