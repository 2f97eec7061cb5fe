#include "server/session.h"

#include <utility>

#include "base/check.h"
#include "command/with.h"
#include "resp/errors.h"
#include "server/server.h"
#include "server/session_errors.h"
#include "server/transaction.h"

namespace kindred {
namespace {

ParserLimits LimitsOf(const Server& server) {
  ParserLimits limits;
  limits.max_bulk_bytes = server.value_bytes_max();
  limits.max_query_bytes = server.query_buffer_bytes_max();
  return limits;
}

// Stands for a request that time answers: the end of a sleep. Requests have smaller numbers.
constexpr uint64_t kSleepRequest = UINT64_MAX;

// Memory that a session keeps for input to come.
constexpr size_t kInputBytesKept = size_t{64} << 10;

// A large command has more time: its bytes go over links and to several disks.
constexpr size_t kBytesPerMillisecond = 4096;

bool IsNil(std::string_view reply) { return reply.starts_with("$-1") || reply.starts_with("_"); }

}  // namespace

Session::Session(Server& server, Node& node, Face face, Peername names, uint64_t now_ms)
    : server_(server),
      node_(node),
      statistics_(server.statistics().OfLoop(node.loop())),
      user_(server.acl()),
      timer_(server, node.loop(), client_),
      parser_(LimitsOf(server)),
      consistency_(server.DefaultConsistency()),
      transaction_(std::make_unique<Transaction>()) {
  client_.face = face;
  client_.address = std::move(names.client);
  client_.local_address = std::move(names.local);
  client_.fd = names.fd;
  client_.wake = std::move(names.wake);
  client_.connected_ms = now_ms;
  client_.active_ms = now_ms;
  server_.clients().Add(&client_);
  statistics_.Add(Counter::kConnections);
}

Session::~Session() {
  if (client_.monitor) server_.monitors().Remove(&client_);
  for (uint64_t request : flight_.requests()) node_.Abandon(request);
  if (transaction_->request != 0) node_.Abandon(transaction_->request);
  server_.clients().Remove(&client_);
}

void Session::OnBytes(std::string_view bytes, uint64_t now_ms) {
  if (!bytes.empty()) {
    statistics_.Add(Counter::kInputBytes, bytes.size());
    statistics_.Add(Counter::kReads);
    client_.active_ms.store(now_ms, std::memory_order_relaxed);
  }
  if (!input_.empty()) {
    if (!closing_) input_.append(bytes);
    RunInput(now_ms);
    return;
  }
  // The usual case: whole commands, which are run where they lie.
  size_t used = Run(bytes, now_ms);
  if (!closing_ && used < bytes.size()) input_.assign(bytes.substr(used));
  NoteInput();
}

void Session::OnReply(const Outbox::Reply& reply, uint64_t now_ms) {
  if (transaction_->request != 0 && transaction_->request == reply.request) {
    TakeStep(reply.bytes, reply.after, now_ms);
    RunSteps(now_ms);
    return RunInput(now_ms);
  }
  bool one_key_read = flight_.Remove(reply.request);
  timer_.OnReply(reply.request, reply.bytes, reply.after);
  window_.OnReply(reply.bytes.size());
  if (!chain_.OnReply(reply.request, reply.after, reply.bytes)) return;
  CountReply(one_key_read, reply.bytes);
  if (waits_for_ == reply.request) waits_for_ = 0;
  RunInput(now_ms);
}

std::vector<uint64_t> Session::TakeNewRequests() { return std::exchange(new_requests_, {}); }

void Session::TakeOutput(uint64_t durable, std::string* out) {
  size_t before = out->size();
  if (client_.monitor && !closing_) TakeMonitored();
  chain_.TakeOutput(durable, out);
  timer_.OnDurable(durable);
  if (out->size() > before) {
    statistics_.Add(Counter::kOutputBytes, out->size() - before);
    statistics_.Add(Counter::kWrites);
  }
  NoteOutput();
}

void Session::GiveUpOnDisk(uint64_t durable) {
  std::string error;
  ReplyWriter(&error, protocol_).Error(kDiskLate);
  chain_.GiveUp(durable, error);
}

bool Session::ReadingPaused() const {
  return closing_ || chain_.pending() >= window_.replies() ||
         chain_.bytes() >= kOutputWaitingBytesMax ||
         ((waits_for_ != 0 || stalled_ || WantsTicks()) &&
          waiting_bytes() >= kInputWaitingBytesMax);
}

bool Session::CloseAfterOutput() const { return closing_ && chain_.empty(); }

void Session::OnTick(uint64_t now_ms) {
  if (sleeps_until_ms_ == 0) return RunInput(now_ms);
  if (now_ms < sleeps_until_ms_) return;
  sleeps_until_ms_ = 0;
  OnReply({kSleepRequest, 0, "+OK\r\n"}, now_ms);
}

void Session::Monitor() {
  client_.monitor = true;
  server_.monitors().Add(&client_);
}

void Session::TakeMonitored() {
  server_.monitors().Take(client_, chain_.Open());
  chain_.Written();
}

// A command has run: whether the next one's reply is wanted.
void Session::NextReply() {
  if (replies_ == Replies::kSkip) {
    set_replies(Replies::kOn);
  } else if (replies_ == Replies::kSkipNext) {
    set_replies(Replies::kSkip);
  }
}

void Session::set_replies(Replies replies) {
  replies_ = replies;
  chain_.set_muted(replies != Replies::kOn);
}

void Session::set_protocol(int protocol) {
  protocol_ = protocol;
  client_.protocol.store(static_cast<uint8_t>(protocol), std::memory_order_relaxed);
}

void Session::set_db(uint8_t db) {
  db_ = db;
  client_.db.store(db, std::memory_order_relaxed);
}

void Session::ResetState() {
  set_protocol(2);
  set_db(0);
  set_replies(Replies::kOn);
  if (client_.monitor.exchange(false)) server_.monitors().Remove(&client_);
  consistency_ = server_.DefaultConsistency();
  transaction_->Clear();
  user_.Reset();
  server_.clients().ChangeWords(client_, [](ClientWords& words) {
    words.user = kDefaultUser;
    words.name.clear();
    words.no_evict = false;
    words.no_touch = false;
  });
}

bool Session::CanRun() const {
  return !closing_ && waits_for_ == 0 && sleeps_until_ms_ == 0 && !transaction_->running &&
         chain_.pending() < window_.replies() && chain_.bytes() < kOutputWaitingBytesMax;
}

void Session::RunInput(uint64_t now_ms) {
  if (input_begin_ == input_.size()) return;
  if (!CanRun()) {
    stalled_ = true;
    return;
  }
  input_begin_ += Run(std::string_view(input_).substr(input_begin_), now_ms);
  DropRunInput();
}

// What has been run stays until it is at least half of the input, so that each byte is moved about
// once, however few commands run at a time.
void Session::DropRunInput() {
  if (closing_) input_begin_ = input_.size();
  if (input_begin_ == input_.size()) {
    if (input_.capacity() > kInputBytesKept) input_ = std::string();
    input_.clear();
    input_begin_ = 0;
  } else if (input_begin_ > input_.size() / 2) {
    input_.erase(0, input_begin_);
    input_begin_ = 0;
  }
  NoteInput();
}

void Session::NoteInput() {
  client_.buffered_bytes.store(waiting_bytes(), std::memory_order_relaxed);
  client_.buffer_free_bytes.store(input_.capacity() - waiting_bytes(), std::memory_order_relaxed);
}

void Session::NoteOutput() {
  client_.output_bytes.store(chain_.bytes(), std::memory_order_relaxed);
  client_.replies_waiting.store(chain_.slots(), std::memory_order_relaxed);
}

// Returns how many bytes of whole commands have been run.
size_t Session::Run(std::string_view input, uint64_t now_ms) {
  size_t used = 0;
  stalled_ = false;
  timer_.BeginTurn();
  while (used < input.size()) {
    if (!CanRun()) {
      stalled_ = true;
      break;
    }
    parser_.set_stranger(user_.IsStranger());
    ParseStatus status = parser_.Parse(input.substr(used));
    if (status == ParseStatus::kNeedMore) break;
    if (status == ParseStatus::kError) {
      if (!parser_.error().empty()) Refuse(ProtocolError(parser_.error()));
      closing_ = true;
      break;
    }
    Args args = parser_.args();
    if (!args.empty() && Execute(args, consistency_, false, now_ms) == Ran::kWaits) break;
    used += parser_.consumed();
    if (!args.empty() && replies_ != Replies::kOn) NextReply();
  }
  NoteOutput();
  return used;
}

Session::Ran Session::Execute(Args args, const Consistency& consistency, bool within_with,
                              uint64_t now_ms) {
  const CommandTable& commands = server_.commands();
  const CommandRow* row = commands.FindFor(args);
  if (row == nullptr) {
    const CommandRow* container = commands.Find(args[0]);
    return Refuse(container == nullptr ? UnknownCommand(args)
                                       : UnknownSubcommand(args[1], container->name));
  }
  if (row->kind == RowKind::kSession) {
    if (within_with) return Refuse(kWithNeedsKeys);
    return ExecuteHere(*row, args, now_ms);
  }
  if (!row->ArityFits(args.size())) return Reject(*row, WrongArity(row->name));
  if (IsDenied(*row, args, now_ms)) return Ran::kYes;
  if (transaction_->open) {
    return within_with ? Refuse(kWithInsideMulti) : Queue(*row, nullptr, args);
  }
  return Submit(*row, args, consistency, now_ms);
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
    return Reject(command->row, WrongArity(command->row.name));
  }
  if (IsDenied(command->row, args, now_ms)) return Ran::kYes;
  if (&command->row == server_.with_row()) return ExecuteWith(args, now_ms);
  if (command->cluster_only && face() == Face::kPlain) {
    return Reject(command->row, kClusterDisabled);
  }
  if (transaction_->open && (command->row.flags & kFlagNoMulti) != 0) {
    return Reject(command->row, kNotInTransaction);
  }
  const bool by_the_node = command->row.kind == RowKind::kKeyspace;
  if (transaction_->open && !command->not_queued) {
    return Queue(command->row, by_the_node ? nullptr : command, args);
  }
  if (by_the_node) return Submit(command->row, args, consistency_, now_ms);
  if (IsPaused(command->row, now_ms)) return Ran::kWaits;
  if (command->after_all && HasToWait({.everything = true, .write = true, .keys = {}})) {
    return Ran::kWaits;
  }
  if (command->run == nullptr) return BeginSteps(command->row, args, now_ms);
  BeginCommand(command->row, args);
  reply_after_ = 0;
  std::string* out = chain_.Open();
  size_t before = out->size();
  ReplyWriter reply(out, protocol_);
  command->run(*this, args, reply, now_ms);
  if (sleeps_until_ms_ != 0) {
    timer_.Pending(kSleepRequest);
    chain_.Pending(kSleepRequest);
    return Ran::kYes;
  }
  Answered(std::string_view(*out).substr(before), false, reply_after_);
  return Ran::kYes;
}

