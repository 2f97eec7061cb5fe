// One stripe's data as a replica: the records of its vnodes' keys, the groups of writes that are
// not decided, what it has granted, its flush watermarks and its counts of live keys. A record, its
// expiry entries and its counts change together, in one batch.
//
// One object behind one short lock: every method but mutex() needs it held. Nothing here waits.
#ifndef KINDRED_REPLICA_STRIPE_H_
#define KINDRED_REPLICA_STRIPE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "causal/record.h"
#include "message/message.h"
#include "replica/grants.h"
#include "replica/record_cache.h"
#include "replica/undecided_groups.h"
#include "store/store.h"
#include "value/value.h"

namespace kindred {

class Stripe {
 public:
  static constexpr size_t kDatabases = kindred::kDatabases;

  // `store` outlives the stripe.
  Stripe(Store& store, size_t cache_bytes) : store_(store), cache_(cache_bytes) {}

  std::mutex& mutex() { return mutex_; }

  // The entry of a record key; made from the store where that needs no I/O. Null: the record has to
  // be loaded. The pointer is good until the lock is released, longer while it is pinned.
  CachedRecord* Find(std::string_view key);
  // How often what is shown of some key has changed. Any thread may look at it, without the lock:
  // as long as it has not grown, no record is another. An entry's `changed` says it of one.
  uint64_t changes() const { return changes_.load(std::memory_order_acquire); }
  // What a load brought. Does nothing if the key has come in meanwhile.
  void OnLoaded(const std::string& key, Found found, std::string_view bytes);

  // Shows `next` and logs it.
  void Write(CachedRecord& entry, Record next);
  // Logs `next` without showing it: a primary's own copy.
  void Log(CachedRecord& entry, const Record& next);
  // Shows `next`, which is most often what was logged.
  void Show(CachedRecord& entry, Record next);
  // What was logged is not to be: the store gets what is shown.
  void Revert(CachedRecord& entry);

  // --- groups of writes; `entries` are those of a group's keys, in their order

  // Keeps a group aside, without showing it. Of those that were kept before it, what it concludes
  // goes, and what it was computed from if it writes all of its keys.
  void Keep(const std::vector<CachedRecord*>& entries, const UndecidedGroup& group);
  // A primary's own group goes into the log only: others are not to hear of it as long as it may
  // turn out that nobody has taken it. After a crash it is kept, as if it had been restored.
  uint64_t LogGroup(const GuardedGroup& group);
  void RestoreGroup(const UndecidedGroup& group) { undecided_.Add(group); }
  // Shows all of it; it need not have been kept.
  void ShowGroup(const std::vector<CachedRecord*>& entries, const GuardedGroup& group);
  void DropGroup(const GuardedGroup& group);
  // Those of these names, which are decided without this replica: whoever is primary next learns
  // what became of them from those who have taken that.
  void DropConcluded(const std::vector<Dot>& concluded);
  const UndecidedGroups& undecided() const { return undecided_; }
  // Those that write the entry's key, unless a flush has killed that write, or the record shows it.
  std::vector<UndecidedGroup> UndecidedOf(const CachedRecord& entry) const;
  // Nothing is left to be shown of it: its keys have gone on, or a flush has killed it. Keys that
  // are not in memory leave that open.
  bool IsOver(const GuardedGroup& group);
  // What is shown, and on top of it what is kept: what this replica has last heard of the key.
  Record Latest(const CachedRecord& entry) const;
  uint64_t groups_sequence() const { return groups_sequence_; }  // of the last batch about groups

  // Turns expired versions into tombstones. True if there were any.
  bool BuryExpired(CachedRecord& entry, uint64_t now_ms);
  // An expiry entry that no version stands behind any more.
  void DropExpiryEntry(std::string key);

  Grants& grants() { return grants_; }
  const Grants& grants() const { return grants_; }
  Grants::Answer OnPrepare(uint32_t vnode, uint64_t actor, uint64_t from, uint64_t until);
  uint64_t grants_sequence() const { return grants_sequence_; }  // of the last batch with a grant

  // Versions of `db` up to `time` are dead from now on. Returns the batch's sequence, 0 if nothing
  // changed.
  uint64_t Flush(uint8_t db, uint64_t time);
  uint64_t flushed(uint8_t db) const { return flushed_[db]; }
  void RestoreFlushed(uint8_t db, uint64_t time) { flushed_[db] = time; }

  const Counts& counts() const { return counts_; }
  void RestoreCounts(const CountChange& change) { counts_.Apply(change); }

  const RecordCache& cache() const { return cache_; }
  size_t cache_bytes() const { return cache_.bytes(); }
  Store& store() { return store_; }

 private:
  // Adds that the store's record of the entry becomes `after`.
  void AddTo(Batch* batch, const CachedRecord& entry, const Record& after);
  void Shown(CachedRecord& entry, Record next, uint64_t sequence);
  static void AddTo(Batch* batch, const GuardedGroup& group);
  void ForgetEarlier(const GuardedGroup& group, Batch* batch);
  void Forget(const GuardedGroup& group, Batch* batch);
  void NoteChange(CachedRecord& entry);
  // What is left of a record after its database's flushes. Invariant: every entry has been through
  // all of them.
  void Normalize(CachedRecord& entry);

  std::mutex mutex_;
  std::atomic<uint64_t> changes_{0};  // grows under the lock
  Store& store_;
  RecordCache cache_;
  Grants grants_;
  uint64_t grants_sequence_ = 0;
  UndecidedGroups undecided_;
  uint64_t groups_sequence_ = 0;
  std::array<uint64_t, kDatabases> flushed_{};
  Counts counts_;
};

// The record that a guarded write makes: it replaces what its base has seen, but for the siblings
// that it keeps.
Record RecordOf(const Guarded& guarded);

}  // namespace kindred

#endif  // KINDRED_REPLICA_STRIPE_H_
