// What peers ask of this node about records: for them, as writes of them, and for a word about
// them.
#include <utility>

#include "node/node.h"
#include "replica/replica.h"
#include "store/keys.h"

namespace kindred {

void Node::AnswerLink(LinkId link, Answered&& answered, const Turn& turn) {
  turn.out->answers.emplace_back(link, answered.after, std::move(answered.message));
}

void Node::OnAskMessage(Peer from, LinkId link, const Ask& ask, const Turn& turn) {
  if (ask.key.size() < kRecordKeyPrefixBytes) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(VnodeOfRecordKey(ask.key))).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = FindOrDefer(stripe, ask.key, [&] {
    return [this, from, link, ask](const Turn& t) { OnAskMessage(from, link, ask, t); };
  });
  if (entry == nullptr) return;
  Answered answered = OnAsk(stripe, *entry, ask);
  if (ask.primary.has_value()) {
    const uint32_t vnode = VnodeOfRecordKey(ask.key);
    std::get<Tell>(answered.message).not_granted = !HasGranted(stripe, vnode, *ask.primary);
  }
  if (ask.step) {
    const uint64_t holder = stripe.grants().Of(VnodeOfRecordKey(ask.key)).holder;
    std::get<Tell>(answered.message).step =
        Step{shared_.changes().StandingFor(from), holder, holder == shared_.actor()};
  }
  AnswerLink(link, std::move(answered), turn);
}

bool Node::HasGranted(const Stripe& stripe, uint32_t vnode, uint64_t actor) const {
  const Rules& rules = shared_.settings().rules;
  return stripe.grants().Of(vnode).holder == actor || !rules.grants || !rules.granters_base;
}

// The answer takes our own link to the peer: together with what we ask of it.
void Node::OnVouchAsk(Peer from, const VouchAsk& ask, const Turn& turn) {
  Vouch vouch = shared_.changes().VouchFor(from, ask.known);
  vouch.id = ask.id;
  vouch.decided = shared_.clock().decided(shared_.store().durable());
  vouch.flushed = shared_.flushed();
  while (!vouch.flushed.empty() && vouch.flushed.back() == 0) vouch.flushed.pop_back();
  turn.out->sends.emplace_back(from, loop_, std::move(vouch));
}

// Others vouch for what they have written, and do not know of this.
Answered Node::TakeCopy(Stripe& stripe, CachedRecord& entry, const Replicate& replicate) {
  const uint64_t before = entry.sequence;
  Answered answered = OnReplicate(stripe, entry, replicate, shared_.clock().last());
  if (entry.sequence != before) shared_.NoteChange(VnodeOfRecordKey(replicate.key));
  return answered;
}

void Node::OnGuardedMessage(Peer from, LinkId link, const Guarded& guarded, const Turn& turn) {
  const auto parts = SplitRecordKey(guarded.key);
  if (!parts.has_value() || parts->db >= Stripe::kDatabases || guarded.version.dot.time == 0)
    return;
  if (guarded.base.Covers(guarded.version.dot)) return;
  LearnFlush(parts->db, guarded.flushed, turn);
  const uint32_t vnode = VnodeOfRecordKey(guarded.key);
  RunDelayedPrepares(link, vnode, turn);
  if (!shared_.clock().Hear(guarded.version.dot.time, turn.now_ms)) return;
  if (shared_.disk_failed()) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = FindOrDefer(stripe, guarded.key, [&] {
    return [this, from, link, guarded](const Turn& t) { OnGuardedMessage(from, link, guarded, t); };
  });
  if (entry == nullptr) return;
  const Rules& rules = shared_.settings().rules;
  Answered answered = OnGuarded(stripe, *entry, vnode, guarded, shared_.clock().last(),
                                {rules.grants, rules.guard});
  CachedRecord* const taken[] = {entry};
  if (answered.taken) JoinSteps(from, taken, vnode, guarded.standing, &answered.message, turn);
  AnswerLink(link, std::move(answered), turn);
}

// A guarded write has been taken: its records are the same here and at the writer.
void Node::JoinSteps(Peer from, std::span<CachedRecord* const> entries, uint32_t vnode,
                     const std::optional<Standing>& standing, Message* ack, const Turn& turn) {
  if (!standing.has_value()) return;
  std::get<Ack>(*ack).standing = shared_.changes().StandingFor(from);
  for (CachedRecord* entry : entries) {
    shared_.JoinStepAfterWrite(*entry, vnode, *turn.view, from, *standing);
  }
}

std::optional<uint32_t> Node::CommonVnode(const std::vector<std::string>& record_keys) {
  std::optional<uint32_t> common;
  for (const std::string& key : record_keys) {
    const auto parts = SplitRecordKey(key);
    if (!parts.has_value() || parts->db >= Stripe::kDatabases) return {};
    const uint32_t vnode = VnodeOfRecordKey(key);
    if (common.value_or(vnode) != vnode) return {};
    common = vnode;
  }
  return common;
}

void Node::OnReplicateMessage(LinkId link, const Replicate& replicate, const Turn& turn) {
  if (replicate.key.size() < kRecordKeyPrefixBytes || shared_.disk_failed()) return;
  if (!shared_.clock().HearRecord(replicate.record, turn.now_ms)) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(VnodeOfRecordKey(replicate.key))).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = FindOrDefer(stripe, replicate.key, [&] {
    return [this, link, replicate](const Turn& t) { OnReplicateMessage(link, replicate, t); };
  });
  if (entry == nullptr) return;
  Answered answered = TakeCopy(stripe, *entry, replicate);
  if (replicate.id != 0) AnswerLink(link, std::move(answered), turn);
}

}  // namespace kindred
