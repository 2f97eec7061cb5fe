#include "replica/stripe.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "store/keys.h"

namespace kindred {
namespace {

std::string EncodeRecord(const Record& record) {
  std::string bytes;
  ByteWriter out(&bytes);
  record.Encode(out);
  return bytes;
}

bool ExpiresAt(const Record& record, uint64_t expires_ms) {
  return std::any_of(record.versions.begin(), record.versions.end(),
                     [&](const Version& v) { return v.expires_ms == expires_ms; });
}

// Expiry entries for what `after` brings, none for what only `before` had.
void ChangeExpiry(std::string_view key, const Record& before, const Record& after, Batch* batch) {
  for (const Version& v : before.versions) {
    if (v.expires_ms != kNever && !ExpiresAt(after, v.expires_ms)) {
      batch->Delete(Column::kExpiry, ExpiryKey(v.expires_ms, key));
    }
  }
  for (const Version& v : after.versions) {
    if (v.expires_ms != kNever && !ExpiresAt(before, v.expires_ms)) {
      batch->Put(Column::kExpiry, ExpiryKey(v.expires_ms, key), {});
    }
  }
}

// A key counts from when it is written until it is deleted or buried; that it has expired is
// noticed when it is buried.
Counts::Number NumberOf(const Record& record) {
  const Version* newest = Newest(record);
  if (newest == nullptr || newest->kind == Kind::kTombstone) return {0, 0};
  return {1, newest->expires_ms != kNever ? 1 : 0};
}

}  // namespace

CachedRecord* Stripe::Find(std::string_view key) {
  CachedRecord* entry = cache_.Find(key);
  if (entry == nullptr) {
    std::string bytes;
    const Found found = store_.Get(Column::kRecords, key, &bytes);
    if (found == Found::kNotInMemory) return nullptr;
    OnLoaded(std::string(key), found, bytes);
    entry = cache_.Find(key);
  }
  return entry;
}

void Stripe::OnLoaded(const std::string& key, Found found, std::string_view bytes) {
  CHECK(found != Found::kNotInMemory);
  if (cache_.Find(key) != nullptr) return;
  Record record;
  if (found == Found::kFound) {
    ByteReader in(bytes);
    const bool decoded = Record::Decode(in, &record);
    CHECK(decoded);  // RocksDB has checked the block's checksum: another format is a bug
  }
  CachedRecord* entry = cache_.Insert(key, std::move(record));
  entry->changed = changes();  // or before: since it was dropped from the cache nobody has looked
  Normalize(*entry);
  cache_.Trim(store_.durable(), entry);
}

void Stripe::Normalize(CachedRecord& entry) {
  const uint64_t flushed = flushed_[DbOf(entry.key())];
  if (flushed == 0) return;
  if (entry.logged != nullptr) *entry.logged = DropUpTo(std::move(*entry.logged), flushed);
  const bool below = std::any_of(entry.record.context.begin(), entry.record.context.end(),
                                 [&](const Dot& dot) { return dot.time <= flushed; });
  if (!below) return;
  entry.record = DropUpTo(std::move(entry.record), flushed);
  NoteChange(entry);
  cache_.Resized(entry);
}

void Stripe::NoteChange(CachedRecord& entry) {
  entry.changed = changes_.load(std::memory_order_relaxed) + 1;
  changes_.store(entry.changed, std::memory_order_release);
}

void Stripe::AddTo(Batch* batch, const CachedRecord& entry, const Record& after) {
  const std::string_view key = entry.key();
  const Record& before = entry.logged != nullptr ? *entry.logged : entry.record;
  if (after.empty()) {
    batch->Delete(Column::kRecords, std::string(key));
  } else {
    batch->Put(Column::kRecords, std::string(key), EncodeRecord(after));
  }
  ChangeExpiry(key, before, after, batch);
  const Counts::Number was = NumberOf(before), is = NumberOf(after);
  if (was == is) return;
  const auto parts = SplitRecordKey(key);
  CHECK(parts.has_value());
  batch->counts.push_back({parts->slot, parts->db, static_cast<int32_t>(is.keys - was.keys),
                           static_cast<int32_t>(is.with_expiry - was.with_expiry), false});
  counts_.Apply(batch->counts.back());
}

void Stripe::Write(CachedRecord& entry, Record next) {
  next = DropUpTo(std::move(next), flushed_[DbOf(entry.key())]);
  Batch batch;
  AddTo(&batch, entry, next);
  Shown(entry, std::move(next), store_.Commit(std::move(batch)));
  cache_.Trim(store_.durable(), &entry);
}

// `next` is what the store gets with `sequence`, and what is shown from now on.
void Stripe::Shown(CachedRecord& entry, Record next, uint64_t sequence) {
  entry.sequence = entry.logged_sequence = sequence;
  entry.logged.reset();
  entry.record = std::move(next);
  entry.settled = false;
  NoteChange(entry);
  cache_.Resized(entry);
}

void Stripe::Log(CachedRecord& entry, const Record& next) {
  Batch batch;
  AddTo(&batch, entry, next);
  entry.logged_sequence = store_.Commit(std::move(batch));
  entry.logged = std::make_unique<Record>(next);
}

void Stripe::Show(CachedRecord& entry, Record next) {
  if (entry.logged == nullptr || *entry.logged != next) return Write(entry, std::move(next));
  Shown(entry, std::move(next), entry.logged_sequence);
}

void Stripe::Revert(CachedRecord& entry) {
  if (entry.logged == nullptr) return;
  Batch batch;
  AddTo(&batch, entry, entry.record);
  entry.logged_sequence = store_.Commit(std::move(batch));
  entry.logged.reset();
}

void Stripe::Keep(const std::vector<CachedRecord*>& entries, const UndecidedGroup& group) {
  CHECK(entries.size() == group->items.size());
  Batch batch;
  ForgetEarlier(*group, &batch);
  for (CachedRecord* entry : entries) {
    entry->in_step = 0;
    NoteChange(*entry);  // whoever reads it has to be told of what is kept
  }
  undecided_.Add(group);
  AddTo(&batch, *group);
  groups_sequence_ = store_.Commit(std::move(batch));
}

uint64_t Stripe::LogGroup(const GuardedGroup& group) {
  Batch batch;
  AddTo(&batch, group);
  return store_.Commit(std::move(batch));
}

void Stripe::AddTo(Batch* batch, const GuardedGroup& group) {
  batch->Put(Column::kMeta, UndecidedGroups::MetaKey(group), UndecidedGroups::Encode(group));
}

void Stripe::ShowGroup(const std::vector<CachedRecord*>& entries, const GuardedGroup& group) {
  CHECK(entries.size() == group.items.size());
  Batch batch;
  ForgetEarlier(group, &batch);
  Forget(group, &batch);
  std::vector<Record> nexts;
  for (size_t i = 0; i < entries.size(); ++i) {
    const uint64_t flushed = flushed_[DbOf(entries[i]->key())];
    nexts.push_back(DropUpTo(Merge(entries[i]->record, RecordOf(group.items[i])), flushed));
    AddTo(&batch, *entries[i], nexts.back());
  }
  groups_sequence_ = store_.Commit(std::move(batch));
  for (size_t i = 0; i < entries.size(); ++i) {
    Shown(*entries[i], std::move(nexts[i]), groups_sequence_);
  }
  // None of them can go before the batch is durable.
  cache_.Trim(store_.durable(), entries.front());
}

// What the group has concluded, and what it was computed from if it writes all of its keys.
void Stripe::ForgetEarlier(const GuardedGroup& group, Batch* batch) {
  const auto contains = [&](const GuardedGroup& earlier) {
    return std::ranges::all_of(earlier.items, [&](const Guarded& item) {
      const Guarded* ours = ItemOf(group, item.key);
      return ours != nullptr && ours->base.Covers(item.version.dot);
    });
  };
  for (const Guarded& item : group.items) {
    for (const UndecidedGroup& earlier : undecided_.Of(item.key)) {
      if (IsConcluded(*earlier, group.concluded) || contains(*earlier)) Forget(*earlier, batch);
    }
  }
}

void Stripe::Forget(const GuardedGroup& group, Batch* batch) {
  undecided_.Remove(group);
  batch->Delete(Column::kMeta, UndecidedGroups::MetaKey(group));
}

void Stripe::DropGroup(const GuardedGroup& group) {
  Batch batch;
  Forget(group, &batch);
  groups_sequence_ = store_.Commit(std::move(batch));
}

void Stripe::DropConcluded(const std::vector<Dot>& concluded) {
  if (concluded.empty()) return;
  for (const UndecidedGroup& group : undecided_.All()) {
    if (IsConcluded(*group, concluded)) DropGroup(*group);
  }
}

std::vector<UndecidedGroup> Stripe::UndecidedOf(const CachedRecord& entry) const {
  std::vector<UndecidedGroup> groups = undecided_.Of(entry.key());
  std::erase_if(groups, [&](const UndecidedGroup& group) {
    const Dot& dot = ItemOf(*group, entry.key())->version.dot;
    return dot.time <= flushed_[DbOf(entry.key())] || entry.record.context.Covers(dot);
  });
  return groups;
}

bool Stripe::IsOver(const GuardedGroup& group) {
  return std::ranges::all_of(group.items, [&](const Guarded& item) {
    const Dot& dot = item.version.dot;
    if (dot.time <= flushed_[DbOf(item.key)]) return true;
    const CachedRecord* entry = Find(item.key);
    return entry != nullptr && entry->record.context.Covers(dot);
  });
}

Record Stripe::Latest(const CachedRecord& entry) const {
  Record latest = entry.record;
  for (const UndecidedGroup& group : UndecidedOf(entry)) {
    latest = Merge(latest, RecordOf(*ItemOf(*group, entry.key())));
  }
  return latest;
}

bool Stripe::BuryExpired(CachedRecord& entry, uint64_t now_ms) {
  Record next = entry.record;
  if (!kindred::BuryExpired(&next, now_ms)) return false;
  Write(entry, std::move(next));
  return true;
}

void Stripe::DropExpiryEntry(std::string key) {
  Batch batch;
  batch.Delete(Column::kExpiry, std::move(key));
  store_.Commit(std::move(batch));
}

Grants::Answer Stripe::OnPrepare(uint32_t vnode, uint64_t actor, uint64_t from, uint64_t until) {
  const Grants::Answer answer = grants_.OnPrepare(vnode, actor, from, until);
  if (answer.changed) {
    Batch batch;
    batch.Put(Column::kMeta, Grants::MetaKey(vnode), grants_.Of(vnode).Encode());
    grants_sequence_ = store_.Commit(std::move(batch));
  }
  return answer;
}

uint64_t Stripe::Flush(uint8_t db, uint64_t time) {
  CHECK(db < kDatabases);
  if (time <= flushed_[db]) return 0;
  flushed_[db] = time;
  Batch batch;
  for (const auto& [where, number] : counts_.all()) {
    if (where.second == db) batch.counts.push_back({where.first, db, 0, 0, true});
  }
  // Entries pass through the flush here, once, also those that somebody holds on to. What is later
  // than the flush lives on and counts again; it is as good as always still in the cache.
  cache_.ForEach([&](CachedRecord& entry) {
    if (DbOf(entry.key()) != db) return;
    Normalize(entry);
    const Counts::Number is = NumberOf(entry.logged != nullptr ? *entry.logged : entry.record);
    if (is.keys == 0) return;
    batch.counts.push_back({SplitRecordKey(entry.key())->slot, db, static_cast<int32_t>(is.keys),
                            static_cast<int32_t>(is.with_expiry), false});
  });
  for (const CountChange& change : batch.counts) counts_.Apply(change);
  for (const UndecidedGroup& group : undecided_.All()) {
    const bool dead = std::ranges::all_of(group->items, [&](const Guarded& item) {
      return item.version.dot.time <= flushed_[DbOf(item.key)];
    });
    if (dead) DropGroup(*group);
  }
  return batch.counts.empty() ? 0 : store_.Commit(std::move(batch));
}

Record RecordOf(const Guarded& guarded) {
  Record record = Put(Record(), guarded.base, guarded.version);
  record.versions.insert(record.versions.end(), guarded.kept.begin(), guarded.kept.end());
  return record;
}

}  // namespace kindred
