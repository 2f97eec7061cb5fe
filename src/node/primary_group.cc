// How a primary runs a group: the same way as a batch on one key, for all of its keys together.
#include "node/primary_group.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/conclusion.h"
#include "node/error_reply.h"
#include "node/shared.h"
#include "resp/errors.h"
#include "store/keys.h"

namespace kindred {

// A group takes its place in all queues in one step, so of any two groups one is before the other
// in every queue that they share, and neither waits for the other in a circle.
void Primary::RunGroup(const std::vector<CachedRecord*>& entries, GroupOperation operation,
                       const Turn& turn) {
  CHECK(!entries.empty() && entries.size() == operation.group->keys.size());
  auto group = std::make_unique<GroupWork>();
  group->id = ++last_group_;
  group->operation = std::move(operation);
  bool full = false;
  for (CachedRecord* entry : entries) {
    Work& work = WorkFor(*entry, group->operation.group->vnode);
    full = full || work.waiting.size() >= shared_.settings().waiting_ops_max;
    group->parts.push_back({&work, {}, false});
  }
  if (full) {
    const std::string error =
        ErrorReply("TRYAGAIN too many commands wait for this key; nothing was done",
                   group->operation.group->protocol);
    turn.out->handovers.push_back(
        {group->operation.loop, group->operation.request, Outcome::kRefused, 0, error});
    return Drain(turn);
  }
  for (GroupWork::Part& part : group->parts) {
    Operation place;
    place.group = group->id;
    part.work->waiting.push_back(std::move(place));
  }
  groups_[group->id] = std::move(group);
  Drain(turn);
}

void Primary::Reserve(Work& work, const Turn& turn) {
  GroupWork& group = *groups_.at(work.batch.front().group);
  work.state = State::kReserved;
  work.group = &group;
  ++group.reserved;
  if (group.started()) StartGroup(group, turn);
}

void Primary::StartGroup(GroupWork& group, const Turn& turn) {
  const GroupOperation& operation = group.operation;
  const std::string_view why = WhyNot(turn);
  if (operation.deadline_ms > turn.now_ms && !why.empty() && !MayComeBack(group.undone)) {
    return EndGroup(group, Outcome::kRefused, ErrorReply(why, operation.group->protocol), 0, turn);
  }
  const uint32_t vnode = operation.group->vnode;
  if (operation.deadline_ms <= turn.now_ms || !why.empty() || !turn.view->IsReplica(vnode) ||
      ReachableReplicas(vnode, turn) < turn.view->Majority()) {
    return RefuseGroup(group, turn);
  }
  NeedGrant(*group.lead(), turn);
}

void Primary::NeedBases(GroupWork& group, const Turn& turn) {
  const Rules& rules = shared_.settings().rules;
  const bool alone = turn.view->replicas() == 1;
  for (GroupWork::Part& part : group.parts) part.base = part.work->entry->record;
  if (ParksFor(group, turn)) return;
  const uint64_t since = rules.grants ? held_[group.lead()->vnode].since : 1;
  const bool fresh =
      std::all_of(group.parts.begin(), group.parts.end(), [&](const GroupWork::Part& part) {
        const uint64_t fresh_since = part.work->entry->fresh_since;
        return fresh_since != 0 && fresh_since == since;
      });
  if (!alone && !fresh && rules.quorum_base) return AskAboutAll(group, State::kBase, turn);
  ComputeGroup(group, alone, turn);
}

// All keys in one message, which a replica answers with what it has of them at one moment: of a
// group that only a few replicas have, a majority is not to show one key and hide another.
void Primary::AskAboutAll(GroupWork& group, State state, const Turn& turn) {
  Work& lead = *group.lead();
  BeginRound(lead, state, turn);
  lead.undecided.clear();
  AskGroup ask;
  ask.id = lead.round;
  ask.primary = shared_.actor();
  for (const GroupWork::Part& part : group.parts) {
    const Record& own = part.work->entry->record;
    part.work->reads = ReadTally(turn.view->Majority());
    part.work->reads.Add(kSelf, own);
    ask.items.push_back({0, part.work->key, own.Digest()});
  }
  for (Peer peer : turn.view->ReplicasOf(lead.vnode)) {
    if (peer != kSelf && turn.view->link_up(peer)) SendTo(peer, ask, turn);
  }
}

void Primary::OnTellGroup(Peer from, TellGroup tell, const Turn& turn) {
  Work* lead = WorkOf(tell.id, State::kBase);
  const bool is_base = lead != nullptr;
  if (!is_base) lead = WorkOf(tell.id, State::kCheck);
  if (lead == nullptr || lead->group == nullptr) return;
  GroupWork& group = *lead->group;
  if (tell.items.size() != group.parts.size() || tell.not_granted) return;
  for (const Tell& item : tell.items) {
    if (!item.same && !shared_.clock().HearRecord(item.record, turn.now_ms)) return;
  }
  for (size_t i = 0; i < tell.items.size(); ++i) {
    ReadTally& reads = group.parts[i].work->reads;
    tell.items[i].same ? reads.AddSame(from) : reads.Add(from, std::move(tell.items[i].record));
  }
  AddGroups(tell.undecided, &lead->undecided);
  if (!lead->reads.Enough()) return;
  EndRound(*lead);
  const bool fresh = is_base && shared_.settings().rules.grants && HasGrant(lead->vnode, turn);
  bool validated = true;
  for (GroupWork::Part& part : group.parts) {
    bool same = false;
    part.base = BaseOf(*part.work, &same);
    if (same && fresh) part.work->entry->fresh_since = held_[lead->vnode].since;
    if (!same) part.work->has_to_write = true;
    validated = validated && same;
  }
  if (!ParksFor(group, turn)) ComputeGroup(group, validated, turn);
  Drain(turn);
}

// Keys that nothing has changed are written as they are where replicas differ, and checked where
// they do not.
void Primary::ComputeGroup(GroupWork& group, bool validated, const Turn& turn) {
  const GroupOperation& operation = group.operation;
  if (!operation.concludes.empty()) return ComputeConclusion(group, turn);
  const bool may_run =
      std::all_of(group.parts.begin(), group.parts.end(), [&](const GroupWork::Part& part) {
        return MayRun(operation.once, part.base, DbOf(part.work->key));
      });
  if (!may_run) return EndGroup(group, Outcome::kNotHere, {}, 0, turn);
  std::vector<const Record*> bases;
  bool differ = false;
  for (const GroupWork::Part& part : group.parts) {
    bases.push_back(&part.base);
    differ = differ || part.work->has_to_write;
  }
  Call call;
  call.now_ms = turn.now_ms;
  call.value_bytes_max = shared_.settings().value_bytes_max;
  call.topology = &turn.view->topology();
  GroupResult result = RunCommands(*group.operation.group, bases, call);
  group.reply = std::move(result.reply);
  group.lookups = result.lookups;
  if (result.changed) return WriteGroup(group, std::move(result.nexts), turn);
  const bool leaves_trace = operation.once.second;
  if (validated && !leaves_trace) {
    uint64_t after = 0;
    for (const auto& part : group.parts) after = std::max(after, part.work->entry->sequence);
    return EndGroup(group, Outcome::kDone, std::move(group.reply), after, turn);
  }
  if (!differ && !leaves_trace) return AskAboutAll(group, State::kCheck, turn);
  WriteGroup(group, std::move(result.nexts), turn);
}

void Primary::CheckGroupDeadline(GroupWork& group, const Turn& turn) {
  Work& lead = *group.lead();
  if (group.operation.deadline_ms <= turn.now_ms) {
    if (!group.started() || lead.state != State::kWrite) return RefuseGroup(group, turn);
    const std::string error = NoQuorumUnknown(static_cast<int>(lead.writes.total()),
                                              static_cast<int>(group.operation.need));
    if (!lead.decided) AbandonGroup(group, true);
    return EndGroup(group, Outcome::kUnknown, ErrorReply(error, group.operation.group->protocol), 0,
                    turn);
  }
  if (!group.started()) return;
  if (lead.state == State::kWrite) return EvaluateGroup(group, turn);
  const bool asking = lead.state == State::kBase || lead.state == State::kCheck;
  if (!asking || turn.now_ms < lead.round_ms + AskAgainMs(lead.asked_again)) return;
  ++lead.asked_again;
  if (HasGrant(lead.vnode, turn)) return AskAboutAll(group, lead.state, turn);
  EndRound(lead);
  NeedGrant(lead, turn);
}

void Primary::RefuseGroup(GroupWork& group, const Turn& turn) {
  const int need = static_cast<int>(group.operation.need);
  const bool unknown = MayComeBack(group.undone);
  const std::string error = unknown ? NoQuorumUnknown(0, need) : NoQuorumRefused(0, need);
  EndGroup(group, unknown ? Outcome::kUnknown : Outcome::kRefused,
           ErrorReply(error, group.operation.group->protocol), 0, turn);
}

void Primary::EndGroup(GroupWork& group, Outcome outcome, std::string reply, uint64_t after,
                       const Turn& turn) {
  const GroupOperation& operation = group.operation;
  if (operation.concludes.empty()) {
    turn.out->handovers.push_back(
        {operation.loop, operation.request, outcome, after, std::move(reply), group.lookups});
  }
  for (const GroupWork::Part& part : group.parts) LeaveQueue(group, *part.work);
  groups_.erase(group.id);
}

// Of one of its keys; it may have ended before its turn came.
void Primary::LeaveQueue(const GroupWork& group, Work& work) {
  if (work.group == &group) return EndBatch(work);
  std::erase_if(work.waiting, [&](const Operation& place) { return place.group == group.id; });
}

}  // namespace kindred
