// Has the memory of keys' records at hand before their commands run. A look-up waits for memory at
// three places, one after the other: the cache's table, the entry, the payload. Commands that run
// one by one wait one by one; here all keys wait together.
#include <algorithm>
#include <array>
#include <mutex>

#include "absl/container/inlined_vector.h"
#include "node/node.h"

namespace kindred {
namespace {

void Fetch(const void* begin, size_t bytes) {
  constexpr size_t kLine = 64;
  for (size_t at = 0; at < bytes; at += kLine) {
    __builtin_prefetch(static_cast<const char*>(begin) + at);
  }
}

// Of a long value the processor fetches the rest by itself.
constexpr size_t kPayloadBytesMax = 128;

}  // namespace

void Node::LookAhead(std::span<const std::string_view> keys, uint8_t db) {
  view();
  const size_t count = std::min(keys.size(), kKeysAheadMax);
  std::array<Stripe*, kKeysAheadMax> stripes;
  std::array<RecordCache::Glance, kKeysAheadMax> glances;
  absl::InlinedVector<uint32_t, kKeysAheadMax> to_lock;
  for (size_t i = 0; i < count; ++i) {
    uint32_t vnode = 0;
    Locate(keys[i], db, &key_ahead_, &vnode);
    glances[i] = RecordCache::GlanceOf(key_ahead_);
    to_lock.push_back(shared_.StripeOf(vnode));
    stripes[i] = &shared_.stripe(to_lock.back()).stripe;
  }
  // In one order everywhere, as a flush takes them. Between the steps nothing may be taken or let
  // go: that would wait for all memory that was asked for.
  std::ranges::sort(to_lock);
  to_lock.erase(std::unique(to_lock.begin(), to_lock.end()), to_lock.end());
  absl::InlinedVector<std::unique_lock<std::mutex>, kKeysAheadMax> locks;
  for (uint32_t index : to_lock) locks.emplace_back(shared_.stripe(index).stripe.mutex());
  std::array<const CachedRecord*, kKeysAheadMax> entries;
  for (size_t i = 0; i < count; ++i) stripes[i]->cache().FetchTable(glances[i]);
  for (size_t i = 0; i < count; ++i) {
    entries[i] = stripes[i]->cache().Guess(glances[i]);
    if (entries[i] != nullptr) Fetch(entries[i], sizeof(CachedRecord));
  }
  for (size_t i = 0; i < count; ++i) {
    if (entries[i] == nullptr || entries[i]->record.versions.empty()) continue;
    const std::string& payload = entries[i]->record.versions.front().payload;
    Fetch(payload.data(), std::min(payload.size(), kPayloadBytesMax));
  }
}

}  // namespace kindred
