// How a primary writes a group: in one message to each of the others, each of which keeps all of it
// or nothing, as this node does. When a majority has kept it, it is decided, and all show it.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/error_reply.h"
#include "node/primary_group.h"
#include "node/shared.h"
#include "resp/errors.h"
#include "store/keys.h"

namespace kindred {
namespace {

// The entries of the keys that are written.
template <typename Parts>
std::vector<CachedRecord*> EntriesOf(const Parts& parts) {
  std::vector<CachedRecord*> entries;
  for (const auto& part : parts) {
    if (part.writes) entries.push_back(part.work->entry);
  }
  return entries;
}

}  // namespace

void Primary::WriteGroup(GroupWork& group, std::vector<Next> nexts, const Turn& turn) {
  GuardedGroup message;
  if (!MakeGroupMessage(group, std::move(nexts), &message, turn)) return GroupAgain(group, turn);
  for (const GuardedGroup& each : group.operation.concludes) {
    message.concluded.push_back(each.items.front().version.dot);
  }
  Work& lead = *group.lead();
  BeginRound(lead, State::kWrite, turn);
  message.id = lead.round;
  lead.decided = false;
  lead.writes = WriteTally(turn.view->replicas() - 1, turn.view->Majority());
  for (const GroupWork::Part& part : group.parts) {
    if (part.writes) part.work->step = std::exchange(part.work->entry->in_step, 0);
  }
  group.message = std::make_shared<const GuardedGroup>(std::move(message));
  group.sequence = 0;
  if (!shared_.settings().rules.own_copy_last) {
    stripe_.ShowGroup(EntriesOf(group.parts), *group.message);
  } else if (turn.view->replicas() > 1) {
    group.sequence = stripe_.LogGroup(*group.message);
    turn.out->syncs.push_back({lead.round, group.sequence});
  }
  SendGroup(group, *group.message, turn);
  EvaluateGroup(group, turn);
}

// Keys that stay as they are get a version, too: an earlier group that only a few replicas have,
// and of which a majority knows nothing, is then overtaken in all keys that the two share, and can
// not come to light in one of them while it has lost in another. False: the grant has run out
// meanwhile.
bool Primary::MakeGroupMessage(GroupWork& group, std::vector<Next> nexts, GuardedGroup* message,
                               const Turn& turn) {
  for (size_t i = 0; i < group.parts.size(); ++i) {
    GroupWork::Part& part = group.parts[i];
    Work& work = *part.work;
    Next& next = nexts[i];
    part.writes = turn.view->replicas() > 1 || next.what != Next::What::kUnchanged;
    if (!part.writes) continue;
    Version version;
    std::vector<Version> kept;
    if (next.what == Next::What::kUnchanged) {
      kept = AsItIs(part.base, &version);
    } else if (next.what == Next::What::kPut) {
      version.kind = next.value.kind;
      version.expires_ms = next.value.expires_ms;
      version.payload = std::move(next.value.payload);
    }
    Guarded item;
    if (MakeGuarded(work, part.base, std::move(version), std::move(kept), &item, turn)) {
      message->items.push_back(std::move(item));
      continue;
    }
    for (const Guarded& named : message->items) {
      shared_.clock().Settle(named.version.dot.time, false, 0);
    }
    return false;
  }
  return true;
}

// Where it takes the own copy to make a majority, that has to be synced: what is computed from the
// group may write some of its keys only, and others would have that while a crash of this node has
// taken the group itself away.
void Primary::EvaluateGroup(GroupWork& group, const Turn& turn) {
  Work& lead = *group.lead();
  WriteTally& writes = lead.writes;
  const bool own_would_do = !writes.own() && writes.OwnWouldDo() && !lead.withdrawn &&
                            (!shared_.settings().rules.own_copy_last || OwnMayTake(group, turn));
  const bool own_waits = own_would_do && writes.acks() < turn.view->Majority() &&
                         group.sequence > stripe_.store().durable();
  if (own_would_do && !own_waits) writes.AddOwn();
  if (writes.Decided() && !lead.decided) SettleGroup(group, turn);
  const uint32_t need =
      std::max(std::min(group.operation.need, turn.view->replicas()), turn.view->Majority());
  if (lead.decided && writes.total() >= need) {
    const uint64_t after = writes.acks() >= need ? 0 : group.sequence;
    if (MayComeSooner(writes, after, turn)) return;
    return EndGroup(group, Outcome::kDone, std::move(group.reply), after, turn);
  }
  if (!writes.AllAnswered() || (!lead.decided && own_waits)) return;
  const bool again = writes.NobodyTook() || (IsFlushed(group) && NobodySaw(lead, turn));
  if (!lead.decided && again) return GroupAgain(group, turn);
  const std::string error =
      NoQuorumUnknown(static_cast<int>(writes.total()), static_cast<int>(need));
  if (!lead.decided) AbandonGroup(group, true);
  EndGroup(group, Outcome::kUnknown, ErrorReply(error, group.operation.group->protocol), 0, turn);
}

void Primary::OnSynced(uint64_t round, const Turn& turn) {
  Work* work = WorkOf(round, State::kWrite);
  if (work != nullptr && work->group != nullptr) EvaluateGroup(*work->group, turn);
  Drain(turn);
}

// As a replica, this node would take it.
bool Primary::OwnMayTake(const GroupWork& group, const Turn& turn) {
  const GuardRules rules = guard_rules(turn);
  return std::all_of(group.parts.begin(), group.parts.end(), [&](const GroupWork::Part& part) {
    const Work& work = *part.work;
    return !part.writes || MayTake(stripe_, *work.entry, work.vnode, work.dot, work.base, rules,
                                   group.message->concluded);
  });
}

// A flush has come between: wherever the versions were taken, they are dead, or the group is
// dropped with those that are.
bool Primary::IsFlushed(const GroupWork& group) const {
  return std::any_of(group.parts.begin(), group.parts.end(), [&](const GroupWork::Part& part) {
    return part.writes && part.work->dot.time <= stripe_.flushed(DbOf(part.work->key));
  });
}

void Primary::SettleGroup(GroupWork& group, const Turn& turn) {
  Work& lead = *group.lead();
  const bool own = lead.writes.own();
  lead.decided = true;
  shared_.changes().EndWrite(lead.round, true);
  stripe_.ShowGroup(EntriesOf(group.parts), *group.message);
  if (group.sequence == 0) group.sequence = stripe_.groups_sequence();
  const uint64_t since = shared_.settings().rules.grants ? held_[lead.vnode].since : 1;
  for (const GroupWork::Part& part : group.parts) {
    if (!part.writes) continue;
    CachedRecord& entry = *part.work->entry;
    entry.fresh_since = own ? since : 0;
    entry.settled = own;
    entry.in_step = own ? part.work->step : 0;
    shared_.clock().Settle(part.work->dot.time, true, own ? group.sequence : 0);
  }
  TellGroupDecided(group, turn);
}

void Primary::TellGroupDecided(const GroupWork& group, const Turn& turn) {
  const Guarded& first = group.message->items.front();
  for (Peer peer : turn.view->ReplicasOf(group.lead()->vnode)) {
    if (peer == kSelf || !turn.view->link_up(peer)) continue;
    SendTo(peer, GroupDecided{first.key, first.version.dot, group.message->concluded}, turn);
  }
}

void Primary::WithdrawGroup(GroupWork& group) {
  stripe_.DropGroup(*group.message);
  group.undone = stripe_.groups_sequence();
  group.sequence = 0;
}

// Nothing of it shows. If somebody may have taken it, it is kept here as well, until it is
// concluded, though only in memory if it has been withdrawn: a later group of this actor would
// cover its dots, and so has to be computed from it.
void Primary::AbandonGroup(GroupWork& group, bool taken) {
  CHECK(!group.lead()->decided);
  for (const GroupWork::Part& part : group.parts) {
    if (!part.writes) continue;
    part.work->entry->fresh_since = 0;
    shared_.clock().Settle(part.work->dot.time, false, 0);
  }
  shared_.changes().EndWrite(group.lead()->round, false);
  EndRound(*group.lead());
  taken ? stripe_.RestoreGroup(group.message) : WithdrawGroup(group);
}

void Primary::GroupAgain(GroupWork& group, const Turn& turn) {
  Work& lead = *group.lead();
  if (lead.state == State::kWrite) AbandonGroup(group, false);
  EndRound(lead);
  lead.state = State::kReserved;
  for (const GroupWork::Part& part : group.parts) part.work->entry->fresh_since = 0;
  if (++lead.tries < kWriteTriesMax) return NeedGrant(lead, turn);
  RefuseGroup(group, turn);
}

}  // namespace kindred
