// How a coordinator reads: a quorum of replicas, its own copy first, one record and otherwise
// digests.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "command/table.h"
#include "node/coordinator.h"
#include "node/error_reply.h"
#include "node/node.h"
#include "node/pending.h"
#include "node/shared.h"
#include "resp/errors.h"
#include "store/keys.h"

namespace kindred {
void Coordinator::Read(uint64_t id, const Turn& turn) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  Pending& pending = *found->second;
  const uint32_t need = pending.consistency.read.Of(turn.view->replicas());
  pending.state = Pending::State::kLoading;
  pending.tally = ReadTally(need);
  pending.asked.clear();
  pending.told.clear();
  ++pending.attempt;
  pending.own_after = 0;
  pending.undecided = {};
  if (turn.view->IsReplica(pending.vnode) || pending.consistency.read.IsLocal()) {
    Stripe& stripe = shared_.stripe(shared_.StripeOf(pending.vnode)).stripe;
    std::lock_guard lock(stripe.mutex());
    CachedRecord* entry = node_.FindOrDefer(
        stripe, pending.key, [&] { return [this, id](const Turn& t) { Read(id, t); }; });
    if (entry == nullptr) return;
    if (!pending.plain && IsInStep(*entry, pending.vnode, turn) && MayBeVouchedFor(pending, turn) &&
        AwaitVouch(pending, *entry, turn)) {
      return;
    }
    if (!LeavesToOthers(entry->sequence, pending, turn)) {
      const bool quorum = need >= turn.view->Majority();
      pending.tally.Add(kSelf, quorum ? entry->record : stripe.Latest(*entry));
      pending.own_after = entry->sequence;
      for (const UndecidedGroup& group : stripe.UndecidedOf(*entry)) {
        pending.NoteUndecided(*group);
        pending.own_after = std::max(pending.own_after, stripe.groups_sequence());
      }
    }
  }
  pending.state = Pending::State::kReading;
  if (pending.tally.Enough()) return OnEnough(pending, turn);
  AskMore(pending, need - pending.tally.answers(), turn);
  if (pending.asked.size() + pending.tally.answers() < need) {
    const int got = static_cast<int>(pending.asked.size() + pending.tally.answers());
    Finish(id, Outcome::kRefused, 0,
           ErrorReply(NoQuorumRead(got, static_cast<int>(need)), pending.protocol), turn);
  }
}

// Whether a read does without this node's copy: its log is slow and has not come to it yet, and
// there are enough others.
bool Coordinator::LeavesToOthers(uint64_t sequence, const Pending& pending,
                                 const Turn& turn) const {
  return !pending.consistency.read.IsLocal() &&
         LeavesToOthers(sequence, pending.vnode, pending.tally.need(), turn);
}

bool Coordinator::LeavesToOthers(uint64_t sequence, uint32_t vnode, uint32_t need,
                                 const Turn& turn) const {
  if (!shared_.log_is_slow(turn.now_ms) || sequence <= shared_.store().durable()) return false;
  return turn.view->AliveReplicasOf(vnode) > need;
}

// Asks up to `count` further replicas: those whose word would do from now on, those that are alive,
// then suspects that may still answer.
void Coordinator::AskMore(Pending& pending, uint32_t count, const Turn& turn) {
  std::optional<uint64_t> digest;
  if (pending.tally.Has(kSelf)) digest = pending.tally.first_digest();
  const bool step = digest.has_value() && WantsStep(pending, turn);
  const auto ask = [&](Peer peer) {
    const bool asked =
        std::find(pending.asked.begin(), pending.asked.end(), peer) != pending.asked.end();
    if (count == 0 || asked || !turn.view->link_up(peer)) return;
    --count;
    pending.asked.push_back(peer);
    pending.asked_ms = turn.now_ms;
    turn.out->sends.emplace_back(peer, loop_, Ask{pending.Question(), pending.key, digest, step});
  };
  if (step) std::ranges::for_each(turn.view->VouchersOf(pending.vnode), ask);
  for (const bool suspects : {false, true}) {
    for (Peer peer : turn.view->AskedFor(pending.vnode)) {
      if (turn.view->alive(peer) != suspects) ask(peer);
    }
  }
  pending.hedge_at_ms =
      turn.now_ms + node_.HedgeMs(pending.asked.empty() ? kSelf : pending.asked.back());
}

void Coordinator::OnTell(Peer from, Tell&& tell, const Turn& turn) {
  const auto found = pending_.find(Pending::IdOf(tell.id));
  if (found == pending_.end() || found->second->state != Pending::State::kReading) return;
  Pending& pending = *found->second;
  if (tell.id != pending.Question()) return;
  node_.NoteLatency(from, turn.now_ms - pending.asked_ms);
  for (const GuardedGroup& group : tell.undecided) pending.NoteUndecided(group);
  if (tell.same && tell.step.has_value()) pending.told.emplace_back(from, *tell.step);
  if (tell.same) {
    pending.tally.AddSame(from);
  } else if (shared_.clock().HearRecord(tell.record, turn.now_ms)) {
    pending.tally.Add(from, std::move(tell.record));
  }
  if (pending.tally.Enough()) OnEnough(pending, turn);
}

