#include "replica/replica.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "store/keys.h"

namespace kindred {
namespace {

Answered Refuse(Stripe& stripe, const CachedRecord& entry, uint64_t id, bool holder_is_another,
                uint64_t clock) {
  Nack nack;
  nack.id = id;
  nack.holder_is_another = holder_is_another;
  nack.clock = clock;
  nack.db = DbOf(entry.key());
  nack.flushed = stripe.flushed(nack.db);
  nack.record = entry.record;
  return {std::move(nack), entry.sequence};
}

// What a write was computed from is no longer so, if its writer has not heard of a flush.
bool FlushUnknownToWriter(const Stripe& stripe, const CachedRecord& entry, uint64_t flushed) {
  return flushed < stripe.flushed(DbOf(entry.key()));
}

Tell TellOf(const Stripe& stripe, const CachedRecord& entry, const Ask& ask) {
  Tell tell;
  tell.id = ask.id;
  tell.same = ask.digest.has_value() && *ask.digest == entry.record.Digest();
  if (!tell.same) tell.record = entry.record;
  tell.db = DbOf(entry.key());
  tell.flushed = stripe.flushed(tell.db);
  return tell;
}

}  // namespace

bool MayTake(Stripe& stripe, const CachedRecord& entry, uint32_t vnode, const Dot& dot,
             const Context& base, const GuardRules& rules) {
  if (dot.time <= stripe.flushed(DbOf(entry.key()))) return false;
  if (rules.grants && !stripe.grants().Of(vnode).Allows(dot.actor, dot.time)) return false;
  return !rules.guard || KnowsNoMoreThan(entry.record, base);
}

Answered OnGuarded(Stripe& stripe, CachedRecord& entry, uint32_t vnode, const Guarded& guarded,
                   uint64_t clock, const GuardRules& rules) {
  const Dot& dot = guarded.version.dot;
  if (entry.record.context.Covers(dot)) return {Ack{guarded.id}, entry.sequence};
  if (FlushUnknownToWriter(stripe, entry, guarded.flushed) ||
      !MayTake(stripe, entry, vnode, dot, guarded.base, rules)) {
    const bool another = !stripe.grants().Of(vnode).Allows(dot.actor, dot.time);
    return Refuse(stripe, entry, guarded.id, another, clock);
  }
  stripe.Write(entry, Merge(entry.record, RecordOf(guarded)));
  return {Ack{guarded.id}, entry.sequence, true};
}

Answered OnGuardedGroup(Stripe& stripe, const std::vector<CachedRecord*>& entries, uint32_t vnode,
                        const GuardedGroup& group, uint64_t clock, const GuardRules& rules) {
  const std::vector<Guarded>& items = group.items;
  CHECK(!items.empty() && entries.size() == items.size());
  uint64_t after = 0;
  bool known = true;
  for (size_t i = 0; i < items.size(); ++i) {
    known = known && entries[i]->record.context.Covers(items[i].version.dot);
    after = std::max(after, entries[i]->sequence);
  }
  if (known) return {Ack{group.id}, after};
  std::vector<Stripe::Change> changes;
  for (size_t i = 0; i < items.size(); ++i) {
    const CachedRecord& entry = *entries[i];
    const Dot& dot = items[i].version.dot;
    if (!MayTake(stripe, entry, vnode, dot, items[i].base, rules) ||
        FlushUnknownToWriter(stripe, entry, items[i].flushed)) {
      const bool another = !stripe.grants().Of(vnode).Allows(dot.actor, dot.time);
      return Refuse(stripe, entry, group.id, another, clock);
    }
    changes.push_back({entries[i], Merge(entry.record, RecordOf(items[i]))});
  }
  stripe.WriteAll(std::move(changes));
  return {Ack{group.id}, entries.front()->sequence, true};
}

Answered OnReplicate(Stripe& stripe, CachedRecord& entry, const Replicate& replicate,
                     uint64_t clock) {
  const uint64_t flushed = stripe.flushed(DbOf(entry.key()));
  const bool dead = std::any_of(replicate.record.versions.begin(), replicate.record.versions.end(),
                                [&](const Version& v) { return v.dot.time <= flushed; });
  if (dead) return Refuse(stripe, entry, replicate.id, false, clock);
  Record merged = Merge(entry.record, replicate.record);
  if (merged != entry.record) stripe.Write(entry, std::move(merged));
  return {Ack{replicate.id}, entry.sequence};
}

Answered OnAsk(const Stripe& stripe, const CachedRecord& entry, const Ask& ask) {
  return {TellOf(stripe, entry, ask), entry.sequence};
}

Answered OnAskGroup(const Stripe& stripe, const std::vector<CachedRecord*>& entries,
                    const AskGroup& ask) {
  CHECK(entries.size() == ask.items.size());
  TellGroup tell;
  tell.id = ask.id;
  uint64_t after = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    tell.items.push_back(TellOf(stripe, *entries[i], ask.items[i]));
    after = std::max(after, entries[i]->sequence);
  }
  return {std::move(tell), after};
}

}  // namespace kindred
