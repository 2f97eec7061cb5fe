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

bool IncomingLink::Open(int socket) {
  if (stream_.Open(socket) != 0) return false;
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
  const int socket = stream_.TakeSocket();
  if (socket < 0) return;
  on_ready_({socket, handshake_.peer(), std::move(out), handshake_.TakeRest()});
}

void IncomingLink::OnEnd(int) { over_ = true; }

AcceptedLink::AcceptedLink(Host& host, uv_loop_t* loop, ReadBuffer& buffer, LinkId id, Peer peer,
                           uint32_t lane)
    : host_(host), id_(id), peer_(peer), lane_(lane), stream_(loop, buffer, *this) {}

bool AcceptedLink::Open(PeerEvent event) {
  if (stream_.Open(event.socket) != 0) return false;
  stream_.Send(&event.greeting);
  stream_.StartReading();
  if (!event.rest.empty()) OnBytes(event.rest);
  return true;
}

void AcceptedLink::OnBytes(std::string_view bytes) {
  if (over_) return;
  const bool sane = frames_.OnBytes(
      bytes, [this](Message message) { host_.OnRequest(*this, std::move(message)); });
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
  host_.OnAcceptedInput(*this);
}

bool AcceptedLink::Flush() {
  if (over_) return false;
  if (frames_.Flush(stream_)) return true;
  why_ = stream_.broken() ? "sending failed" : "the peer does not take what it is sent";
  return false;
}

}  // namespace kindred
