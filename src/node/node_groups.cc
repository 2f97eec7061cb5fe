// Groups of writes: what peers ask and tell of them, and how those of unknown outcome are brought
// to an end.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "node/conclusion.h"
#include "node/node.h"
#include "replica/replica.h"
#include "store/keys.h"

namespace kindred {
namespace {

// So often it is looked for groups of which nobody has touched a key. What was there the last time,
// too, is none that is on its way.
constexpr uint64_t kSweepGroupsMs = 1000;
constexpr size_t kSweptGroupsMax = 100;  // in one go; the others' turn comes when these are done

std::vector<std::string> KeysOf(const GuardedGroup& group) {
  std::vector<std::string> keys;
  for (const Guarded& item : group.items) keys.push_back(item.key);
  return keys;
}

}  // namespace

void Node::OnAskGroupMessage(LinkId link, const AskGroup& ask, const Turn& turn) {
  std::vector<std::string> keys;
  for (const Ask& item : ask.items) keys.push_back(item.key);
  const auto vnode = CommonVnode(keys);
  if (!vnode.has_value()) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(*vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  const auto held = FindAllOrDefer(stripe, keys, [&] {
    return [this, link, ask](const Turn& t) { OnAskGroupMessage(link, ask, t); };
  });
  if (!held.has_value()) return;
  Answered answered = OnAskGroup(stripe, held->entries(), ask);
  std::get<TellGroup>(answered.message).not_granted = !HasGranted(stripe, *vnode, ask.primary);
  AnswerLink(link, std::move(answered), turn);
}

void Node::OnGuardedGroupMessage(Peer from, LinkId link, const UndecidedGroup& group,
                                 const Turn& turn) {
  const std::vector<std::string> keys = KeysOf(*group);
  const auto vnode = CommonVnode(keys);
  if (!vnode.has_value() || group->items.empty()) return;
  for (const Guarded& item : group->items) {
    const Dot& dot = item.version.dot;
    if (dot.time == 0 || item.base.Covers(dot)) return;
    LearnFlush(DbOf(item.key), item.flushed, turn);
  }
  RunDelayedPrepares(link, *vnode, turn);
  for (const Guarded& item : group->items) {
    if (!shared_.clock().Hear(item.version.dot.time, turn.now_ms)) return;
  }
  if (shared_.disk_failed()) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(*vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  const auto held = FindAllOrDefer(stripe, keys, [&] {
    return
        [this, from, link, group](const Turn& t) { OnGuardedGroupMessage(from, link, group, t); };
  });
  if (!held.has_value()) return;
  const Rules& rules = shared_.settings().rules;
  Answered answered = OnGuardedGroup(stripe, held->entries(), *vnode, group, shared_.clock().last(),
                                     {rules.grants, rules.guard});
  if (answered.taken) JoinSteps(from, {}, *vnode, group->standing, &answered.message, turn);
  AnswerLink(link, std::move(answered), turn);
}

void Node::OnGroupDecided(const GroupDecided& decided) {
  if (!SplitRecordKey(decided.key).has_value()) return;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(VnodeOfRecordKey(decided.key))).stripe;
  std::lock_guard lock(stripe.mutex());
  const UndecidedGroup group = stripe.undecided().Find(decided.key, decided.dot);
  if (group == nullptr) return stripe.DropConcluded(decided.concluded);
  const std::vector<std::string> keys = KeysOf(*group);
  const auto held = FindAllOrDefer(
      stripe, keys, [&] { return [this, decided](const Turn&) { OnGroupDecided(decided); }; });
  if (held.has_value()) stripe.ShowGroup(held->entries(), *group);
}

// A primary of this node has met groups of which nobody knows whether they are decided.
void Node::Conclude(const std::vector<GuardedGroup>& groups, const Turn& turn) {
  auto group = std::make_shared<Group>();
  group->keys = KeysOf(groups);
  const auto vnode = CommonVnode(group->keys);
  if (!vnode.has_value()) return;
  group->vnode = *vnode;
  Shared::StripeAndPrimary& place = shared_.stripe(shared_.StripeOf(*vnode));
  std::lock_guard lock(place.stripe.mutex());
  const auto held = FindAllOrDefer(place.stripe, group->keys, [&] {
    return [this, groups](const Turn& t) { Conclude(groups, t); };
  });
  if (!held.has_value()) return;
  GroupOperation operation;
  operation.group = std::move(group);
  operation.need = turn.view->Majority();
  operation.deadline_ms = turn.now_ms + shared_.settings().request_timeout_ms;
  operation.concludes = groups;
  place.primary.Conclude(held->entries(), std::move(operation), turn);
}

// The groups that nobody has touched for a while: whoever is the primary of their keys concludes
// them, others have him look at a key.
void Node::TickGroups(const Turn& turn) {
  if (turn.now_ms < sweep_groups_ms_) return;
  sweep_groups_ms_ = turn.now_ms + kSweepGroupsMs;
  std::vector<UndecidedGroup> left;
  for (uint32_t index = loop_; index < shared_.stripes(); index += shared_.settings().loops) {
    Stripe& stripe = shared_.stripe(index).stripe;
    std::lock_guard lock(stripe.mutex());
    for (const UndecidedGroup& group : stripe.undecided().All()) {
      stripe.IsOver(*group) ? stripe.DropGroup(*group) : left.push_back(group);
    }
  }
  size_t swept = 0;
  for (const UndecidedGroup& group : left) {
    const bool was_there = std::ranges::find(groups_left_, group) != groups_left_.end();
    if (!was_there || ++swept > kSweptGroupsMax) continue;
    const std::string& key = group->items.front().key;
    if (turn.view->PrimaryOf(VnodeOfRecordKey(key)) == kSelf) {
      outbox_.conclusions.push_back({{*group}});
    } else {
      for (const Guarded& item : group->items) coordinator_.Confirm(item.key, turn);
    }
  }
  groups_left_ = std::move(left);
}

}  // namespace kindred
