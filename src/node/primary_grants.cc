// How a primary comes by the right to name guarded dots (rules 1 and 2 of guarded writes).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/primary.h"
#include "node/primary_work.h"
#include "node/shared.h"

namespace kindred {
namespace {
constexpr uint32_t kAskedAgainMax = 4;  // a question whose answer nobody waits for
constexpr uint64_t kInUseMs = 2000;  // a primary's grants that were wanted so recently are renewed
}  // namespace

bool Primary::HasGrant(uint32_t vnode, const Turn& turn) const {
  const auto found = held_.find(vnode);
  return found != held_.end() && found->second.until > shared_.clock().Peek(turn.now_ms) + 2;
}

void Primary::NeedGrant(Work& work, const Turn& turn) {
  if (turn.view->replicas() == 1 || !shared_.settings().rules.grants) return NeedBase(work, turn);
  HeldGrant& held = held_[work.vnode];
  held.used_ms = turn.now_ms;
  if (held.until < RenewalTime(turn)) grants_due_ms_ = 0;
  if (HasGrant(work.vnode, turn)) return NeedBase(work, turn);
  work.state = State::kGrant;
  held.waiting.push_back(work.key);
  if (held.round == 0 && MayAsk(held, turn)) {
    held.asked_again = 0;
    AskGrants({work.vnode}, turn);
  }
}

// No grant that lasts longer than this is renewed yet.
uint64_t Primary::RenewalTime(const Turn& turn) const {
  return shared_.clock().Peek(turn.now_ms) + TimeOfMs(shared_.settings().grant_ms / 2);
}

// Once: whoever has it now may renew it as often as it likes.
void Primary::Lose(HeldGrant& held, const Turn& turn) {
  if (held.until == 0) return;
  held.until = 0;
  held.lost_ms = turn.now_ms;
}

// Who has lost a vnode leaves it to the other for a moment: taking it back at once would only go
// back and forth, and each time the dots would have to be later than all that was granted.
bool Primary::MayAsk(const HeldGrant& held, const Turn& turn) const {
  return held.lost_ms == 0 || turn.now_ms >= held.lost_ms + shared_.settings().grant_tenure_ms;
}

// Whoever is not the primary any more lets its grants run out: the one who is asks for them.
bool Primary::IsPrimary(uint32_t vnode, const Turn& turn) const {
  return turn.view->PrimaryOf(vnode) == kSelf || !shared_.settings().rules.first_alive_is_primary;
}

bool Primary::IsWaitedFor(const HeldGrant& held) const {
  return std::any_of(held.waiting.begin(), held.waiting.end(), [this](const std::string& key) {
    const auto found = works_.find(key);
    return found != works_.end() && found->second->state == State::kGrant;
  });
}

// How far ahead times are asked for: as long as the vnode has been ours without a break. Whoever
// takes over names times above those, so two nodes that take a vnode from each other again and
// again would push all clocks ahead of the time.
uint64_t Primary::GrantMs(const HeldGrant& held, uint64_t now) const {
  const uint64_t longest = shared_.settings().grant_ms;
  const uint64_t held_ms = held.until == 0 || now < held.since ? 0 : MsOfTime(now - held.since);
  return std::clamp(held_ms, std::min(shared_.settings().grant_first_ms, longest), longest);
}

// Asks for these vnodes' times in one message a replica. This node's own replica grants at once:
// its grant is logged before any write under it, so that what is durable is always a beginning of
// that order.
void Primary::AskGrants(const std::vector<uint32_t>& vnodes, const Turn& turn) {
  DotClock& clock = shared_.clock();
  const uint64_t round = NewRound();
  grants_due_ms_ = 0;
  std::map<Peer, Prepare> asks;
  for (uint32_t vnode : vnodes) {
    HeldGrant& held = held_[vnode];
    const Grant& own = stripe_.grants().Of(vnode);
    uint64_t from = clock.Peek(turn.now_ms);
    if (own.holder != shared_.actor()) from = std::max(from, own.until + 1);
    held.round = round;
    held.asked_ms = turn.now_ms;
    held.asked_until = from + TimeOfMs(GrantMs(held, from));
    held.answered.clear();
    held.granted_since.clear();
    if (!clock.Hear(from, turn.now_ms))
      continue;  // too far ahead: the question is given up when it is due again
    const Grants::Answer answer = stripe_.OnPrepare(vnode, shared_.actor(), from, held.asked_until);
    CHECK(answer.granted);
    if (answer.taken_over) shared_.NoteChange(vnode);
    held.granted_since.push_back(answer.since);
    for (Peer peer : turn.view->ReplicasOf(vnode)) {
      if (peer == kSelf) continue;
      if (turn.view->link_up(peer)) {
        asks[peer].items.push_back({vnode, from, held.asked_until});
      } else {
        held.answered.push_back(peer);  // nothing is to be waited for
      }
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
    grants_due_ms_ = 0;
    return EndAsking(vnode, true, turn);
  }
  const uint32_t open = turn.view->replicas() - 1 - static_cast<uint32_t>(held.answered.size());
  if (held.granted_since.size() + open >= majority) return;
  // Somebody else has it, and now we know from when on we may have it. Nothing is taken back that
  // nobody waits for; who waits does so until his time is over.
  held.until = 0;
  if (!IsWaitedFor(held)) return EndAsking(vnode, false, turn);
  if (held.refused++ == 0) AskGrants({vnode}, turn);
}

void Primary::EndAsking(uint32_t vnode, bool granted, const Turn& turn) {
  HeldGrant& held = held_[vnode];
  held.round = 0;
  held.refused = 0;
  held.asked_again = 0;
  std::vector<std::string> waiting;
  waiting.swap(held.waiting);
  for (const std::string& key : waiting) {
    const auto found = works_.find(key);
    if (found == works_.end() || found->second->state != State::kGrant) continue;
    Work& work = *found->second;
    if (granted) {
      NeedBase(work, turn);
    } else {
      Refuse(work, turn);
    }
  }
}

bool Primary::Yield(uint32_t vnode, const Turn& turn) {
  const auto found = held_.find(vnode);
  if (found != held_.end()) Lose(found->second, turn);
  return std::none_of(works_.begin(), works_.end(), [&](const auto& each) {
    const Work& work = *each.second;
    return work.vnode == vnode && work.state == State::kWrite && !work.decided;
  });
}

// Whoever is granted the vnode is told nothing of what is on its way here. So none of it may be
// here when it is granted: it would be shown after a crash, and with the copies of others make a
// majority of which the new primary, who had asked one, does not know.
void Primary::Withdraw(uint32_t vnode) {
  for (Work* work : SortedWorks()) {
    if (work->vnode != vnode || work->state != State::kWrite || work->decided) continue;
    work->withdrawn = true;
    if (work->group != nullptr) {
      WithdrawGroup(*work->group);
    } else {
      stripe_.Revert(*work->entry);
    }
  }
}

void Primary::OnGranted(uint32_t vnode, uint64_t actor, const Turn& turn) {
  if (actor == shared_.actor()) return;
  const auto found = held_.find(vnode);
  if (found != held_.end()) Lose(found->second, turn);
}

// Looks at all vnodes only when one of them may be due: there are many, and ticks are frequent.
void Primary::TickGrants(const Turn& turn) {
  if (turn.now_ms < grants_due_ms_) return;
  grants_due_ms_ = UINT64_MAX;
  const uint64_t now = shared_.clock().Peek(turn.now_ms);
  const uint64_t renewal = RenewalTime(turn);
  std::vector<uint32_t> renewals, failed;
  for (auto& [vnode, held] : held_) {
    if (held.round != 0) {
      const uint64_t again_ms = held.asked_ms + AskAgainMs(held.asked_again);
      grants_due_ms_ = std::min(grants_due_ms_, again_ms);
      if (turn.now_ms < again_ms) continue;
      const bool go_on = ++held.asked_again < kAskedAgainMax || IsWaitedFor(held);
      (go_on ? renewals : failed).push_back(vnode);
    } else if (IsWaitedFor(held)) {
      grants_due_ms_ = 0;
      if (MayAsk(held, turn)) renewals.push_back(vnode);
    } else if (held.until != 0 && held.until < now + TimeOfMs(GrantMs(held, now) / 2) &&
               turn.now_ms < held.used_ms + kInUseMs && IsPrimary(vnode, turn)) {
      renewals.push_back(vnode);
    } else if (held.until >= renewal) {
      grants_due_ms_ = std::min(grants_due_ms_, turn.now_ms + MsOfTime(held.until - renewal));
    } else if (held.until > now) {
      grants_due_ms_ = 0;
    }
  }
  for (uint32_t vnode : failed) EndAsking(vnode, false, turn);
  if (!renewals.empty()) AskGrants(renewals, turn);
}

}  // namespace kindred
