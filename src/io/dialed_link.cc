#include "io/dialed_link.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "server/secrets.h"

namespace kindred {

// A name being looked up. libuv may finish it after the link is gone.
struct DialedLink::Lookup {
  uv_getaddrinfo_t request{};
  DialedLink* link = nullptr;

  static void OnDone(uv_getaddrinfo_t* request, int error, addrinfo* found) {
    std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(request->data));
    if (DialedLink* link = lookup->link; link != nullptr) {
      link->lookup_ = nullptr;
      if (error != 0) {
        link->Fail(fmt::format("the name is unknown: {}", uv_strerror(error)));
      } else {
        link->ConnectTo(found->ai_addr);
      }
    }
    uv_freeaddrinfo(found);
  }
};

DialedLink::DialedLink(Host& host, Target target, uint64_t seed)
    : host_(host), target_(std::move(target)), random_(seed) {}

DialedLink::~DialedLink() {
  if (lookup_ == nullptr) return;
  lookup_->link = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&lookup_->request));
}

void DialedLink::OnTick(uint64_t steady_ms) {
  if (up_) {
    if (steady_ms > heard_ms_ + kLinkSilenceMsMax) Fail("it has been silent for too long");
  } else if (dialing_) {
    if (steady_ms >= deadline_ms_) Fail("it did not answer in time");
  } else if (steady_ms >= dial_at_ms_) {
    Dial();
  }
}

void DialedLink::DialSoon() {
  if (up_ || dialing_) return;
  pause_ms_ = kDialPauseMsMin;
  dial_at_ms_ = 0;
}

void DialedLink::Dial() {
  dialing_ = true;
  deadline_ms_ = Now() + kDialDeadlineMs;
  sockaddr_storage address{};
  if (uv_ip4_addr(target_.host.c_str(), target_.port, reinterpret_cast<sockaddr_in*>(&address)) ==
          0 ||
      uv_ip6_addr(target_.host.c_str(), target_.port, reinterpret_cast<sockaddr_in6*>(&address)) ==
          0) {
    return ConnectTo(reinterpret_cast<const sockaddr*>(&address));
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  lookup_ = new Lookup;
  lookup_->link = this;
  lookup_->request.data = lookup_;
  const int error =
      uv_getaddrinfo(host_.uv(), &lookup_->request, Lookup::OnDone, target_.host.c_str(),
                     std::to_string(target_.port).c_str(), &hints);
  if (error == 0) return;
  delete std::exchange(lookup_, nullptr);
  Fail(uv_strerror(error));
}

void DialedLink::ConnectTo(const sockaddr* address) {
  if (host_.handshake().secret.empty() && !IsLoopback(address)) {
    return Fail(
        "without a cluster-secret-file nodes link to others on the same machine only, by a "
        "loopback "
        "address: give all nodes the same one",
        /*refused=*/true);
  }
  stream_ = std::make_unique<TcpStream>(host_.uv(), host_.read_buffer(),
                                        static_cast<TcpStream::Owner&>(*this));
  if (int error = stream_->Connect(address, host_.NewTls()); error != 0) Fail(uv_strerror(error));
}

void DialedLink::OnConnected(int error) {
  if (error != 0) return Fail(uv_strerror(error));
  handshake_.emplace(host_.handshake(),
                     DialerHandshake::Link{target_.lane, target_.lanes, target_.node_id},
                     SecretRandomBytes(kNonceBytes));
  std::string hello;
  handshake_->Start(&hello);
  stream_->Send(&hello);
  stream_->StartReading();
}

void DialedLink::OnBytes(std::string_view bytes) {
  heard_ms_ = Now();
  if (up_) {
    OnFrameBytes(bytes);
  } else {
    OnHandshakeBytes(bytes);
  }
}

void DialedLink::OnHandshakeBytes(std::string_view bytes) {
  std::string out;
  const HandshakeState state = handshake_->OnBytes(bytes, &out);
  stream_->Send(&out);
  if (state == HandshakeState::kOpening) return;
  if (state == HandshakeState::kRefused) return Fail(handshake_->refusal(), /*refused=*/true);
  peer_id_ = handshake_->peer_id();
  const std::string rest = handshake_->TakeRest();
  handshake_.reset();
  frames_ = std::make_unique<LinkFrames>();
  dialing_ = false;
  up_ = true;
  pause_ms_ = kDialPauseMsMin;
  host_.OnLinkUp(*this);
  OnFrameBytes(rest);
}

void DialedLink::OnFrameBytes(std::string_view bytes) {
  const bool sane = frames_->OnBytes(
      bytes, [this](Message&& message) { host_.OnMessage(*this, std::move(message)); });
  if (!sane) Fail("what came was no message");
  host_.OnInput();
}

void DialedLink::OnEnd(int error) {
  if (const std::string trouble = stream_->tls_error(); !trouble.empty()) {
    // The certificates are not to each other's liking, or one of the two speaks no TLS.
    return Fail("TLS: " + trouble, /*refused=*/error == UV_EPROTO);
  }
  if (error != UV_EOF) return Fail(uv_strerror(error));
  Fail(stream_->handshaking() ? "the peer has closed it in the handshake of TLS"
                              : "the peer has closed it");
}

void DialedLink::Send(const Message& message) {
  // A message that is too large for a link is dropped like one that is lost.
  if (up_) frames_->Add(message);
}

void DialedLink::Flush() {
  if (up_ && !frames_->Flush(*stream_)) {
    Fail(stream_->broken() ? "sending failed" : "the peer does not take what it is sent");
  }
}

void DialedLink::Fail(std::string why, bool refused) {
  stream_.reset();
  handshake_.reset();
  frames_.reset();
  dialing_ = false;
  up_ = false;
  const uint64_t half = pause_ms_ / 2;
  dial_at_ms_ = Now() + half + random_.Below(half + 1);
  pause_ms_ = std::min(pause_ms_ * 2, kDialPauseMsMax);
  host_.OnLinkDown(*this, why, refused);
}

}  // namespace kindred
