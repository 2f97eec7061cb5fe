#include "io/connection.h"

#include <utility>

#include "io/log.h"
#include "io/loop.h"
#include "server/server.h"

namespace kindred {
namespace {

// Memory that a connection keeps for its next replies.
constexpr size_t kOutputBytesKept = size_t{64} << 10;

}  // namespace

Connection::Connection(Loop& loop, uint64_t id, Face face)
    : loop_(loop), id_(id), face_(face), stream_(loop.uv(), loop.read_buffer(), *this) {}

Connection::~Connection() {
  loop_.server().clients().Leave();
  if (session_ && session_->heard_http()) loop_.TellHttp(session_->client().address);
}

bool Connection::Open(int socket, std::unique_ptr<TlsSession> tls) {
  const bool encrypted = tls != nullptr;
  if (stream_.Open(socket, std::move(tls)) != 0) return false;
  stream_.SetKeepalive(static_cast<unsigned>(loop_.server().tcp_keepalive_s()));
  opened_ms_ = heard_ms_ = loop_.now_ms();
  Session::Peername names{stream_.PeerName(),
                          stream_.LocalName(),
                          socket,
                          encrypted,
                          [&loop = loop_, id = id_] { loop.Wake(id); },
                          id_};
  session_.emplace(loop_.server(), loop_.node(), face_, std::move(names), heard_ms_);
  stream_.StartReading();
  return true;
}

void Connection::OnBytes(std::string_view bytes) {
  heard_ms_ = loop_.now_ms();
  session_->OnBytes(bytes, heard_ms_);
  if (session_->ReadingPaused()) stream_.StopReading();
  TakeNewRequests();
  loop_.Touch(*this);
  loop_.OnInput();
}

void Connection::OnReply(const Outbox::Reply& reply) {
  session_->OnReply(reply, loop_.now_ms());
  TakeNewRequests();
  loop_.Touch(*this);
}

void Connection::OnRecall(const Outbox::Recall& recall) {
  session_->OnRecall(recall);
  TakeNewRequests();
  loop_.Touch(*this);
}

void Connection::OnTick() {
  session_->OnTick(loop_.now_ms());
  TakeNewRequests();
  loop_.Touch(*this);
}

void Connection::OnTurn() {
  session_->BeginTurn();
  session_->OnBytes({}, loop_.now_ms());
  TakeNewRequests();
  loop_.Touch(*this);
}

void Connection::GiveUpOnDisk(uint64_t durable) {
  if (session_->WaitsFor() <= durable) return;
  session_->GiveUpOnDisk(durable);
  loop_.Touch(*this);
}

void Connection::TakeNewRequests() {
  for (uint64_t request : session_->TakeNewRequests()) {
    ++requests;
    loop_.Expect(request, *this);
  }
}

void Connection::OnEnd(int error) {
  if (const std::string why = stream_.tls_error(); !why.empty()) {
    loop_.TellTlsTrouble(session_->client().address, why);
  }
  if (error == UV_EOF) {
    ended_ = true;
  } else {
    broken_ = true;
  }
  loop_.Touch(*this);
}

void Connection::OnSent() { loop_.Touch(*this); }

bool Connection::IsOver() const {
  if (broken_ || stream_.broken() || session_->Killed()) return true;
  if (stream_.unsent_bytes() > 0 || session_->WaitsFor() > 0) return false;
  if (session_->CloseAfterOutput()) return true;
  if (loop_.draining()) return session_->Idle();
  return ended_ && session_->Done();
}

bool Connection::Flush(uint64_t durable, uint64_t heard) {
  const uint64_t word = WaitsForWord();
  if (word != 0 && word <= heard) {
    session_->OnWord(heard, loop_.now_ms());
    TakeNewRequests();
    loop_.OnInput();
  }
  while (!broken_ && stream_.unsent_bytes() <= kClientUnsentBytesPause) {
    // Before the write, as on Redis: the hard limit is one for those who read quickly too.
    if (TakesTooLittle(loop_.now_ms())) return false;
    session_->TakeOutput(durable, &output_);
    stream_.Send(&output_);
    if (!session_->WantsToRun() || loop_.draining()) break;
    session_->OnBytes({}, loop_.now_ms());
    TakeNewRequests();
    loop_.OnInput();
  }
  if (session_->WaitsForTurn() && !loop_.draining()) loop_.RunNextTurn(*this);
  session_->BeginTurn();
  if (output_.capacity() > kOutputBytesKept) output_ = std::string();
  session_->client().unsent_bytes.store(stream_.unsent_bytes(), std::memory_order_relaxed);
  if (IsOver() || TakesTooLittle(loop_.now_ms())) return false;
  const bool pause = ended_ || loop_.draining() || session_->ReadingPaused() ||
                     stream_.unsent_bytes() > kClientUnsentBytesPause;
  if (pause) {
    stream_.StopReading();
  } else {
    stream_.StartReading();
  }
  return true;
}

bool Connection::TakesTooLittle(uint64_t now_ms) {
  const uint64_t unsent = stream_.unsent_bytes();
  const uint64_t waiting = unsent + session_->output_bytes();
  const bool over = output_watch_.IsOver(loop_.server().output_limit(), waiting, now_ms);
  if (!over && unsent <= kClientUnsentBytesMax) return false;
  Log(LogLevel::kWarning, "client {} does not take its replies, {} bytes wait: closed",
      session_->client().address, waiting);
  return true;
}

bool Connection::IsOverdue(uint64_t now_ms) {
  if (TakesTooLittle(now_ms)) return true;
  if (stream_.handshaking() && now_ms > opened_ms_ + kClientHandshakeMsMax) {
    loop_.TellTlsTrouble(session_->client().address, "it did not finish the handshake in time");
    return true;
  }
  const uint64_t timeout_ms = loop_.server().idle_timeout_s() * 1000;
  if (timeout_ms == 0 || session_->client().monitor) return false;
  return session_->Done() && now_ms > heard_ms_ + timeout_ms;
}

}  // namespace kindred
