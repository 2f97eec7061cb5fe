#include "node/primary.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/primary_group.h"
#include "node/primary_work.h"
#include "node/shared.h"

namespace kindred {
Primary::Primary(Stripe& stripe, Shared& shared, uint32_t index)
    : stripe_(stripe), shared_(shared), index_(index) {
  CHECK(index < kRoundBit);
}

Primary::~Primary() = default;

Primary::Work& Primary::WorkFor(CachedRecord& entry, uint32_t vnode) {
  std::unique_ptr<Work>& slot = works_[std::string(entry.key())];
  if (slot == nullptr) {
    slot = std::make_unique<Work>();
    slot->key = entry.key();
    slot->entry = &entry;
    slot->vnode = vnode;
    ++entry.pins;
    runnable_.push_back(slot.get());
  }
  return *slot;
}

void Primary::Run(CachedRecord& entry, uint32_t vnode, Operation operation, const Turn& turn) {
  Work& work = WorkFor(entry, vnode);
  if (work.waiting.size() >= shared_.settings().waiting_ops_max) {
    Refuse(operation, "TRYAGAIN too many commands wait for this key; nothing was done", turn);
  } else {
    work.waiting.push_back(std::move(operation));
  }
  Drain(turn);
}

bool Primary::TryAlone(CachedRecord& entry, const CommandRow& row, Args args, const Call& call,
                       const Turn& turn, ReplyWriter& reply, uint64_t* after) {
  if (turn.view->replicas() != 1 || turn.view->frozen() || shared_.disk_failed() ||
      entry.pins > 0) {
    return false;
  }
  const Version* newest = NewestLive(entry.record, call.now_ms);
  const ValueView view = newest == nullptr
                             ? ValueView()
                             : ValueView{newest->kind, newest->expires_ms, newest->payload};
  Next next = row.write(newest == nullptr ? nullptr : &view, args, call, reply);
  const bool deletes_nothing = next.what == Next::What::kDelete && newest == nullptr;
  if (next.what != Next::What::kUnchanged && !deletes_nothing) {
    shared_.clock().HearRecord(entry.record, turn.now_ms);
    Version version;
    version.dot = {shared_.actor(), shared_.clock().Name(turn.now_ms)};
    if (next.what == Next::What::kPut) {
      version.kind = next.value.kind;
      version.expires_ms = next.value.expires_ms;
      version.payload = std::move(next.value.payload);
    }
    stripe_.Write(entry, Put(entry.record, entry.record.context, std::move(version)));
  }
  *after = entry.sequence;
  return true;
}

void Primary::Drain(const Turn& turn) {
  while (!runnable_.empty()) {
    Work* work = runnable_.back();
    runnable_.pop_back();
    if (work->waiting.empty()) {
      --work->entry->pins;
      works_.erase(std::string(work->key));
      continue;
    }
    Start(*work, turn);
  }
}

void Primary::Start(Work& work, const Turn& turn) {
  CHECK(work.state == State::kIdle && work.batch.empty());
  TakeBatch(work, turn);
  if (work.batch.empty()) return EndBatch(work);
  if (work.batch.front().group != 0) return Reserve(work, turn);
  if (IsUnguarded(work.batch.front(), turn)) return StartUnguarded(work, turn);
  if (!turn.view->IsReplica(work.vnode) ||
      ReachableReplicas(work.vnode, turn) < turn.view->Majority()) {
    return Refuse(work, turn);
  }
  NeedGrant(work, turn);
}

// A batch is one operation that runs by itself, or as many guarded ones as wait one behind the
// other.
void Primary::TakeBatch(Work& work, const Turn& turn) {
  while (!work.waiting.empty() && work.batch.size() < shared_.settings().batch_ops_max) {
    Operation& next = work.waiting.front();
    const bool of_group = next.group != 0;
    const bool late = !of_group && next.deadline_ms <= turn.now_ms;
    const std::string_view why = of_group ? std::string_view() : WhyNot(turn);
    if (late || !why.empty()) {
      late ? AnswerNoQuorum(next, Outcome::kRefused, 0, turn) : Refuse(next, why, turn);
      work.waiting.pop_front();
      continue;
    }
    const bool alone =
        of_group || IsUnguarded(next, turn) || next.row->kind == RowKind::kRecordRead;
    if (alone && !work.batch.empty()) return;
    work.batch.push_back(std::move(next));
    work.waiting.pop_front();
    if (alone) return;
  }
}

void Primary::Compute(Work& work, const Record& base, bool validated, const Turn& turn) {
  if (work.confirming) {
    if (validated || !work.has_to_write) return WriteUnguarded(work, true, turn);
    return WriteAsItIs(work, base, turn);
  }
  LeaveToAnother(work, base, turn);
  if (AllAnswered(work.batch)) return EndBatch(work);
  Version version;
  const bool changed = RunBatch(work, base, &version, turn);
  if (changed) return WriteGuarded(work, base, std::move(version), {}, turn);
  const bool leaves_trace = LeavesTrace(work);
  if (validated && !leaves_trace) {
    for (Operation& operation : work.batch) {
      if (!operation.answered) {
        Answer(operation, Outcome::kDone, std::move(operation.reply), work.entry->sequence, turn);
      }
    }
    return EndBatch(work);
  }
  if (!work.has_to_write && !leaves_trace) return Check(work, turn);
  WriteAsItIs(work, base, turn);
}

// Whether no other node can have run the command, or will. Whoever runs it has heard `sent` and
// names a later dot; and of two guarded writes of one key the later one was computed from a record
// that has the earlier one's dot.
bool Primary::MayRun(const Once& once, const Record& base, uint8_t db) const {
  if (once.sent == 0 || !shared_.settings().rules.run_once) return true;
  // A flush takes away what would show that another has run it.
  return stripe_.flushed(db) <= once.sent &&
         std::all_of(base.context.begin(), base.context.end(), [&](const Dot& dot) {
           return dot.actor == shared_.actor() || dot.time <= once.sent;
         });
}

void Primary::LeaveToAnother(Work& work, const Record& base, const Turn& turn) {
  for (Operation& operation : work.batch) {
    const bool may = MayRun(operation.once, base, operation.db);
    if (!operation.answered && !may) Answer(operation, Outcome::kNotHere, {}, 0, turn);
  }
}

// A command that two nodes have is written also if it changes nothing, so that the other one finds
// out that it has been run.
bool Primary::LeavesTrace(const Work& work) {
  return std::any_of(work.batch.begin(), work.batch.end(), [](const Operation& operation) {
    return operation.once.second && !operation.answered;
  });
}

// The newest version again, under a new name; the siblings that clients made stay. A guarded
// version that is not the newest goes: it is a write that nobody has acknowledged, and that a later
// one has overtaken.
void Primary::WriteAsItIs(Work& work, const Record& base, const Turn& turn) {
  Version version;
  std::vector<Version> kept = AsItIs(base, &version);
  WriteGuarded(work, base, std::move(version), std::move(kept), turn);
}

// Returns the siblings that stay.
std::vector<Version> Primary::AsItIs(const Record& base, Version* version) {
  std::vector<Version> kept(base.versions.begin(), base.versions.end());
  if (!kept.empty()) {
    *version = std::move(kept.front());
    kept.erase(kept.begin());
  }
  std::erase_if(kept, [](const Version& sibling) { return sibling.guarded; });
  return kept;
}

// Runs the batch's commands one after the other, starting from the base. True if the value has
// changed; `version` is then what it is now.
bool Primary::RunBatch(Work& work, const Record& base, Version* version, const Turn& turn) {
  Call call;
  call.now_ms = turn.now_ms;
  call.value_bytes_max = shared_.settings().value_bytes_max;
  call.topology = &turn.view->topology();
  const Version* newest = NewestLive(base, turn.now_ms);
  bool exists = newest != nullptr, changed = false;
  ValueView view =
      exists ? ValueView{newest->kind, newest->expires_ms, newest->payload} : ValueView();
  Value value;  // what the view looks at once something has changed
  for (Operation& operation : work.batch) {
    if (operation.answered) continue;
    operation.reply.clear();
    operation.lookups = {};
    call.db = operation.db;
    call.lookups = &operation.lookups;
    ReplyWriter reply(&operation.reply, operation.protocol);
    const Args args = operation.args->args();
    if (operation.row->kind == RowKind::kRecordRead) {
      operation.row->read_record(base, args, call, reply);
      continue;
    }
    if (operation.row->kind == RowKind::kRead) {
      operation.row->read(exists ? &view : nullptr, args, call, reply);
      continue;
    }
    Next next = operation.row->write(exists ? &view : nullptr, args, call, reply);
    // A deletion of nothing changes nothing, unless it buries siblings that a client's context
    // names.
    const bool buries = operation.context.has_value() && !base.versions.empty();
    if (next.what == Next::What::kDelete && !exists && !buries) continue;
    if (next.what == Next::What::kUnchanged) continue;
    changed = true;
    exists = next.what == Next::What::kPut;
    value = std::move(next.value);
    view = value.view();
  }
  if (!changed) return false;
  version->kind = exists ? value.kind : Kind::kTombstone;
  version->expires_ms = exists ? value.expires_ms : kNever;
  version->payload = exists ? std::move(value.payload) : std::string();
  return true;
}

void Primary::EndBatch(Work& work) {
  EndRound(work);
  work.batch.clear();
  work.state = State::kIdle;
  work.group = nullptr;
  work.tries = 0;
  work.has_to_write = false;
  work.undecided.clear();
  work.asked_again = 0;
  work.decided = false;
  work.confirming = false;
  runnable_.push_back(&work);
}

void Primary::OnTick(const Turn& turn) {
  TickGrants(turn);
  for (Work* work : SortedWorks()) CheckDeadlines(*work, turn);
  for (auto each = groups_.begin(); each != groups_.end();) {
    GroupWork& group = *(each++)->second;  // it may end
    CheckGroupDeadline(group, turn);
  }
  Drain(turn);
}

// The order of what is done with many can be seen from outside.
std::vector<Primary::Work*> Primary::SortedWorks() {
  std::vector<Work*> works;
  for (auto& [key, work] : works_) works.push_back(work.get());
  std::sort(works.begin(), works.end(),
            [](const Work* a, const Work* b) { return a->key < b->key; });
  return works;
}

void Primary::OnLinkUp() {
  grants_due_ms_ = 0;
  for (auto& [vnode, held] : held_) {
    held.asked_ms = 0;
    held.asked_again = 0;
  }
  for (auto& [key, work] : works_) work->round_ms = 0;
}

Primary::Work* Primary::WorkOf(uint64_t round, State state) {
  const auto found = rounds_.find(round);
  return found == rounds_.end() || found->second->state != state ? nullptr : found->second;
}

uint64_t Primary::NewRound() { return (++last_round_ << 13) | kRoundBit | index_; }

void Primary::BeginRound(Work& work, State state, const Turn& turn) {
  EndRound(work);
  work.state = state;
  work.round = NewRound();
  work.round_ms = turn.now_ms;
  rounds_[work.round] = &work;
}

void Primary::EndRound(Work& work) {
  if (work.round != 0) rounds_.erase(work.round);
  work.round = 0;
}

void Primary::SendTo(Peer peer, Message&& message, const Turn& turn) {
  turn.out->sends.emplace_back(peer, shared_.LaneOf(index_), std::move(message));
}

uint32_t Primary::NeedOf(const Operation& operation, const Turn& turn) const {
  const uint32_t need = std::min(operation.need, turn.view->replicas());
  if (operation.context.has_value()) return need;
  const bool blind =
      operation.row->blind != nullptr && operation.row->blind(operation.args->args());
  return blind && !operation.confirm ? need : std::max(need, turn.view->Majority());
}

// A client's context asks to keep both sides; fewer than a majority is its choice of speed.
bool Primary::IsUnguarded(const Operation& operation, const Turn& turn) const {
  return operation.context.has_value() || NeedOf(operation, turn) < turn.view->Majority();
}

uint32_t Primary::ReachableReplicas(uint32_t vnode, const Turn& turn) const {
  const auto replicas = turn.view->ReplicasOf(vnode);
  return static_cast<uint32_t>(std::count_if(replicas.begin(), replicas.end(),
                                             [&](Peer peer) { return turn.view->link_up(peer); }));
}

}  // namespace kindred
