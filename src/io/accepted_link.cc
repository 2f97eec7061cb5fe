#include "io/accepted_link.h"

#include <utility>

#include "server/secrets.h"

namespace kindred {

IncomingLink::IncomingLink(uv_loop_t* loop, ReadBuffer& buffer, const HandshakeSettings& settings,
                           std::function<void(PeerEvent)> on_ready)
    : stream_(loop, buffer, *this),
      handshake_(settings, SecretRandomBytes(kNonceBytes)),
      on_ready_(std::move(on_ready)),
      deadline_ms_(uv_now(loop) + kIncomingDeadlineMs) {}

bool IncomingLink::Open(int socket, std::unique_ptr<TlsSession> tls) {
  if (stream_.Open(socket, std::move(tls)) != 0) return false;
  name_ = stream_.PeerName();
  stream_.StartReading();
  return true;
}

void IncomingLink::OnBytes(std::string_view bytes) {
  if (over_) return;
  std::string out;
  switch (handshake_.OnBytes(bytes, &out)) {
    case HandshakeState::kOpening:
      stream_.Send(&out);
      return;
    case HandshakeState::kRefused:
      stream_.Send(&out);
      over_ = true;
      why_ = handshake_.refusal();
      return;
    case HandshakeState::kReady:
      break;
  }
  over_ = true;
  // The few bytes of the welcome have left long ago: the peer has answered them.
  if (stream_.unsent_bytes() > 0) return;
  std::unique_ptr<TlsSession> tls;
  const int socket = stream_.TakeSocket(&tls);
  if (socket < 0) return;
  on_ready_({socket, handshake_.peer(), std::move(out), handshake_.TakeRest(), std::move(tls)});
}

void IncomingLink::OnEnd(int) {
  if (over_) return;
  over_ = true;
  if (const std::string error = stream_.tls_error(); !error.empty()) why_ = "TLS: " + error;
}

AcceptedLink::AcceptedLink(Host& host, uv_loop_t* loop, ReadBuffer& buffer, LinkId id, Peer peer,
                           uint32_t lane)
    : host_(host), id_(id), peer_(peer), lane_(lane), stream_(loop, buffer, *this) {}

bool AcceptedLink::Open(PeerEvent event) {
  if (stream_.Open(event.socket, std::move(event.tls)) != 0) return false;
  stream_.Send(&event.greeting);
  stream_.StartReading();
  if (!event.rest.empty()) OnBytes(event.rest);
  return true;
}

void AcceptedLink::OnBytes(std::string_view bytes) {
  if (over_) return;
  const bool sane = frames_.OnBytes(
      bytes, [this](Message&& message) { host_.OnRequest(*this, std::move(message)); });
  if (!sane) {
    over_ = true;
    foreign_ = true;
    why_ = "what came was no message";
  }
  host_.OnAcceptedInput(*this);
}

void AcceptedLink::OnEnd(int error) {
  over_ = true;
  why_ = error == UV_EOF ? "the peer has closed it" : uv_strerror(error);
  if (const std::string trouble = stream_.tls_error(); !trouble.empty()) why_ = "TLS: " + trouble;
  host_.OnAcceptedInput(*this);
}

bool AcceptedLink::Flush() {
  if (over_) return false;
  if (frames_.Flush(stream_)) return true;
  why_ = stream_.broken() ? "sending failed" : "the peer does not take what it is sent";
  return false;
}

}  // namespace kindred