Session::Ran Session::ExecuteWith(Args args, uint64_t now_ms) {
  Consistency consistency = consistency_;
  absl::StatusOr<size_t> inner = ParseWith(args, &consistency);
  if (!inner.ok()) return Refuse(std::string(inner.status().message()));
  return Execute(args.subspan(*inner), consistency, /*within_with=*/true, now_ms);
}

Session::Ran Session::Submit(const CommandRow& row, Args args, const Consistency& consistency,
                             uint64_t now_ms) {
  if (IsPaused(row, now_ms)) return Ran::kWaits;
  // Alone in flight, as most are, a command needs to know its keys only if it does not finish.
  bool alone = flight_.empty();
  KeysInFlight::Touch touch;
  if (!alone) {
    touch = TouchOf(row, args);
    if (HasToWait(touch)) return Ran::kWaits;
  }
  BeginCommand(row, args);

  Request request;
  request.row = &row;
  request.args = args;
  request.db = db_;
  request.protocol = protocol_;
  request.consistency = &consistency;
  request.cluster_face = face() == Face::kCluster;
  request.deadline_ms =
      now_ms + server_.request_timeout_ms() + parser_.consumed() / kBytesPerMillisecond;
  std::string* out = chain_.Open();
  size_t before = out->size();
  Submitted submitted = node_.Submit(request, out, now_ms);
  if (submitted.done) {
    bool one_key_read = row.kind == RowKind::kRead && row.join == Join::kOneKey;
    Answered(std::string_view(*out).substr(before), one_key_read, submitted.after);
    return Ran::kYes;
  }
  CHECK(submitted.id != 0);
  timer_.Pending(submitted.id);
  chain_.Pending(submitted.id);
  flight_.Add(submitted.id, alone ? TouchOf(row, args) : touch);
  new_requests_.push_back(submitted.id);
  return Ran::kYes;
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
  client_.command.store(&row, std::memory_order_relaxed);
  statistics_.Add(Counter::kCommands);
  if (server_.monitors().any()) {
    server_.monitors().Feed(row, args, client_, server_.host().WallUs());
  }
  timer_.Begin(row, args);
}

