#include "store/memory_store.h"

#include <utility>

#include "base/check.h"

namespace kindred {

uint64_t MemoryStore::Commit(Batch batch) {
  ++queued_;
  queue_.push_back({queued_, std::move(batch)});
  return queued_;
}

Found MemoryStore::Get(Column column, std::string_view key, std::string* value) {
  if (not_in_memory_chance_ > 0 && random_.Chance(not_in_memory_chance_)) {
    return Found::kNotInMemory;
  }
  return Load(column, key, value);
}

Found MemoryStore::Load(Column column, std::string_view key, std::string* value) {
  const auto& entries = columns_[static_cast<size_t>(column)];
  auto it = entries.find(key);
  if (it == entries.end()) return Found::kMissing;
  *value = it->second;
  return Found::kFound;
}

std::vector<Entry> MemoryStore::Scan(const ScanRequest& request) {
  const auto& entries = columns_[static_cast<size_t>(request.column)];
  std::vector<Entry> page;
  size_t bytes = 0;
  for (auto it = entries.lower_bound(request.from); it != entries.end(); ++it) {
    if (!request.until.empty() && it->first >= request.until) break;
    if (page.size() >= request.entries_max || bytes > request.bytes_max) break;
    page.push_back({it->first, it->second});
    bytes += it->first.size() + it->second.size();
  }
  return page;
}

void MemoryStore::SyncUpTo(uint64_t sequence) {
  CHECK(sequence <= queued_);
  while (!queue_.empty() && queue_.front().sequence <= sequence) ApplyFront();
}

void MemoryStore::Crash(Random& random) {
  size_t survivors = random.Below(queue_.size() + 1);
  for (size_t i = 0; i < survivors; ++i) ApplyFront();
  queue_.clear();
}

void MemoryStore::ApplyFront() {
  Queued& front = queue_.front();
  for (Batch::Change& change : front.batch.changes) {
    auto& entries = columns_[static_cast<size_t>(change.column)];
    if (change.is_delete) {
      entries.erase(change.key);
    } else {
      entries.insert_or_assign(std::move(change.key), std::move(change.value));
    }
  }
  for (const CountChange& change : front.batch.counts) counts_.Apply(change);
  durable_ = front.sequence;
  queue_.pop_front();
}

}  // namespace kindred
