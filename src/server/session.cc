#include "server/session.h"

#include <algorithm>
#include <utility>

#include "resp/errors.h"
#include "resp/look_ahead.h"
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

// Memory that a session keeps for input to come.
constexpr size_t kInputBytesKept = size_t{64} << 10;
// An argument gets its room when so much of it has come: one part of so many.
constexpr size_t kArgumentParts = 16;

}  // namespace

Session::Session(Server& server, Node& node, Face face, Peername names, uint64_t now_ms)
    : server_(server),
      node_(node),
      statistics_(server.statistics().OfLoop(node.loop())),
      connection_(names.connection),
      user_(server.acl()),
      timer_(server, node.loop(), client_),
      parser_(LimitsOf(server)),
      consistency_(server.DefaultConsistency()),
      transaction_(std::make_unique<Transaction>()) {
  client_.face = face;
  client_.address = std::move(names.client);
  client_.local_address = std::move(names.local);
  client_.fd = names.fd;
  client_.tls = names.tls;
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
    if (!closing_) {
      MakeRoom();
      input_.append(bytes);
    }
    RunInput(now_ms);
    return;
  }
  // The usual case: whole commands, which are run where they lie.
  size_t used = Run(bytes, now_ms);
  if (!closing_ && used < bytes.size()) input_.assign(bytes.substr(used));
  NoteInput();
}

// Moving hundreds of megabytes to a place of twice the size, as appending does, would keep the
// other clients waiting. What a client only announces takes no more than addresses.
void Session::MakeRoom() {
  const size_t wanted = parser_.BytesWanted();
  if (wanted / kArgumentParts <= waiting_bytes()) input_.reserve(input_.size() + wanted);
}

void Session::OnReply(const Outbox::Reply& reply, uint64_t now_ms) {
  CountLookups(reply.lookups);
  if (transaction_->request != 0 && transaction_->request == reply.request) {
    TakeStep(reply.bytes, reply.after, now_ms);
    RunSteps(now_ms);
    return RunInput(now_ms);
  }
  flight_.Remove(reply.request);
  timer_.OnReply(reply.request, reply.bytes, reply.after);
  window_.OnReply(reply.bytes.size());
  if (!chain_.OnReply(reply.request, reply.after, reply.bytes)) return;
  CountReply(reply.bytes);
  if (waits_for_ == reply.request) waits_for_ = 0;
  RunInput(now_ms);
}

void Session::OnRecall(const Outbox::Recall& recall) {
  if (!chain_.Recall(recall.request)) return;  // nobody waits for it
  statistics_.Add(Counter::kHits, 0 - recall.lookups.hits);
  statistics_.Add(Counter::kMisses, 0 - recall.lookups.misses);
  timer_.Recall(recall.request);
  flight_.Recall(recall.request);
  new_requests_.push_back(recall.request);
}

void Session::OnWord(uint64_t word, uint64_t now_ms) {
  if (WaitsForWord() == 0 || WaitsForWord() > word) return;
  timer_.OnWord(word);
  chain_.OnWord(word);
  flight_.OnWord(word);
  if (waits_for_ == 0 || flight_.Has(waits_for_)) return;
  waits_for_ = 0;
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
  EndTransaction();
  user_.Reset();
  server_.clients().ChangeWords(client_, [](ClientWords& words) {
    words.user = kDefaultUser;
    words.name.clear();
    words.no_evict = false;
    words.no_touch = false;
  });
}

bool Session::CanRun() const {
  return commands_left_ > 0 && !closing_ && waits_for_ == 0 && sleeps_until_ms_ == 0 &&
         !transaction_->running && chain_.pending() < window_.replies() &&
         chain_.bytes() < kOutputWaitingBytesMax;
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

// Of commands that came together, the records are waited for together.
void Session::LookAhead(std::string_view input) {
  keys_ahead_.clear();
  looked_ahead_ = std::max<size_t>(1, FirstArguments(input, Node::kKeysAheadMax, &keys_ahead_));
  if (keys_ahead_.size() > 1) node_.LookAhead(keys_ahead_, db_);
}

// Returns how many bytes of whole commands have been run.
size_t Session::Run(std::string_view input, uint64_t now_ms) {
  size_t used = 0;
  stalled_ = false;
  looked_ahead_ = 0;
  timer_.BeginTurn();
  while (used < input.size()) {
    if (!CanRun()) {
      stalled_ = true;
      break;
    }
    if (looked_ahead_ == 0) LookAhead(input.substr(used));
    --looked_ahead_;
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
    --commands_left_;
    if (!args.empty() && replies_ != Replies::kOn) NextReply();
  }
  NoteOutput();
  return used;
}

}  // namespace kindred
