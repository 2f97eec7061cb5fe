// How a primary's operations end: when a reply may go out, what it says if no quorum was reached,
// and what is done when their time is over.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/primary_group.h"
#include "node/primary_work.h"
#include "node/shared.h"
#include "resp/errors.h"

namespace kindred {

std::string_view Primary::WhyNot(const Turn& turn) const {
  if (turn.view->frozen()) return "TRYAGAIN a node is joining the cluster; nothing was done";
  if (shared_.disk_failed()) return "MISCONF the disk refuses writes; nothing was done";
  return {};
}

void Primary::AnswerReady(Work& work, const Turn& turn) {
  for (Operation& operation : work.batch) {
    if (operation.answered || work.writes.total() < NeedOf(operation, turn)) continue;
    const uint64_t after = work.writes.acks() >= NeedOf(operation, turn) ? 0 : work.entry->sequence;
    if (MayComeSooner(work.writes, after, turn)) continue;
    Answer(operation, Outcome::kDone, std::move(operation.reply), after, turn);
  }
}

// Whether another replica's ack may come sooner than our own log is synced.
bool Primary::MayComeSooner(const WriteTally& writes, uint64_t sequence, const Turn& turn) const {
  return sequence > stripe_.store().durable() && shared_.log_is_slow(turn.now_ms) &&
         !writes.AllAnswered();
}

void Primary::AnswerAll(Work& work, Outcome outcome, const Turn& turn) {
  CHECK(outcome != Outcome::kDone);
  for (Operation& operation : work.batch) {
    if (operation.answered) continue;
    const bool wrote = work.state == State::kWrite || work.state == State::kUnguarded;
    AnswerNoQuorum(operation, outcome, wrote ? work.writes.total() : 0, turn);
  }
}

void Primary::Refuse(Work& work, const Turn& turn) {
  if (work.group != nullptr) return RefuseGroup(*work.group, turn);
  AnswerAll(work, Outcome::kRefused, turn);
  EndBatch(work);
}

std::string Primary::NoQuorum(const Operation& operation, Outcome outcome, uint32_t got,
                              const Turn& turn) const {
  const int need = static_cast<int>(NeedOf(operation, turn));
  if (operation.confirm) return NoQuorumRead(static_cast<int>(got), need);
  return outcome == Outcome::kRefused ? NoQuorumRefused(static_cast<int>(got), need)
                                      : NoQuorumUnknown(static_cast<int>(got), need);
}

void Primary::Answer(Operation& operation, Outcome outcome, std::string bytes, uint64_t after,
                     const Turn& turn) {
  operation.answered = true;
  turn.out->handovers.push_back(
      {operation.loop, operation.request, outcome, after, std::move(bytes), operation.lookups});
}

void Primary::Refuse(Operation& operation, std::string_view error, const Turn& turn) {
  if (MayComeBack(operation.undone)) return AnswerNoQuorum(operation, Outcome::kUnknown, 0, turn);
  std::string reply;
  ReplyWriter(&reply, operation.protocol).Error(error);
  Answer(operation, Outcome::kRefused, std::move(reply), 0, turn);
}

void Primary::AnswerNoQuorum(Operation& operation, Outcome outcome, uint32_t got,
                             const Turn& turn) {
  if (outcome == Outcome::kRefused && MayComeBack(operation.undone)) outcome = Outcome::kUnknown;
  std::string reply;
  ReplyWriter(&reply, operation.protocol).Error(NoQuorum(operation, outcome, got, turn));
  Answer(operation, outcome, std::move(reply), 0, turn);
}

// What nobody has taken is undone in the own log, too; but that may lose the end of it in a crash,
// and keep what was to be undone. It would be adopted like any other that is not decided.
bool Primary::MayComeBack(uint64_t undone) const { return undone > stripe_.store().durable(); }

void Primary::CheckDeadlines(Work& work, const Turn& turn) {
  if (work.state == State::kIdle) return;
  if (work.group != nullptr) return RefuseLate(work, turn);
  if (work.decided || work.state == State::kUnguarded) AnswerReady(work, turn);
  const bool writing =
      (work.state == State::kWrite && !work.confirming) || work.state == State::kUnguarded;
  bool open = false;
  for (Operation& operation : work.batch) {
    if (operation.answered) continue;
    if (operation.deadline_ms > turn.now_ms) {
      open = true;
      continue;
    }
    AnswerNoQuorum(operation, writing ? Outcome::kUnknown : Outcome::kRefused,
                   writing ? work.writes.total() : 0, turn);
  }
  if (!open) {
    if (work.state == State::kWrite && !work.decided) AbandonWrite(work);
    return EndBatch(work);
  }
  const bool asking = work.state == State::kBase || work.state == State::kCheck;
  if (!asking || turn.now_ms < work.round_ms + AskAgainMs(work.asked_again)) return;
  EndRound(work);
  ++work.asked_again;
  if (!HasGrant(work.vnode, turn)) return NeedGrant(work, turn);  // without it nobody's word counts
  work.state == State::kBase ? NeedBase(work, turn) : Check(work, turn);
}

// Those that wait behind a group. A conclusion comes before them, whenever it comes, and has a
// deadline of its own.
void Primary::RefuseLate(Work& work, const Turn& turn) {
  std::erase_if(work.waiting, [&](Operation& operation) {
    const bool late = operation.group == 0 && operation.deadline_ms <= turn.now_ms;
    if (late) AnswerNoQuorum(operation, Outcome::kRefused, 0, turn);
    return late;
  });
}

}  // namespace kindred
