// How a primary comes by the right to name guarded dots (rules 1 and 2 of guarded writes).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/primary.h"
#include "node/primary_work.h"
#include "node/shared.h"

namespace kindred {
namespace {
constexpr uint64_t kAskAgainMs = 100;  // a question without enough answers is asked again
constexpr uint32_t kTriesMax = 8;
constexpr uint64_t kInUseMs = 500;  // grants that were wanted so recently are renewed
}  // namespace

bool Primary::HasGrant(uint32_t vnode, const Turn& turn) const {
  const auto found = held_.find(vnode);
  return found != held_.end() && found->second.until > shared_.clock().Peek(turn.now_ms) + 2;
}

void Primary::NeedGrant(Work& work, const Turn& turn) {
  if (turn.view->replicas() == 1 || !shared_.settings().rules.grants) return NeedBase(work, turn);
  HeldGrant& held = held_[work.vnode];
  held.used_ms = turn.now_ms;
  if (HasGrant(work.vnode, turn)) return NeedBase(work, turn);
  work.state = State::kGrant;
  held.waiting.push_back(work.key);
  if (held.round == 0) {
    held.tries = 0;
    AskGrants({work.vnode}, turn);
  }
}

// Asks for these vnodes' times in one message a replica. This node's own replica grants at once:
// its grant is logged before any write under it, so that what is durable is always a beginning of
// that order.
void Primary::AskGrants(const std::vector<uint32_t>& vnodes, const Turn& turn) {
  DotClock& clock = shared_.clock();
  const uint64_t round = NewRound();
  std::map<Peer, Prepare> asks;
  for (uint32_t vnode : vnodes) {
    HeldGrant& held = held_[vnode];
    const Grant& own = stripe_.grants().Of(vnode);
    uint64_t from = clock.Peek(turn.now_ms);
    if (own.holder != shared_.actor()) from = std::max(from, own.until + 1);
    held.round = round;
    held.asked_ms = turn.now_ms;
    held.asked_until = from + TimeOfMs(shared_.settings().grant_ms);
    held.answered.clear();
    held.granted_since.clear();
    if (!clock.Hear(from, turn.now_ms))
      continue;  // too far ahead: the question is given up when it is due again
    const Grants::Answer answer = stripe_.OnPrepare(vnode, shared_.actor(), from, held.asked_until);
    CHECK(answer.granted);
    held.granted_since.push_back(answer.since);
    for (Peer peer : turn.view->ReplicasOf(vnode)) {
      if (peer == kSelf || !turn.view->link_up(peer)) continue;
      asks[peer].items.push_back({vnode, from, held.asked_until});
    }
  }
  for (auto& [peer, prepare] : asks) {
    prepare.id = round;
    prepare.actor = shared_.actor();
    SendTo(peer, std::move(prepare), turn);
  }
}

void Primary::OnPrepared(Peer from, const Prepared& prepared, const Turn& turn) {
  for (const Prepared::Item& item : prepared.items) {
    const auto found = held_.find(item.vnode);
    if (found == held_.end() || found->second.round != prepared.id) continue;
    HeldGrant& held = found->second;
    if (std::find(held.answered.begin(), held.answered.end(), from) != held.answered.end())
      continue;
    held.answered.push_back(from);
    if (item.since != 0) {
      held.granted_since.push_back(item.since);
    } else {
      shared_.clock().Hear(item.refused_below, turn.now_ms);
    }
    OnGrantAnswered(item.vnode, turn);
  }
  Drain(turn);
}

void Primary::OnGrantAnswered(uint32_t vnode, const Turn& turn) {
  HeldGrant& held = held_[vnode];
  const uint32_t majority = turn.view->Majority();
  if (held.granted_since.size() >= majority) {
    std::sort(held.granted_since.begin(), held.granted_since.end());
    const uint64_t since =
        held.granted_since[majority - 1];  // so many replicas have been ours since then
    const bool careless = !shared_.settings().rules.notice_broken_grant && held.since != 0;
    if (since > held.since && !careless) held.since = since;
    held.until = held.asked_until;
    return EndAsking(vnode, true, turn);
  }
  const uint32_t open = turn.view->replicas() - 1 - static_cast<uint32_t>(held.answered.size());
  if (held.granted_since.size() + open >= majority) return;
  if (++held.tries >= kTriesMax) return EndAsking(vnode, false, turn);
  AskGrants({vnode}, turn);
}

void Primary::EndAsking(uint32_t vnode, bool granted, const Turn& turn) {
  HeldGrant& held = held_[vnode];
  held.round = 0;
  held.tries = 0;
  std::vector<std::string> waiting;
  waiting.swap(held.waiting);
  for (const std::string& key : waiting) {
    const auto found = works_.find(key);
    if (found == works_.end() || found->second->state != State::kGrant) continue;
    Work& work = *found->second;
    if (granted) {
      NeedBase(work, turn);
    } else {
      AnswerAll(work, Outcome::kRefused, turn);
      EndBatch(work);
    }
  }
}

void Primary::OnGranted(uint32_t vnode, uint64_t actor) {
  if (actor == shared_.actor()) return;
  const auto found = held_.find(vnode);
  if (found != held_.end()) found->second.until = 0;
}

void Primary::TickGrants(const Turn& turn) {
  const uint64_t soon =
      shared_.clock().Peek(turn.now_ms) + TimeOfMs(shared_.settings().grant_ms / 2);
  std::vector<uint32_t> renewals, failed;
  for (auto& [vnode, held] : held_) {
    if (held.round != 0) {
      if (turn.now_ms < held.asked_ms + kAskAgainMs) continue;
      (++held.tries < kTriesMax ? renewals : failed).push_back(vnode);
    } else if (held.until != 0 && held.until < soon && turn.now_ms < held.used_ms + kInUseMs) {
      renewals.push_back(vnode);
    }
  }
  for (uint32_t vnode : failed) EndAsking(vnode, false, turn);
  if (!renewals.empty()) AskGrants(renewals, turn);
}

}  // namespace kindred