// What replicas agree on is answered. Where they differ the newest version has to be decided, or a
// later read could go back in time: then the key's primary makes it so. That goes for versions of
// groups, too, which replicas keep but do not show.
void Coordinator::OnEnough(Pending& pending, const Turn& turn) {
  const bool quorum = pending.tally.need() >= turn.view->Majority();
  const uint64_t flushed = shared_.flushed(pending.db);
  if (quorum && shared_.settings().rules.confirm_undecided &&
      !pending.tally.merged().context.CoversAll(pending.undecided)) {
    pending.confirm = true;
    return Route(pending.id, turn);
  }
  if (pending.tally.Agree() && !pending.told.empty()) JoinStep(pending, turn);
  if (pending.tally.Agree() || !quorum) {
    return AnswerRead(pending, DropUpTo(pending.tally.TakeMerged(), flushed), turn);
  }
  const Record merged = DropUpTo(pending.tally.merged(), flushed);
  const Rules& rules = shared_.settings().rules;
  const Version* newest = Newest(merged);
  const bool decided = newest == nullptr || !newest->guarded || !rules.spread_decided_only ||
                       shared_.clock().IsDecided(newest->dot, shared_.store().durable());
  if (decided || !rules.confirm_undecided) {
    MaySpread(merged) ? Repair(pending, merged, turn) : ConfirmBehind(pending, turn);
    return AnswerRead(pending, merged, turn);
  }
  pending.confirm = true;
  Route(pending.id, turn);
}

// Copies of what is not decided could let a dead write overtake a living one.
bool Coordinator::MaySpread(const Record& record) const {
  if (!shared_.settings().rules.spread_decided_only) return true;
  return std::all_of(record.versions.begin(), record.versions.end(), [&](const Version& v) {
    return !v.guarded || shared_.clock().IsDecided(v.dot, shared_.store().durable());
  });
}

// In the background: nobody waits for it.
void Coordinator::Repair(const Pending& pending, const Record& merged, const Turn& turn) {
  const uint32_t index = shared_.StripeOf(pending.vnode);
  for (Peer peer : pending.tally.Behind()) {
    Replicate copy{0, pending.key, merged};
    if (peer != kSelf) {
      turn.out->sends.push_back({peer, shared_.LaneOf(index), std::move(copy)});
      continue;
    }
    Stripe& stripe = shared_.stripe(index).stripe;
    std::lock_guard lock(stripe.mutex());
    CachedRecord* entry = stripe.Find(pending.key);
    if (entry != nullptr) node_.TakeCopy(stripe, *entry, copy);
  }
}

// In the background, too: the primary decides what may not be copied as it is.
void Coordinator::ConfirmBehind(const Pending& read, const Turn& turn) {
  Pending& pending = NewPending();
  pending.what_for = Pending::For::kNobody;
  pending.row = read.row;
  pending.args = read.args;
  pending.db = read.db;
  pending.protocol = read.protocol;
  pending.deadline_ms = read.deadline_ms;
  pending.key = read.key;
  pending.vnode = read.vnode;
  pending.confirm = true;
  Route(pending.id, turn);
}

void Coordinator::Confirm(const std::string& record_key, const Turn& turn) {
  const auto parts = SplitRecordKey(record_key);
  CHECK(parts.has_value());
  const std::string_view args[] = {"get", parts->key};
  const Consistency consistency;
  Request request;
  request.row = DataCommands().Find(args[0]);
  request.args = args;
  request.db = parts->db;
  request.consistency = &consistency;
  request.deadline_ms = turn.now_ms + shared_.settings().request_timeout_ms;
  Pending& pending = NewPending();
  pending.what_for = Pending::For::kNobody;
  FillFrom(request, args, &pending);
  pending.confirm = true;
  Route(pending.id, turn);
}

void Coordinator::AnswerRead(Pending& pending, const Record& record, const Turn& turn) {
  std::string bytes;
  ReplyWriter writer(&bytes, pending.protocol);
  RunRead(*pending.row, record, pending.args->args(), CallOf(pending.db, &pending.lookups, turn),
          writer);
  Finish(pending.id, Outcome::kDone, pending.own_after, std::move(bytes), turn);
}

Call Coordinator::CallOf(uint8_t db, Lookups* lookups, const Turn& turn) const {
  Call call;
  call.now_ms = turn.now_ms;
  call.db = db;
  call.value_bytes_max = shared_.settings().value_bytes_max;
  call.topology = &turn.view->topology();
  call.lookups = lookups;
  return call;
}

void Coordinator::RunRead(const CommandRow& row, const Record& record, Args args, const Call& call,
                          ReplyWriter& writer) {
  if (row.kind == RowKind::kRecordRead) return row.read_record(record, args, call, writer);
  const Version* newest = NewestLive(record, call.now_ms);
  const ValueView view = newest == nullptr
                             ? ValueView()
                             : ValueView{newest->kind, newest->expires_ms, newest->payload};
  row.read(newest == nullptr ? nullptr : &view, args, call, writer);
}

}  // namespace kindred
