// How a session queues commands, and runs what takes several steps: WATCH, which reads the keys,
// and EXEC. While it does, nothing else of the connection runs.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "resp/errors.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_errors.h"
#include "server/transaction.h"

namespace kindred {

Session::Ran Session::Queue(const CommandRow& called, const CommandRow& row,
                            const SessionCommand* command, Args args) {
  Transaction& transaction = *transaction_;
  client_.command.store(&called, std::memory_order_relaxed);
  if (!transaction.failed) {  // Otherwise it will never run.
    size_t bytes = 0;
    for (std::string_view arg : args) bytes += arg.size();
    if (transaction.queue.size() >= kQueuedCommandsMax ||
        transaction.queued_bytes + bytes > kQueuedBytesMax) {
      return Reject(called, args, kTransactionTooLarge);
    }
    transaction.queued_bytes += bytes;
    Transaction::Queued& queued = transaction.queue.emplace_back();
    queued.called = &called;
    queued.row = &row;
    queued.command = command;
    queued.args = OwnedArgs(args);
    NoteTransaction();
  }
  ReplyWriter(chain_.Open(), protocol_).Simple("QUEUED");
  chain_.Written();
  return Ran::kYes;
}

// On the cluster face what is to be one must have keys of one slot: a queued command, and a WATCH.
bool Session::IsCrossSlot(const CommandRow& row, Args args) const {
  return client_.face == Face::kCluster && !InOneSlot(row, args);
}

void Session::OpenTransaction() {
  transaction_->open = true;
  NoteTransaction();
}

void Session::EndTransaction() {
  transaction_->Clear();
  client_.queued.store(-1, std::memory_order_relaxed);
  client_.queued_bytes.store(0, std::memory_order_relaxed);
}

// REQUIRES: one is open
void Session::NoteTransaction() {
  const auto queued = static_cast<int32_t>(transaction_->queue.size());
  client_.queued.store(queued, std::memory_order_relaxed);
  client_.queued_bytes.store(transaction_->queued_bytes, std::memory_order_relaxed);
}

// WATCH or EXEC.
Session::Ran Session::BeginSteps(const CommandRow& row, Args args, uint64_t now_ms) {
  Transaction& transaction = *transaction_;
  if (row.name == "watch") {
    if (IsCrossSlot(row, args)) return Reject(row, args, kCrossSlot);
    if (!Watch(row, args)) return Ran::kYes;
    BeginCommand(row, args);
  } else {
    if (!transaction.open) return Fail(row, args, kExecWithoutMulti);
    for (const Transaction::Queued& queued : transaction.queue) {
      if (IsPaused(*queued.called, now_ms)) return Ran::kWaits;
    }
    const bool of_one_slot = transaction.IsOfOneSlot();
    const bool strict = face() == Face::kCluster || server_.strict_transactions();
    const bool is_cross_slot = strict && !of_one_slot;
    if (transaction.failed || is_cross_slot) {
      const std::string_view error = is_cross_slot ? kCrossSlot : kExecAbort;
      EndTransaction();
      return Fail(row, args, error);
    }
    BeginUntold(row, args);
    transaction.is_exec = true;
    transaction.word = args[0];
    if (of_one_slot) {
      CheckGroups(now_ms);
      transaction.PlanGroups(db_, face() == Face::kPlain);
    } else {
      transaction.PlanCommands();
    }
  }
  transaction.running = true;
  transaction.open = false;
  transaction.done = 0;
  RunSteps(now_ms);
  return Ran::kYes;
}

// False: it was refused.
bool Session::Watch(const CommandRow& row, Args args) {
  Transaction& transaction = *transaction_;
  if (transaction.open) {
    // An error, but none that ends the transaction.
    Fail(row, args, kWatchInsideMulti);
    return false;
  }
  const size_t from = transaction.watches.size();
  if (from + args.size() > kWatchedKeysMax) {
    Refuse(kTransactionTooLarge);
    return false;
  }
  for (std::string_view key : args.subspan(1)) {
    const bool known = std::any_of(
        transaction.watches.begin(), transaction.watches.end(),
        [&](const Transaction::Watched& each) { return each.key == key && each.db == db_; });
    if (!known) transaction.watches.push_back({std::string(key), db_, {}, false});
  }
  transaction.is_exec = false;
  transaction.PlanWatch(from);
  return true;
}

void Session::RunSteps(uint64_t now_ms) {
  Transaction& transaction = *transaction_;
  while (transaction.done < transaction.steps.size() && transaction.outcome.empty()) {
    const Transaction::Step& step = transaction.steps[transaction.done];
    const bool is_one = step.what == Transaction::Step::What::kSession ||
                        step.what == Transaction::Step::What::kCommand;
    if (is_one) LogDenials(now_ms);  // The watches have been looked at, and held.
    if (is_one && IsDeniedAtExec(user_, step.index, now_ms)) {
      ++transaction.done;
      continue;
    }
    // A SELECT that was denied has not changed it.
    if (is_one) transaction.queue[step.index].db = db_;
    transaction.begun_ns = server_.host().SteadyNs();
    if (step.what == Transaction::Step::What::kSession) {
      RunSessionStep(step.index, now_ms);
      continue;
    }
    std::string reply;
    const Submitted submitted = SubmitStep(&reply, now_ms);
    if (submitted.done) {
      CountLookups(submitted.lookups);
      TakeStep(reply, submitted.after, now_ms);
      continue;
    }
    transaction.request = submitted.id;
    new_requests_.push_back(submitted.id);
    if (transaction.first_request != 0) return;
    transaction.first_request = submitted.id;
    timer_.Pending(submitted.id);
    chain_.Open();
    chain_.Pending(submitted.id);
    return;
  }
  if (transaction.outcome.empty()) LogDenials(now_ms);
  EndSteps();
}

void Session::RunSessionStep(size_t index, uint64_t now_ms) {
  Transaction& transaction = *transaction_;
  Transaction::Queued& queued = transaction.queue[index];
  ReplyWriter reply(&queued.reply, protocol_);
  reply_after_ = 0;
  if (IsDisabled(*queued.command)) {
    reply.Error(kClusterDisabled);
  } else {
    queued.command->run(*this, queued.args.args(), reply, now_ms);
  }
  queued.db = db_;       // that it has chosen, if it is a SELECT
  sleeps_until_ms_ = 0;  // DEBUG SLEEP does not hold up a transaction
  transaction.after = std::max(transaction.after, reply_after_);
  CountStep(reply_after_);
  ++transaction.done;
}

Submitted Session::SubmitStep(std::string* reply, uint64_t now_ms) {
  Transaction& transaction = *transaction_;
  const Transaction::Step& step = transaction.steps[transaction.done];
  const uint64_t deadline_ms = now_ms + server_.request_timeout_ms();
  if (step.what == Transaction::Step::What::kCommand) {
    const Transaction::Queued& queued = transaction.queue[step.index];
    Request request;
    request.row = queued.row;
    request.args = queued.args.args();
    request.db = db_;
    request.protocol = protocol_;
    request.consistency = &consistency_;
    request.cluster_face = face() == Face::kCluster;
    request.deadline_ms = deadline_ms;
    return node_.Submit(request, reply, now_ms);
  }
  GroupRequest request = transaction.GroupOfStep();
  request.protocol = protocol_;
  request.consistency = &consistency_;
  request.deadline_ms = deadline_ms;
  return node_.SubmitGroup(request, reply, now_ms);
}

void Session::TakeStep(std::string_view reply, uint64_t after, uint64_t now_ms) {
  Transaction& transaction = *transaction_;
  const Transaction::Step& step = transaction.steps[transaction.done];
  transaction.request = 0;
  transaction.after = std::max(transaction.after, after);
  if (step.what == Transaction::Step::What::kCommand) {
    transaction.queue[step.index].reply = reply;
  } else {
    transaction.TakeGroupReply(reply, now_ms);
  }
  CountStep(after);
  ++transaction.done;
}

// The step at `done` has been answered, which may be told when `after` is durable: each command of
// the queue that ran in it counts like one that came by itself. Those of a group begin and end
// together, so each of them took as long as all.
void Session::CountStep(uint64_t after) {
  Transaction& transaction = *transaction_;
  const Transaction::Step& step = transaction.steps[transaction.done];
  const CommandTimer::Span span{transaction.begun_ns, server_.host().SteadyNs()};
  const auto count = [&](const Transaction::Queued& queued) {
    statistics_.Add(Counter::kCommands);
    CountReply(queued.reply);
    timer_.Ran(*queued.called, queued.args.args(), span, queued.reply, after);
  };
  switch (step.what) {
    case Transaction::Step::What::kRecords:
    case Transaction::Step::What::kWatches:
      return;
    case Transaction::Step::What::kGroup:
      if (!transaction.outcome.empty()) return;  // None of them ran.
      for (const Transaction::Queued* queued : transaction.CommandsOf(step)) count(*queued);
      return;
    case Transaction::Step::What::kCommand:
    case Transaction::Step::What::kSession:
      return count(transaction.queue[step.index]);
  }
}

void Session::EndSteps() {
  Transaction& transaction = *transaction_;
  const std::string reply = transaction.Reply(protocol_);
  const uint64_t first = transaction.first_request, after = transaction.after;
  if (transaction.is_exec) TellExec();
  // Of a WATCH that failed nothing is known, so nothing is watched.
  if (transaction.is_exec || !transaction.outcome.empty()) {
    EndTransaction();
  } else {
    std::vector<Transaction::Watched> watches = std::move(transaction.watches);
    transaction.Clear();
    transaction.watches = std::move(watches);
  }
  if (first == 0) {
    chain_.Open()->append(reply);
    return Answered(reply, after);
  }
  timer_.OnReply(first, reply, after);
  if (chain_.OnReply(first, after, reply)) CountReply(reply);
}

// EXEC has ended: MONITOR is told of the commands that ran, in the order of the queue, and then of
// EXEC. Those that were denied are errors, and no more.
void Session::TellExec() {
  const Transaction& transaction = *transaction_;
  if (transaction.outcome.empty()) {
    for (const Transaction::Queued& queued : transaction.queue) {
      if (queued.denied) {
        CountReply(queued.reply);
      } else {
        Tell(*queued.called, queued.args.args(), queued.db);
      }
    }
  }
  const std::string_view args[] = {transaction.word};
  Tell(*server_.commands().Find("exec"), args, db_);
}

}  // namespace kindred
