// Decoded records of one stripe, by record key, within a budget of bytes. The cache is where a
// stripe's records live: every read and write goes through an entry, and an entry whose latest
// change is not durable yet, or that somebody holds on to, stays. An entry for a key that does not
// exist is an empty record.
//
// What goes first is what nobody has used for longest, roughly ("second chance"): a use only leaves
// a mark, and Trim passes over what has one, once. A list in the order of use would touch two other
// entries with each, which are rarely in the processor's cache.
//
// Part of a stripe; guarded by its lock.
#ifndef KINDRED_REPLICA_RECORD_CACHE_H_
#define KINDRED_REPLICA_RECORD_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "causal/record.h"

namespace kindred {

// The order of the members is that in which a look-up waits for memory.
struct CachedRecord {
  explicit CachedRecord(std::string_view record_key)
      : key_bytes(record_key.begin(), record_key.end()) {}

  std::string_view key() const { return {key_bytes.data(), key_bytes.size()}; }

  bool Evictable(uint64_t durable) const {
    return pins == 0 && logged == nullptr && sequence <= durable && logged_sequence <= durable;
  }

  const absl::InlinedVector<char, 40> key_bytes;  // most keys lie within
  uint64_t sequence = 0;                          // of the batch that brought what is shown
  uint32_t pins = 0;                              // by operations in flight
  bool used = false;                              // since the cache's Trim has passed it
  Record record;                                  // what this replica shows
  // What the store holds, where that differs: a primary's own copy is logged before it shows.
  std::unique_ptr<Record> logged;
  uint64_t logged_sequence = 0;  // of the last batch that touched the key
  // As a primary: known to be fresh under the grant held since then; 0: not.
  uint64_t fresh_since = 0;
  // The step of its vnode in which it was the same at enough replicas (node/steps.h); 0: in none.
  uint64_t in_step = 0;
  bool settled = false;  // what is shown is known to be decided
  uint64_t changed = 0;  // no later than when the stripe counted this, what is shown became so

 private:
  friend class RecordCache;
  CachedRecord* newer = nullptr;
  CachedRecord* older = nullptr;
  size_t charged = 0;  // bytes
};

class RecordCache {
 public:
  explicit RecordCache(size_t bytes_max) : bytes_max_(bytes_max) {}
  RecordCache(const RecordCache&) = delete;
  RecordCache& operator=(const RecordCache&) = delete;

  // Null if it is not here. Counts as a use.
  CachedRecord* Find(std::string_view key);

  // For who looks keys up soon, and wants to wait for their memory together. Neither is a use, and
  // neither waits: a look-up reads the table first, and then the entry.
  struct Glance {
    size_t hash = 0;
  };
  static Glance GlanceOf(std::string_view key) { return {Hash()(key)}; }
  void FetchTable(Glance key) const { entries_.prefetch(key); }
  // Most often the key's entry, if it has one; sometimes another's, as only a part of the hash is
  // looked at. Null: it has none.
  const CachedRecord* Guess(Glance key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : found->get();
  }

  // REQUIRES: Find(key) is null.
  CachedRecord* Insert(std::string_view key, Record record);

  // The entry's record has changed its size.
  void Resized(CachedRecord& entry);

  // Drops entries until the budget is kept, looking at a bounded number of them; never `keep`,
  // which the caller is working with.
  void Trim(uint64_t durable, const CachedRecord* keep);

  // Calls `act` with every entry, in no order. It may change the record and tell Resized.
  template <typename Act>
  void ForEach(const Act& act) {
    for (const auto& entry : entries_) act(*entry);
  }

  size_t bytes() const { return bytes_; }
  size_t size() const { return entries_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const;
    size_t operator()(Glance key) const { return key.hash; }
    size_t operator()(const std::unique_ptr<CachedRecord>& entry) const {
      return (*this)(entry->key());
    }
  };
  struct Equal {
    using is_transparent = void;
    static std::string_view Key(std::string_view key) { return key; }
    static std::string_view Key(const std::unique_ptr<CachedRecord>& entry) { return entry->key(); }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Key(a) == Key(b);
    }
    bool operator()(const std::unique_ptr<CachedRecord>&, Glance) const { return true; }
  };

  void Unlink(CachedRecord& entry);
  void LinkNewest(CachedRecord& entry);

  const size_t bytes_max_;
  size_t bytes_ = 0;
  absl::flat_hash_set<std::unique_ptr<CachedRecord>, Hash, Equal> entries_;
  CachedRecord* newest_ = nullptr;  // inserted, or passed over
  CachedRecord* oldest_ = nullptr;
};

}  // namespace kindred

#endif  // KINDRED_REPLICA_RECORD_CACHE_H_