// CLIENT PAUSE: the command stays in the input, and is tried again with each tick.
bool Session::IsPaused(const CommandRow& row, uint64_t now_ms) {
  const bool paused = server_.pause().Holds(row, now_ms);
  if (paused != is_paused()) client_.blocked.store(paused, std::memory_order_relaxed);
  return paused;
}

Session::Ran Session::Reject(const CommandRow& row, std::string_view error) {
  if (transaction_->open && row.name == "exec") {
    transaction_->Clear();
    return Reject(row, ExecAborted(error));
  }
  server_.command_statistics().OfLoop(node_.loop()).Of(row).AddRejected();
  return Refuse(error);
}

Session::Ran Session::Refuse(std::string_view error) {
  if (transaction_->open) transaction_->failed = true;
  statistics_.Add(Counter::kErrors);
  server_.errors().Add(error);
  ReplyWriter(chain_.Open(), protocol_).Error(error);
  chain_.Written();
  return Ran::kYes;
}

void Session::Answered(std::string_view reply, bool one_key_read, uint64_t after) {
  CountReply(one_key_read, reply);
  timer_.Answered(reply, after);
  chain_.Written(after);
}

void Session::CountReply(bool one_key_read, std::string_view reply) {
  if (reply.starts_with("-")) {
    statistics_.Add(Counter::kErrors);
    server_.errors().Add(reply.substr(1));
  } else if (one_key_read) {
    statistics_.Add(IsNil(reply) ? Counter::kMisses : Counter::kHits);
  }
}

}  // namespace kindred
