#include "replica/replica.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "store/keys.h"

namespace kindred {
namespace {

// The groups kept here of which a write that was computed from `base` does not know.
std::vector<GuardedGroup> UnknownGroups(const Stripe& stripe, const CachedRecord& entry,
                                        const Context& base, const std::vector<Dot>& concluded) {
  std::vector<GuardedGroup> unknown;
  for (const UndecidedGroup& group : stripe.UndecidedOf(entry)) {
    const Dot& kept = ItemOf(*group, entry.key())->version.dot;
    if (!base.Covers(kept) && !IsConcluded(*group, concluded)) unknown.push_back(*group);
  }
  return unknown;
}

Answered Refuse(Stripe& stripe, const CachedRecord& entry, uint64_t id, bool holder_is_another,
                uint64_t clock, std::vector<GuardedGroup> undecided) {
  Nack nack;
  nack.id = id;
  nack.holder_is_another = holder_is_another;
  nack.clock = clock;
  nack.db = DbOf(entry.key());
  nack.flushed = stripe.flushed(nack.db);
  nack.record = entry.record;
  nack.undecided = std::move(undecided);
  const uint64_t kept = nack.undecided.empty() ? 0 : stripe.groups_sequence();
  return {std::move(nack), std::max(entry.sequence, kept)};
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

// The last batch that has brought one of these records.
uint64_t LastOf(const std::vector<CachedRecord*>& entries) {
  uint64_t last = 0;
  for (const CachedRecord* entry : entries) last = std::max(last, entry->sequence);
  return last;
}

}  // namespace

bool MayTake(Stripe& stripe, const CachedRecord& entry, uint32_t vnode, const Dot& dot,
             const Context& base, const GuardRules& rules, const std::vector<Dot>& concluded) {
  if (dot.time <= stripe.flushed(DbOf(entry.key()))) return false;
  if (rules.grants && !stripe.grants().Of(vnode).Allows(dot.actor, dot.time)) return false;
  return !rules.guard || (KnowsNoMoreThan(entry.record, base) &&
                          UnknownGroups(stripe, entry, base, concluded).empty());
}

Answered OnGuarded(Stripe& stripe, CachedRecord& entry, uint32_t vnode, const Guarded& guarded,
                   uint64_t clock, const GuardRules& rules) {
  const Dot& dot = guarded.version.dot;
  if (entry.record.context.Covers(dot)) return {Ack{guarded.id}, entry.sequence};
  if (FlushUnknownToWriter(stripe, entry, guarded.flushed) ||
      !MayTake(stripe, entry, vnode, dot, guarded.base, rules)) {
    const bool another = !stripe.grants().Of(vnode).Allows(dot.actor, dot.time);
    return Refuse(stripe, entry, guarded.id, another, clock,
                  UnknownGroups(stripe, entry, guarded.base, {}));
  }
  stripe.Write(entry, Merge(entry.record, RecordOf(guarded)));
  return {Ack{guarded.id}, entry.sequence, true};
}

Answered OnGuardedGroup(Stripe& stripe, const std::vector<CachedRecord*>& entries, uint32_t vnode,
                        const UndecidedGroup& group, uint64_t clock, const GuardRules& rules) {
  const std::vector<Guarded>& items = group->items;
  CHECK(!items.empty() && entries.size() == items.size());
  bool known = true;
  for (size_t i = 0; i < items.size(); ++i) {
    const Dot& dot = items[i].version.dot;
    known = known && (entries[i]->record.context.Covers(dot) ||
                      stripe.undecided().Find(items[i].key, dot) != nullptr);
  }
  if (known) return {Ack{group->id}, std::max(LastOf(entries), stripe.groups_sequence())};
  for (size_t i = 0; i < items.size(); ++i) {
    const CachedRecord& entry = *entries[i];
    const Dot& dot = items[i].version.dot;
    if (!MayTake(stripe, entry, vnode, dot, items[i].base, rules, group->concluded) ||
        FlushUnknownToWriter(stripe, entry, items[i].flushed)) {
      const bool another = !stripe.grants().Of(vnode).Allows(dot.actor, dot.time);
      return Refuse(stripe, entry, group->id, another, clock,
                    UnknownGroups(stripe, entry, items[i].base, group->concluded));
    }
  }
  stripe.Keep(entries, group);
  return {Ack{group->id}, stripe.groups_sequence(), true};
}

Answered OnReplicate(Stripe& stripe, CachedRecord& entry, const Replicate& replicate,
                     uint64_t clock) {
  const uint64_t flushed = stripe.flushed(DbOf(entry.key()));
  const bool dead = std::any_of(replicate.record.versions.begin(), replicate.record.versions.end(),
                                [&](const Version& v) { return v.dot.time <= flushed; });
  if (dead) return Refuse(stripe, entry, replicate.id, false, clock, {});
  Record merged = Merge(entry.record, replicate.record);
  if (merged != entry.record) stripe.Write(entry, std::move(merged));
  return {Ack{replicate.id}, entry.sequence};
}

Answered OnAsk(const Stripe& stripe, const CachedRecord& entry, const Ask& ask) {
  Tell tell = TellOf(stripe, entry, ask);
  uint64_t after = entry.sequence;
  for (const UndecidedGroup& group : stripe.UndecidedOf(entry)) {
    tell.undecided.push_back(*group);
    after = std::max(after, stripe.groups_sequence());
  }
  return {std::move(tell), after};
}

Answered OnAskGroup(const Stripe& stripe, const std::vector<CachedRecord*>& entries,
                    const AskGroup& ask) {
  CHECK(entries.size() == ask.items.size());
  TellGroup tell;
  tell.id = ask.id;
  for (size_t i = 0; i < entries.size(); ++i) {
    tell.items.push_back(TellOf(stripe, *entries[i], ask.items[i]));
    for (const UndecidedGroup& group : stripe.UndecidedOf(*entries[i])) {
      const bool told = std::ranges::any_of(tell.undecided, [&](const GuardedGroup& each) {
        return each.items.front().version.dot == group->items.front().version.dot;
      });
      if (!told) tell.undecided.push_back(*group);
    }
  }
  const uint64_t kept = tell.undecided.empty() ? 0 : stripe.groups_sequence();
  return {std::move(tell), std::max(LastOf(entries), kept)};
}

}  // namespace kindred
