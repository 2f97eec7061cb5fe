// When peers ask this node for grants (rule 1 of guarded writes).
#include <algorithm>
#include <utility>

#include "node/node.h"

namespace kindred {
namespace {

// So long a holder may go on before it lets another have a vnode; less than the other waits before
// it asks again.
constexpr uint64_t kYieldMs = 80;
constexpr size_t kDelayedPreparesMax = 1024;  // beyond that they are answered at once

// Whether another is to have what this node holds.
bool Takes(const Prepare& prepare, const Prepare::Item& item, const Grant& grant, uint64_t self) {
  return grant.holder == self && prepare.actor != self && item.from >= grant.until;
}

}  // namespace

void Node::OnPrepareMessage(LinkId link, Prepare prepare, const Turn& turn) {
  for (const Prepare::Item& item : prepare.items) {
    if (item.vnode >= turn.view->topology().vnode_count()) return;
    if (!shared_.clock().Hear(item.from, turn.now_ms)) return;
  }
  const bool full = delayed_prepares_.size() >= kDelayedPreparesMax;
  if (full || MayGrantNow(prepare, turn)) return AnswerPrepare(link, prepare, turn);
  delayed_prepares_.push_back({link, turn.now_ms + kYieldMs, std::move(prepare)});
}

// A holder that is asked for a vnode finishes first what it is writing there: its own copy would no
// longer count once it has granted to another, and a write that some have taken and others refused
// has an unknown outcome.
bool Node::MayGrantNow(const Prepare& prepare, const Turn& turn) {
  bool may = true;
  for (const Prepare::Item& item : prepare.items) {
    Shared::StripeAndPrimary& place = shared_.stripe(shared_.StripeOf(item.vnode));
    std::lock_guard lock(place.stripe.mutex());
    const Grant& grant = place.stripe.grants().Of(item.vnode);
    if (Takes(prepare, item, grant, shared_.actor())) {
      may = place.primary.Yield(item.vnode, turn) && may;
    }
  }
  return may;
}

// Those for this vnode that came over this link: the message behind them must not overtake them.
void Node::RunDelayedPrepares(LinkId link, uint32_t vnode, const Turn& turn) {
  std::erase_if(delayed_prepares_, [&](const DelayedPrepare& each) {
    const auto& items = each.prepare.items;
    const bool now = each.link == link &&
                     std::any_of(items.begin(), items.end(),
                                 [vnode](const Prepare::Item& i) { return i.vnode == vnode; });
    if (now) AnswerPrepare(each.link, each.prepare, turn);
    return now;
  });
}

// Those that have become free, or have waited long enough.
void Node::TickDelayedPrepares(const Turn& turn) {
  std::erase_if(delayed_prepares_, [&](const DelayedPrepare& each) {
    const bool now = turn.now_ms >= each.until_ms || MayGrantNow(each.prepare, turn);
    if (now) AnswerPrepare(each.link, each.prepare, turn);
    return now;
  });
}

void Node::AnswerPrepare(LinkId link, const Prepare& prepare, const Turn& turn) {
  Prepared prepared;
  prepared.id = prepare.id;
  uint64_t after = 0;
  if (shared_.disk_failed()) return;
  for (const Prepare::Item& item : prepare.items) {
    Shared::StripeAndPrimary& place = shared_.stripe(shared_.StripeOf(item.vnode));
    std::lock_guard lock(place.stripe.mutex());
    if (Takes(prepare, item, place.stripe.grants().Of(item.vnode), shared_.actor())) {
      place.primary.Withdraw(item.vnode);
    }
    const Grants::Answer answer =
        place.stripe.OnPrepare(item.vnode, prepare.actor, item.from, item.until);
    if (answer.granted) place.primary.OnGranted(item.vnode, prepare.actor, turn);
    if (answer.taken_over) shared_.NoteChange(item.vnode);
    prepared.items.push_back({item.vnode, answer.granted ? answer.since : 0, answer.refused_below});
    after = std::max(after, place.stripe.grants_sequence());
  }
  AnswerLink(link, {std::move(prepared), after}, turn);
}

}  // namespace kindred
