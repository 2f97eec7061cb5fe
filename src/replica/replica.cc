#include "replica/replica.h"

#include <algorithm>
#include <utility>

#include "store/keys.h"

namespace kindred {
namespace {

Answered Refuse(Stripe& stripe, const CachedRecord& entry, uint64_t id, bool holder_is_another,
                uint64_t clock) {
  Nack nack;
  nack.id = id;
  nack.holder_is_another = holder_is_another;
  nack.clock = clock;
  nack.db = DbOf(entry.key);
  nack.flushed = stripe.flushed(nack.db);
  nack.record = entry.record;
  return {std::move(nack), entry.sequence};
}

}  // namespace

bool MayTake(Stripe& stripe, const CachedRecord& entry, uint32_t vnode, const Dot& dot,
             const Context& base, const GuardRules& rules) {
  if (dot.time <= stripe.flushed(DbOf(entry.key))) return false;
  if (rules.grants && !stripe.grants().Of(vnode).Allows(dot.actor, dot.time)) return false;
  return !rules.guard || KnowsNoMoreThan(entry.record, base);
}

Answered OnGuarded(Stripe& stripe, CachedRecord& entry, uint32_t vnode, const Guarded& guarded,
                   uint64_t clock, const GuardRules& rules) {
  const Dot& dot = guarded.version.dot;
  if (entry.record.context.Covers(dot)) return {Ack{guarded.id}, entry.sequence};
  const bool flush_unknown_to_writer = guarded.flushed < stripe.flushed(DbOf(entry.key));
  if (flush_unknown_to_writer || !MayTake(stripe, entry, vnode, dot, guarded.base, rules)) {
    const bool another = !stripe.grants().Of(vnode).Allows(dot.actor, dot.time);
    return Refuse(stripe, entry, guarded.id, another, clock);
  }
  stripe.Write(entry, Merge(entry.record, RecordOf(guarded)));
  return {Ack{guarded.id}, entry.sequence};
}

Answered OnReplicate(Stripe& stripe, CachedRecord& entry, const Replicate& replicate,
                     uint64_t clock) {
  const uint64_t flushed = stripe.flushed(DbOf(entry.key));
  const bool dead = std::any_of(replicate.record.versions.begin(), replicate.record.versions.end(),
                                [&](const Version& v) { return v.dot.time <= flushed; });
  if (dead) return Refuse(stripe, entry, replicate.id, false, clock);
  Record merged = Merge(entry.record, replicate.record);
  if (merged != entry.record) stripe.Write(entry, std::move(merged));
  return {Ack{replicate.id}, entry.sequence};
}

Answered OnAsk(const Stripe& stripe, const CachedRecord& entry, const Ask& ask) {
  Tell tell;
  tell.id = ask.id;
  tell.same = ask.digest.has_value() && *ask.digest == entry.record.Digest();
  if (!tell.same) tell.record = entry.record;
  tell.db = DbOf(entry.key);
  tell.flushed = stripe.flushed(tell.db);
  return {std::move(tell), entry.sequence};
}

}  // namespace kindred
