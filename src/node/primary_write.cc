// How a primary writes: guarded, to all replicas and its own log at the same moment, its own copy
// last; or unguarded.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/primary.h"
#include "node/primary_group.h"
#include "node/primary_work.h"
#include "node/shared.h"
#include "resp/errors.h"
#include "store/keys.h"

namespace kindred {
GuardRules Primary::guard_rules(const Turn& turn) const {
  const Rules& rules = shared_.settings().rules;
  return {rules.grants && turn.view->replicas() > 1, rules.guard};
}

bool Primary::MakeGuarded(Work& work, const Record& base, Version version,
                          std::vector<Version> kept, Guarded* guarded, const Turn& turn) {
  DotClock& clock = shared_.clock();
  const GuardRules rules = guard_rules(turn);
  const uint64_t until = rules.grants ? held_[work.vnode].until : UINT64_MAX;
  const uint64_t time =
      clock.HearRecord(base, turn.now_ms) ? clock.NameGuarded(until, turn.now_ms) : 0;
  if (time == 0) return false;  // the grant has run out meanwhile
  version.dot = {shared_.actor(), time};
  version.guarded = turn.view->replicas() > 1;
  guarded->key = work.key;
  guarded->base = base.context;
  guarded->version = std::move(version);
  guarded->kept = std::move(kept);
  guarded->flushed = stripe_.flushed(DbOf(work.key));
  work.dot = guarded->version.dot;
  work.base = guarded->base;
  work.record = RecordOf(*guarded);
  work.decided = false;
  work.withdrawn = false;
  return true;
}

void Primary::WriteGuarded(Work& work, const Record& base, Version version,
                           std::vector<Version> kept, const Turn& turn) {
  Guarded guarded;
  if (!MakeGuarded(work, base, std::move(version), std::move(kept), &guarded, turn)) {
    return Again(work, turn);
  }
  BeginRound(work, State::kWrite, turn);
  guarded.id = work.round;
  work.writes = WriteTally(turn.view->replicas() - 1, turn.view->Majority());
  if (shared_.settings().rules.own_copy_last) {
    stripe_.Log(*work.entry, Merge(work.entry->record, work.record));
  } else {
    stripe_.Write(*work.entry, Merge(work.entry->record, work.record));
  }
  work.step = std::exchange(work.entry->in_step, 0);
  // If it was in step it will be when it is decided, and need not be looked up with each ack.
  const bool stays = work.step != 0 && work.step == shared_.steps().Of(work.vnode);
  SendToOthers(
      work, {{BehindNumber(work.key), stays ? std::string() : work.key, work.dot}},
      [&](Peer peer) {
        guarded.standing = shared_.changes().StandingFor(peer);
        SendTo(peer, guarded, turn);
      },
      turn);
  EvaluateGuarded(work, turn);
}

template <typename Send>
void Primary::SendToOthers(Work& work, WrittenKeys keys, const Send& send, const Turn& turn) {
  shared_.NoteGuardedSent();
  Changes::Write write;
  write.lane = shared_.LaneOf(index_);
  write.keys = std::move(keys);
  // Who is suspect is spared, unless it takes the suspects to make a majority.
  const bool alive_do = turn.view->AliveReplicasOf(work.vnode) >= turn.view->Majority();
  for (Peer peer : turn.view->ReplicasOf(work.vnode)) {
    if (peer == kSelf) continue;
    const bool sent = alive_do ? turn.view->alive(peer) : turn.view->link_up(peer);
    (sent ? write.unanswered : write.lacking).push_back(peer);
    if (sent) {
      send(peer);
    } else {
      work.writes.AddNack(peer);
    }
  }
  shared_.changes().BeginWrite(work.round, std::move(write));
}

void Primary::SendGroup(const GroupWork& group, const GuardedGroup& message, const Turn& turn) {
  WrittenKeys keys;
  for (const Guarded& item : message.items) {
    keys.push_back({BehindNumber(item.key), item.key, item.version.dot});
  }
  const auto whole = [&](Peer peer) {
    GuardedGroup copy = message;
    copy.standing = shared_.changes().StandingFor(peer);
    SendTo(peer, std::move(copy), turn);
  };
  const auto in_pieces = [&](Peer peer) {
    for (const Guarded& item : message.items) {
      SendTo(peer, GuardedGroup{message.id, {item}}, turn);
    }
  };
  if (shared_.settings().rules.whole_groups) {
    SendToOthers(*group.lead(), keys, whole, turn);
  } else {
    SendToOthers(*group.lead(), keys, in_pieces, turn);
  }
}

void Primary::OnAck(Peer from, const Ack& ack, const Turn& turn) {
  const WrittenKeys written = shared_.changes().OnAck(from, ack.id);
  if (Work* work = WorkOf(ack.id, State::kWrite); work != nullptr) {
    work->writes.AddAck(from);
    EvaluateGuarded(*work, turn);
  } else if (work = WorkOf(ack.id, State::kUnguarded); work != nullptr) {
    work->writes.AddAck(from);
    EvaluateUnguarded(*work, turn);
  }
  if (ack.standing.has_value()) {
    for (const Changes::Write::Key& each : written) JoinStep(each, from, *ack.standing, turn);
  }
  Drain(turn);
}

// A replica has taken a write, so what it has of the key is what is shown here, if no other write
// has come since.
void Primary::JoinStep(const Changes::Write::Key& written, Peer from, const Standing& standing,
                       const Turn& turn) {
  CachedRecord* entry = stripe_.Find(written.key);
  if (entry == nullptr || shared_.changes().HasUndecided(written.key)) return;
  const Version* newest = Newest(entry->record);
  const auto parts = SplitRecordKey(written.key);
  if (newest == nullptr || newest->dot != written.dot || !parts.has_value()) return;
  shared_.JoinStepAfterWrite(*entry, turn.view->topology().VnodeOf(parts->slot), *turn.view, from,
                             standing);
}

void Primary::OnNack(Peer from, const Nack& nack, const Turn& turn) {
  shared_.clock().Hear(nack.clock, turn.now_ms);
  shared_.clock().HearRecord(nack.record, turn.now_ms);
  shared_.changes().OnNack(from, nack.id);
  if (!nack.undecided.empty() && shared_.settings().rules.conclude_groups) {
    turn.out->conclusions.push_back({nack.undecided});
  }
  if (Work* work = WorkOf(nack.id, State::kWrite); work != nullptr) {
    if (nack.holder_is_another) Lose(held_[work->vnode], turn);
    work->writes.AddNack(from);
    EvaluateGuarded(*work, turn);
  } else if (work = WorkOf(nack.id, State::kUnguarded); work != nullptr) {
    work->writes.AddNack(from);
    EvaluateUnguarded(*work, turn);
  }
  Drain(turn);
}

void Primary::EvaluateGuarded(Work& work, const Turn& turn) {
  if (work.group != nullptr) return EvaluateGroup(*work.group, turn);
  CachedRecord& entry = *work.entry;
  WriteTally& writes = work.writes;
  const bool own_counts =
      !shared_.settings().rules.own_copy_last ||
      MayTake(stripe_, entry, work.vnode, work.dot, work.base, guard_rules(turn));
  if (!writes.own() && writes.OwnWouldDo() && own_counts && !work.withdrawn) {
    stripe_.Show(entry, Merge(entry.record, work.record));
    writes.AddOwn();
  }
  if (writes.Decided() && !work.decided) {
    work.decided = true;
    shared_.changes().EndWrite(work.round, true);
    if (!writes.own()) stripe_.Show(entry, Merge(entry.record, work.record));
    const uint64_t since = shared_.settings().rules.grants ? held_[work.vnode].since : 1;
    entry.fresh_since = writes.own() ? since : 0;
    entry.settled = writes.own();
    entry.in_step = writes.own() ? work.step : 0;
    shared_.clock().Settle(work.dot.time, true, writes.own() ? entry.sequence : 0);
  }
  if (work.decided && work.confirming) return WriteUnguarded(work, true, turn);
  if (work.decided) AnswerReady(work, turn);
  if (work.decided && AllAnswered(work.batch)) return EndBatch(work);
  if (!writes.AllAnswered()) return;
  if (work.decided) {  // more replicas were asked for than there are to be had
    AnswerAll(work, Outcome::kUnknown, turn);
    return EndBatch(work);
  }
  const bool flushed = work.dot.time <= stripe_.flushed(DbOf(work.key));
  if (writes.NobodyTook() || (flushed && NobodySaw(work, turn))) return Again(work, turn);
  AnswerAll(work, work.confirming ? Outcome::kRefused : Outcome::kUnknown, turn);
  AbandonWrite(work);
  EndBatch(work);
}

// Of a write that too few have taken, which a flush has ended since: it can not have been decided,
// nor has another primary met it if there was none. REQUIRES: all have answered.
bool Primary::NobodySaw(const Work& work, const Turn& turn) const {
  return HasGrant(work.vnode, turn) && held_.at(work.vnode).since <= work.dot.time;
}

void Primary::AbandonWrite(Work& work) {
  CHECK(!work.decided);
  stripe_.Revert(*work.entry);
  for (Operation& operation : work.batch) operation.undone = work.entry->logged_sequence;
  work.entry->fresh_since = 0;
  shared_.changes().EndWrite(work.round, false);
  shared_.clock().Settle(work.dot.time, false, 0);
  EndRound(work);
}

void Primary::Again(Work& work, const Turn& turn) {
  if (work.state == State::kWrite) AbandonWrite(work);
  EndRound(work);
  work.state = State::kIdle;
  work.entry->fresh_since = 0;
  if (++work.tries < kWriteTriesMax) return NeedGrant(work, turn);
  Refuse(work, turn);
}

// One operation: with a client's context, or blind and content with fewer replicas than a majority.
// It replaces just what the context has seen, or what this node knows. The others get the whole
// record: a context that names our own time covers all that we wrote before, so what of that still
// lives has to come along.
void Primary::StartUnguarded(Work& work, const Turn& turn) {
  const Operation& operation = work.batch.front();
  DotClock& clock = shared_.clock();
  const Context& seen =
      operation.context.has_value() ? *operation.context : work.entry->record.context;
  if (!clock.Hear(seen, turn.now_ms) || !clock.HearRecord(work.entry->record, turn.now_ms)) {
    Refuse(work.batch.front(),
           "ERR the context names a time that is too far ahead; nothing was done", turn);
    return EndBatch(work);
  }
  const uint32_t reachable = ReachableReplicas(work.vnode, turn);
  if (!turn.view->IsReplica(work.vnode) || reachable < NeedOf(operation, turn)) {
    AnswerAll(work, Outcome::kRefused, turn);
    return EndBatch(work);
  }
  if (!LeavesUndecided(work.entry->record, seen)) return WriteUnguarded(work, true, turn);
  // What would come along is not decided yet, and may not spread before it is.
  if (reachable >= turn.view->Majority()) {
    work.confirming = true;
    return NeedGrant(work, turn);
  }
  if (NeedOf(operation, turn) == 1) return WriteUnguarded(work, false, turn);
  AnswerAll(work, Outcome::kRefused, turn);
  EndBatch(work);
}

bool Primary::LeavesUndecided(const Record& record, const Context& seen) {
  if (!shared_.settings().rules.spread_decided_only) return false;
  return std::any_of(record.versions.begin(), record.versions.end(), [&](const Version& v) {
    return v.guarded && !seen.Covers(v.dot) &&
           !shared_.clock().IsDecided(v.dot, stripe_.store().durable());
  });
}

// `spread`: to all replicas; otherwise to this node's own only.
void Primary::WriteUnguarded(Work& work, bool spread, const Turn& turn) {
  Operation& operation = work.batch.front();
  CachedRecord& entry = *work.entry;
  EndRound(work);
  work.confirming = false;
  Version version;
  if (!RunBatch(work, entry.record, &version, turn)) {
    Answer(operation, Outcome::kDone, std::move(operation.reply), entry.sequence, turn);
    return EndBatch(work);
  }
  const Context seen = operation.context.has_value() ? *operation.context : entry.record.context;
  version.dot = {shared_.actor(), shared_.clock().Name(turn.now_ms)};
  stripe_.Write(entry, Put(entry.record, seen, std::move(version)));
  shared_.NoteChange(work.vnode);
  BeginRound(work, State::kUnguarded, turn);
  work.writes = WriteTally(turn.view->replicas() - 1, NeedOf(operation, turn));
  work.writes.AddOwn();
  for (Peer peer : turn.view->ReplicasOf(work.vnode)) {
    if (peer == kSelf) continue;
    if (spread && turn.view->link_up(peer)) {
      SendTo(peer, Replicate{work.round, work.key, entry.record}, turn);
    } else {
      work.writes.AddNack(peer);
    }
  }
  EvaluateUnguarded(work, turn);
}

void Primary::EvaluateUnguarded(Work& work, const Turn& turn) {
  AnswerReady(work, turn);
  if (work.batch.front().answered) return EndBatch(work);
  if (!work.writes.AllAnswered()) return;
  AnswerAll(work, Outcome::kUnknown, turn);
  EndBatch(work);
}

}  // namespace kindred
