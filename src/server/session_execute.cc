// How a session runs one command: here, at the node, or not at all.
#include <utility>

#include "base/check.h"
#include "command/handler_tools.h"
#include "command/with.h"
#include "resp/errors.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_errors.h"
#include "server/transaction.h"

namespace kindred {
namespace {

// A large command has more time: its bytes go over links and to several disks.
constexpr size_t kBytesPerMillisecond = 4096;

// What HTTP says at once that is no command. A web page can have its visitor's browser send
// requests to ports of his machine, with commands in their bodies.
bool IsOfHttp(std::string_view word) { return SameWord(word, "post") || SameWord(word, "host:"); }

// Whether a key is to be in another database than that of the cluster face (COPY ... DB). What else
// is wrong is said first.
bool LeavesDatabaseZero(const CommandRow& row, Args args) {
  if (row.db_of_key == nullptr || !InOneSlot(row, args)) return false;
  std::string unused;
  ReplyWriter writer(&unused, 2);
  if (row.check != nullptr && !row.check(args, writer)) return false;
  const KeyRange keys = KeysOf(row, args);
  for (size_t i = 0; i < keys.count; ++i) {
    if (row.db_of_key(args, i, 0) != 0) return true;
  }
  return false;
}

}  // namespace

Session::Ran Session::Execute(Args args, const Consistency& consistency, bool within_with,
                              uint64_t now_ms) {
  const CommandTable& commands = server_.commands();
  const CommandRow* row = commands.FindFor(args);
  if (row == nullptr) {
    if (IsOfHttp(args[0])) return HangUp();
    const CommandRow* container = commands.Find(args[0]);
    return Refuse(container == nullptr ? UnknownCommand(args)
                                       : UnknownSubcommand(args[1], container->name));
  }
  if (row->kind == RowKind::kSession) {
    if (within_with) return Refuse(kWithNeedsKeys);
    return ExecuteHere(*row, args, now_ms);
  }
  if (!row->ArityFits(args.size())) return Reject(*row, args, WrongArity(row->name));
  if (IsDenied(*row, args, now_ms)) return Ran::kYes;
  if (client_.face == Face::kCluster && LeavesDatabaseZero(*row, args)) {
    return Reject(*row, args, kCopyDbInCluster);
  }
  // What is guarded as one cannot keep both sides of a conflict.
  const bool has_context = within_with && consistency.context.has_value();
  if (has_context && row->kind == RowKind::kManyKeys) return Refuse(kContextOfOneKey);
  if (transaction_->open) {
    if (within_with) return Refuse(kWithInsideMulti);
    if (IsCrossSlot(*row, args)) return Reject(*row, args, kCrossSlot);
    return Queue(*row, *row, nullptr, args);
  }
  return Submit(*row, *row, args, consistency, now_ms);
}

Session::Ran Session::ExecuteHere(const CommandRow& row, Args args, uint64_t now_ms) {
  const SessionCommand* command = server_.SessionCommandOf(&row);
  CHECK(command != nullptr);
  if (command->has_subcommands && args.size() > 1) {
    const CommandRow* subcommand = server_.commands().FindSubcommand(row.name, args[1]);
    if (subcommand == nullptr) return Refuse(UnknownSubcommand(args[1], row.name));
    command = server_.SessionCommandOf(subcommand);
    CHECK(command != nullptr);
  }
  if (!command->row.ArityFits(args.size())) {
    return Reject(command->row, args, WrongArity(command->row.name));
  }
  if (IsDenied(command->row, args, now_ms)) return Ran::kYes;
  if (&command->row == server_.with_row()) return ExecuteWith(args, now_ms);
  if (transaction_->open && (command->row.flags & kFlagNoMulti) != 0) {
    return Reject(command->row, args, kNotInTransaction);
  }
  const CommandRow* at_node = RowAtNode(*command, args);
  if (transaction_->open && !command->not_queued) {
    return at_node != nullptr ? Queue(command->row, *at_node, nullptr, args)
                              : Queue(command->row, command->row, command, args);
  }
  if (IsDisabled(*command)) return Fail(command->row, args, kClusterDisabled);
  if (at_node != nullptr) return Submit(command->row, *at_node, args, consistency_, now_ms);
  if (IsPaused(command->row, now_ms)) return Ran::kWaits;
  if (command->after_all && HasToWait({.everything = true, .write = true, .keys = {}})) {
    return Ran::kWaits;
  }
  if (command->run == nullptr) return BeginSteps(command->row, args, now_ms);
  BeginUntold(command->row, args);
  reply_after_ = 0;
  std::string* out = chain_.Open();
  size_t before = out->size();
  ReplyWriter reply(out, protocol_);
  command->run(*this, args, reply, now_ms);
  Tell(command->row, args, db_);  // with the database that SELECT or RESET has chosen
  if (sleeps_until_ms_ != 0) {
    timer_.Pending(kSleepRequest);
    chain_.Pending(kSleepRequest);
    return Ran::kYes;
  }
  Answered(std::string_view(*out).substr(before), reply_after_);
  return Ran::kYes;
}

// By which row the node runs it; null: the session does.
const CommandRow* Session::RowAtNode(const SessionCommand& command, Args args) {
  if (command.at_node != nullptr) return command.at_node(*this, args);
  const bool is_keyspace = command.row.kind == RowKind::kKeyspace;
  return is_keyspace && !IsDisabled(command) ? &command.row : nullptr;
}

// It is about a cluster, and the plain face is none.
bool Session::IsDisabled(const SessionCommand& command) const {
  return command.cluster_only && client_.face == Face::kPlain;
}

Session::Ran Session::ExecuteWith(Args args, uint64_t now_ms) {
  Consistency consistency = consistency_;
  absl::StatusOr<size_t> inner = ParseWith(args, &consistency);
  if (!inner.ok()) return Refuse(std::string(inner.status().message()));
  return Execute(args.subspan(*inner), consistency, /*within_with=*/true, now_ms);
}

Session::Ran Session::Submit(const CommandRow& called, const CommandRow& row, Args args,
                             const Consistency& consistency, uint64_t now_ms) {
  if (IsPaused(called, now_ms)) return Ran::kWaits;
  // Alone in flight, as most are, a command needs to know its keys only if it does not finish.
  bool alone = flight_.empty();
  KeysInFlight::Touch touch;
  if (!alone) {
    touch = TouchOf(row, args);
    if (HasToWait(touch)) return Ran::kWaits;
  }
  BeginCommand(called, args);

  Request request;
  request.row = &row;
  request.args = args;
  request.db = db_;
  request.protocol = protocol_;
  request.consistency = &consistency;
  request.cluster_face = face() == Face::kCluster;
  if (TakesEarly(row, args)) request.connection = connection_;
  request.deadline_ms =
      now_ms + server_.request_timeout_ms() + parser_.consumed() / kBytesPerMillisecond;
  std::string* out = chain_.Open();
  size_t before = out->size();
  Submitted submitted = node_.Submit(request, out, now_ms);
  if (submitted.done) CountLookups(submitted.lookups);
  if (submitted.word != 0) {
    timer_.AnsweredEarly(submitted.id, submitted.word, submitted.after);
    chain_.WrittenEarly(submitted.after, submitted.id, submitted.word);
    flight_.AddEarly(submitted.id, submitted.word, alone ? TouchOf(row, args) : touch);
    return Ran::kYes;
  }
  if (submitted.done) {
    Answered(std::string_view(*out).substr(before), submitted.after);
    return Ran::kYes;
  }
  CHECK(submitted.id != 0);
  timer_.Pending(submitted.id);
  chain_.Pending(submitted.id);
  flight_.Add(submitted.id, alone ? TouchOf(row, args) : touch);
  new_requests_.push_back(submitted.id);
  return Ran::kYes;
}

bool Session::TakesEarly(const CommandRow& row, Args args) const {
  return chain_.early() < kEarlyRepliesMax && KeysOf(row, args).count <= kOrderedKeysMax;
}

KeysInFlight::Touch Session::TouchOf(const CommandRow& row, Args args) {
  KeyRange keys = KeysOf(row, args);
  // What runs on several keys as one could overtake, or be overtaken, where a record is loaded.
  if (row.kind == RowKind::kKeyspace || row.kind == RowKind::kManyKeys ||
      keys.count > kOrderedKeysMax) {
    return {.everything = true, .write = true, .keys = {}};
  }
  KeysInFlight::Touch touch;
  touch.write = row.kind == RowKind::kWrite;
  for (size_t i = 0; i < keys.count; ++i) {
    std::string_view key = args[keys.At(i)];
    Peer route = touch.write ? node_.RouteOf(key) : kSelf;
    touch.keys.push_back({KeysInFlight::HashOf(key, db_), route});
  }
  return touch;
}

bool Session::HasToWait(const KeysInFlight::Touch& touch) {
  waits_for_ = flight_.BlockerOf(touch);
  return waits_for_ != 0;
}

void Session::BeginCommand(const CommandRow& row, Args args) {
  Tell(row, args, db_);
  BeginUntold(row, args);
}

void Session::BeginUntold(const CommandRow& row, Args args) {
  client_.command.store(&row, std::memory_order_relaxed);
  statistics_.Add(Counter::kCommands);
  timer_.Begin(row, args);
}

void Session::Tell(const CommandRow& row, Args args, uint8_t db) {
  if (!server_.monitors().any()) return;
  server_.monitors().Feed(row, args, client_, db, server_.host().WallUs());
}

// CLIENT PAUSE: the command stays in the input, and is tried again with each tick.
bool Session::IsPaused(const CommandRow& row, uint64_t now_ms) {
  const bool paused = server_.pause().Holds(row, now_ms);
  if (paused != is_paused()) client_.blocked.store(paused, std::memory_order_relaxed);
  return paused;
}

Session::Ran Session::Reject(const CommandRow& row, Args args, std::string_view error) {
  server_.command_statistics().OfLoop(node_.loop()).Of(row).AddRejected();
  if (row.name != "exec") return Refuse(error);
  // Of EXEC, MONITOR tells even so: it ends the transaction.
  Tell(row, args, db_);
  EndTransaction();
  return Refuse(ExecAborted(error));
}

// Without a word, as on Redis: the body must not be reached.
Session::Ran Session::HangUp() {
  heard_http_ = true;
  closing_ = true;
  return Ran::kYes;
}

Session::Ran Session::Fail(const CommandRow& row, Args args, std::string_view error) {
  BeginCommand(row, args);
  std::string* out = chain_.Open();
  const size_t before = out->size();
  ReplyWriter(out, protocol_).Error(error);
  Answered(std::string_view(*out).substr(before), 0);
  return Ran::kYes;
}

Session::Ran Session::Refuse(std::string_view error) {
  if (transaction_->open) transaction_->failed = true;
  statistics_.Add(Counter::kErrors);
  server_.errors().Add(error);
  ReplyWriter(chain_.Open(), protocol_).Error(error);
  chain_.Written();
  return Ran::kYes;
}

void Session::Answered(std::string_view reply, uint64_t after) {
  CountReply(reply);
  timer_.Answered(reply, after);
  chain_.Written(after);
}

void Session::CountReply(std::string_view reply) {
  if (!reply.starts_with("-")) return;
  statistics_.Add(Counter::kErrors);
  server_.errors().Add(reply.substr(1));
}

void Session::CountLookups(const Lookups& lookups) {
  statistics_.Add(Counter::kHits, lookups.hits);
  statistics_.Add(Counter::kMisses, lookups.misses);
}

}  // namespace kindred
