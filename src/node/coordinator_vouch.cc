// How a coordinator reads what is in step: its own record is the answer, and the word of the
// replicas that were the same says that it still is. One word serves all reads of a turn.
#include <algorithm>
#include <utility>

#include "node/coordinator.h"
#include "node/node.h"
#include "node/pending.h"
#include "node/shared.h"
#include "node/vouching.h"

namespace kindred {
namespace {

constexpr uint64_t kAskSilentAgainMs = 100;

}  // namespace

// A read of a majority: others need more replicas' word, or nobody's.
bool Coordinator::MayBeVouchedFor(const Pending& pending, const Turn& turn) const {
  return pending.row->kind == RowKind::kRead && !pending.consistency.read.IsLocal() &&
         pending.tally.need() == turn.view->Majority() &&
         !turn.view->VouchersOf(pending.vnode).empty();
}

// The step first: if it is the record's, then it is one of the view that is looked at afterwards.
bool Coordinator::IsInStep(const CachedRecord& entry, uint32_t vnode, const Turn& turn) const {
  return entry.in_step != 0 && entry.in_step == shared_.steps().Of(vnode) &&
         shared_.steps().view_version() == turn.view->version();
}

// A write of this node that others have not answered may be at all of them while it is not here.
bool Coordinator::WantsStep(Pending& pending, const Turn& turn) {
  pending.step = shared_.steps().Of(pending.vnode);
  return MayBeVouchedFor(pending, turn) && !shared_.changes().HasUndecided(pending.key);
}

// The own record is the same as those of all who vouch for its vnode. It is in step if all of them,
// and this node, have granted the vnode to its primary: then only the primary's own writes can
// change it, or something that one of them will tell. A group that is kept here is no change that
// is to be told: its writer knows that this node has it, and it shows when it is decided.
void Coordinator::JoinStep(Pending& pending, const Turn& turn) {
  Stripe& stripe = shared_.stripe(shared_.StripeOf(pending.vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = stripe.Find(pending.key);
  const bool as_asked = entry != nullptr && entry->record.Digest() == pending.tally.first_digest();
  if (!as_asked || shared_.changes().HasUndecided(pending.key)) return;
  if (!stripe.UndecidedOf(*entry).empty()) return;
  const Peer primary = turn.view->PrimaryOf(pending.vnode);
  const uint64_t holder = stripe.grants().Of(pending.vnode).holder;
  bool granted = holder != 0 && (primary != kSelf || holder == shared_.actor());
  absl::InlinedVector<std::pair<Peer, Standing>, 2> standings;
  for (Peer peer : turn.view->VouchersOf(pending.vnode)) {
    const auto told = std::find_if(pending.told.begin(), pending.told.end(),
                                   [peer](const auto& each) { return each.first == peer; });
    if (told == pending.told.end()) return;
    standings.emplace_back(peer, told->second.standing);
    granted = granted && told->second.holder == holder && (peer != primary || told->second.holds);
  }
  if (!granted && shared_.settings().rules.step_under_grant) return;
  const auto step = shared_.steps().Join(pending.vnode, turn.view->version(), standings);
  if (!step.has_value() || *step != pending.step) return;
  entry->in_step = *step;
  entry->settled = true;
}

// The stripe's lock is held. False: who has to vouch has fallen silent.
bool Coordinator::AwaitVouch(Pending& pending, CachedRecord& entry, const Turn& turn) {
  if (!WantWord(pending.vnode, turn)) return false;
  pending.state = Pending::State::kVouching;
  pending.own = &entry;
  pending.step = entry.in_step;
  ++entry.pins;
  RoundForReads().reads.push_back(pending.id);
  return true;
}

bool Coordinator::WantsEndTurn() const {
  return vouching_->rounds.size() < Vouching::kRoundsMax &&
         (shared_.steps().WantsToHear() || vouching_->gathering.has_reads());
}

void Coordinator::EndTurn(const Turn& turn) {
  if (!WantsEndTurn()) return;
  if (shared_.steps().WantsToHear()) {
    for (Peer peer : shared_.steps().TakeToHear()) vouching_->Of(peer).wanted = true;
  }
  AskToVouch(turn);
}

void Coordinator::AskToVouch(const Turn& turn) {
  Vouching& vouching = *vouching_;
  VouchRound round = vouching.TakeGathering();
  round.question = NewId();
  round.asked_ms = turn.now_ms;
  for (Vouching::Asked& each : vouching.peers) {
    if (!std::exchange(each.wanted, false)) continue;
    if (!turn.view->link_up(each.peer)) {
      LeaveVouching(round, turn);
      continue;
    }
    if (!each.silent) round.unanswered.push_back(each.peer);
    each.question = round.question;
    each.asked_ms = turn.now_ms;
    turn.out->sends.emplace_back(each.peer, loop_,
                                 VouchAsk{round.question, shared_.steps().Known(each.peer)});
  }
  if (round.unanswered.empty()) LeaveVouching(round, turn);
  vouching.rounds.push_back(std::move(round));
  TellHeard(turn);
}

void Coordinator::OnVouch(Peer from, Vouch&& vouch, const Turn& turn) {
  const Rules& rules = shared_.settings().rules;
  if (!rules.heed_changes) {
    vouch.all = false;
    vouch.changed.clear();
  }
  if (!rules.heed_behind) vouch.behind.clear();
  shared_.clock().Learn(vouch.decided);
  if (!shared_.steps().Hear(from, vouch) || vouch.id == 0) return;
  Vouching& vouching = *vouching_;
  Vouching::Asked& asked = vouching.Of(from);
  if (asked.question == vouch.id) {
    asked.silent = false;
    node_.NoteLatency(from, turn.now_ms - asked.asked_ms);
  }
  const auto round = std::ranges::find(vouching.rounds, vouch.id, &VouchRound::question);
  if (round == vouching.rounds.end()) return;
  const auto waited_for = std::ranges::find(round->unanswered, from);
  if (waited_for == round->unanswered.end()) return;
  round->unanswered.erase(waited_for);
  round->behind.insert(round->behind.end(), vouch.behind.begin(), vouch.behind.end());
  if (!round->unanswered.empty()) return;
  VouchRound over = std::move(*round);
  round->over = true;
  OnVouched(over, turn);
  vouching.Reuse(std::move(over.early));
  TellHeard(turn);
}

// All have answered.
void Coordinator::OnVouched(VouchRound& round, const Turn& turn) {
  std::ranges::sort(round.behind);
  SettleEarly(round, round.early, turn);
  std::vector<uint64_t> plain;
  std::string bytes;
  for (uint64_t id : round.reads) {
    Pending& pending = *pending_.at(id);
    const bool behind = !round.behind.empty() &&
                        std::ranges::binary_search(round.behind, BehindNumber(pending.key));
    if (!AnswerFromStep(pending, behind ? nullptr : &bytes, turn)) {
      plain.push_back(id);
      continue;
    }
    Finish(id, Outcome::kDone, pending.own_after, std::move(bytes), turn);
    bytes.clear();
  }
  ReadPlainly(plain, turn);
}

// Lets go of the pending's own record. With `bytes` it is answered, if it may be.
bool Coordinator::AnswerFromStep(Pending& pending, std::string* bytes, const Turn& turn) {
  Stripe& stripe = shared_.stripe(shared_.StripeOf(pending.vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord& entry = *std::exchange(pending.own, nullptr);
  --entry.pins;
  if (bytes == nullptr || entry.in_step != pending.step ||
      shared_.steps().Of(pending.vnode) != pending.step || !IsSettled(entry) ||
      LeavesToOthers(entry.sequence, pending, turn)) {
    return false;
  }
  ReplyWriter writer(bytes, pending.protocol);
  RunRead(*pending.row, entry.record, pending.args->args(),
          CallOf(pending.db, &pending.lookups, turn), writer);
  pending.own_after = entry.sequence;
  return true;
}

// A version that is not decided may yet be overtaken by one that a majority has, and this node not.
bool Coordinator::IsSettled(CachedRecord& entry) const {
  if (entry.settled || !shared_.settings().rules.confirm_undecided) return true;
  const Version* newest = Newest(entry.record);
  entry.settled = newest == nullptr || !newest->guarded ||
                  shared_.clock().IsDecided(newest->dot, shared_.store().durable());
  return entry.settled;
}

void Coordinator::ReadPlainly(const std::vector<uint64_t>& ids, const Turn& turn) {
  for (uint64_t id : ids) {
    pending_.at(id)->plain = true;
    Read(id, turn);
  }
}

// Who does not answer in time is not waited for, but asked again from time to time.
void Coordinator::TickVouching(const Turn& turn) {
  Vouching& vouching = *vouching_;
  for (Vouching::Asked& each : vouching.peers) {
    if (each.silent && turn.now_ms >= each.asked_ms + kAskSilentAgainMs) each.wanted = true;
  }
  if (vouching.rounds.size() < Vouching::kRoundsMax &&
      std::ranges::any_of(vouching.peers, &Vouching::Asked::wanted)) {
    AskToVouch(turn);
  }
  bool late = false;
  for (const VouchRound& round : vouching.rounds) {
    for (Peer peer : round.unanswered) {
      if (turn.now_ms < round.asked_ms + node_.HedgeMs(peer)) continue;
      vouching.Of(peer).silent = late = true;
    }
  }
  if (late) GiveUpVouching(turn);
}

void Coordinator::GiveUpVouching(const Turn& turn) {
  Vouching& vouching = *vouching_;
  vouching.rounds.push_back(vouching.TakeGathering());
  for (VouchRound& round : vouching.rounds) LeaveVouching(round, turn);
  TellHeard(turn);
}

// Its reads are plain ones.
void Coordinator::LeaveVouching(VouchRound& round, const Turn& turn) {
  round.over = true;
  const EarlyReads early = std::exchange(round.early, {});
  const std::vector<uint64_t> reads = std::exchange(round.reads, {});
  RecallAll(early, turn);
  for (uint64_t id : reads) AnswerFromStep(*pending_.at(id), nullptr, turn);
  ReadPlainly(reads, turn);
}

// The link to the peer is down.
void Coordinator::EndVouching(Peer peer, const Turn& turn) {
  std::erase_if(vouching_->peers, [peer](const auto& each) { return each.peer == peer; });
  GiveUpVouching(turn);
}

}  // namespace kindred
