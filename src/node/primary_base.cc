// How a primary comes by a record that it may compute from, and makes sure that what it has
// computed from is still so: rounds that ask for a key's record (rule 2 of guarded writes).
#include <algorithm>
#include <utility>

#include "node/conclusion.h"
#include "node/primary.h"
#include "node/primary_work.h"
#include "node/shared.h"
#include "store/keys.h"

namespace kindred {

// The first touch of a key under an unbroken grant reads a quorum; from then on our own record is
// known to be fresh.
void Primary::NeedBase(Work& work, const Turn& turn) {
  if (work.group != nullptr) return NeedBases(*work.group, turn);
  if (ParksFor(work, work.entry->record, turn)) return;
  const Rules& rules = shared_.settings().rules;
  const bool alone = turn.view->replicas() == 1;
  const uint64_t since = rules.grants ? held_[work.vnode].since : 1;
  const bool fresh = work.entry->fresh_since != 0 && work.entry->fresh_since == since;
  if (alone || fresh || !rules.quorum_base) return Compute(work, work.entry->record, alone, turn);
  BeginRound(work, State::kBase, turn);
  AskOthers(work, turn);
}

// What a majority and this node know. `same`: a majority has told just that; our own record, which
// was one of them, may have changed since it was asked.
Record Primary::BaseOf(const Work& work, bool* same) {
  const uint64_t flushed = stripe_.flushed(DbOf(work.key));
  const Record told = DropUpTo(work.reads.merged(), flushed);
  Record base = DropUpTo(Merge(told, work.entry->record), flushed);
  *same = work.reads.Agree() && told == work.entry->record;
  return base;
}

void Primary::OnBase(Work& work, const Turn& turn) {
  EndRound(work);
  bool same = false;
  const Record base = BaseOf(work, &same);
  if (ParksFor(work, base, turn)) return;
  if (same && shared_.settings().rules.grants && HasGrant(work.vnode, turn)) {
    work.entry->fresh_since = held_[work.vnode].since;
  }
  if (!same) work.has_to_write = true;
  Compute(work, base, same, turn);
}

// A majority's records are enough; but where a read has found that replicas differ, all who can be
// reached are asked first, because the one that differs may be the one that the majority leaves
// out.
void Primary::AskOthers(Work& work, const Turn& turn) {
  const bool confirms = std::any_of(work.batch.begin(), work.batch.end(),
                                    [](const Operation& o) { return o.confirm; });
  const uint32_t majority = turn.view->Majority();
  work.reads = ReadTally(confirms && work.asked_again == 0
                             ? std::max(majority, ReachableReplicas(work.vnode, turn))
                             : majority);
  work.reads.Add(kSelf, work.entry->record);
  work.undecided.clear();
  const uint64_t digest = work.entry->record.Digest();
  for (Peer peer : turn.view->ReplicasOf(work.vnode)) {
    if (peer != kSelf && turn.view->link_up(peer))
      SendTo(peer, Ask{work.round, work.key, digest, false, shared_.actor()}, turn);
  }
}

// Nothing changed, but what the commands saw has to be what a quorum has.
void Primary::Check(Work& work, const Turn& turn) {
  BeginRound(work, State::kCheck, turn);
  AskOthers(work, turn);
}

void Primary::OnChecked(Work& work, const Turn& turn) {
  EndRound(work);
  bool same = false;
  const Record base = BaseOf(work, &same);
  if (ParksFor(work, base, turn)) return;
  if (!same) work.has_to_write = true;
  Compute(work, base, same, turn);
}

void Primary::OnTell(Peer from, Tell tell, const Turn& turn) {
  Work* work = WorkOf(tell.id, State::kBase);
  if (work == nullptr) work = WorkOf(tell.id, State::kCheck);
  if (work == nullptr || work->group != nullptr) return;
  CountTell(*work, from, std::move(tell), turn);
  if (!work->reads.Enough()) return;
  if (work->state == State::kBase) {
    OnBase(*work, turn);
  } else {
    OnChecked(*work, turn);
  }
  Drain(turn);
}

// Only who has granted the vnode to this node counts: another may still be the one that makes a
// majority for a write of somebody else, who named it before this node's grant. As it is, of any
// write that is decided, or can be, one who counts has told. What the others have is heeded all the
// same, or they would never be rid of what is not decided.
void Primary::CountTell(Work& work, Peer from, Tell tell, const Turn& turn) {
  AddGroups(tell.undecided, &work.undecided);
  const bool heard = tell.same || shared_.clock().HearRecord(tell.record, turn.now_ms);
  if (tell.not_granted) {
    if (heard && !tell.same) work.reads.Heed(tell.record);
    return work.reads.DoWithout(turn.view->Majority());
  }
  if (tell.same) {
    work.reads.AddSame(from);
  } else if (heard) {
    work.reads.Add(from, std::move(tell.record));
  }
}

}  // namespace kindred
