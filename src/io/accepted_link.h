#ifndef KINDRED_IO_ACCEPTED_LINK_H_
#define KINDRED_IO_ACCEPTED_LINK_H_

// The two lives of a link that a peer has dialed. First, on loop 0 which accepts, an IncomingLink:
// the handshake, up to but without the last word. Then its socket goes to the loop that the lane
// belongs to, which ends an older link of the same peer and lane and only then says that word: so
// the peer cannot have sent anything on the new link before the old one has ended. From then on it
// is an AcceptedLink: the peer's requests come in, our answers go out.
//
// Both are owned by their loop.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "io/inbox.h"
#include "io/link_frames.h"
#include "io/tcp_stream.h"
#include "message/handshake.h"

namespace kindred {

// For the handshake of a peer that has dialed.
inline constexpr uint64_t kIncomingDeadlineMs = 2000;
// Connections in their handshake; more are closed at once.
inline constexpr size_t kIncomingLinksMax = 256;

class IncomingLink : private TcpStream::Owner {
 public:
  IncomingLink(uv_loop_t* loop, ReadBuffer& buffer, const HandshakeSettings& settings,
               std::function<void(PeerEvent)> on_ready);

  // `tls` is null for a plain link. False if the peer is gone already.
  bool Open(int socket, std::unique_ptr<TlsSession> tls);

  // To be destroyed: it was handed on, or refused (then why() says so), or took too long.
  bool over(uint64_t steady_ms) const { return over_ || steady_ms >= deadline_ms_; }
  const std::string& why() const { return why_; }
  const std::string& name() const { return name_; }

 private:
  void OnBytes(std::string_view bytes) override;
  void OnEnd(int error) override;
  void OnSent() override {}

  TcpStream stream_;
  AccepterHandshake handshake_;
  std::function<void(PeerEvent)> on_ready_;
  std::string name_;
  std::string why_;
  uint64_t deadline_ms_;
  bool over_ = false;
};

class AcceptedLink : private TcpStream::Owner {
 public:
  class Host {
   public:
    virtual void OnRequest(AcceptedLink& link, Message&& message) = 0;
    // After the messages of one read, or when the link is broken.
    virtual void OnAcceptedInput(AcceptedLink& link) = 0;

   protected:
    ~Host() = default;
  };

  AcceptedLink(Host& host, uv_loop_t* loop, ReadBuffer& buffer, LinkId id, Peer peer,
               uint32_t lane);

  // Takes the socket over and says the handshake's last word. False if the peer is gone already.
  bool Open(PeerEvent event);

  LinkId id() const { return id_; }
  Peer peer() const { return peer_; }
  uint32_t lane() const { return lane_; }
  const std::string& why() const { return why_; }
  // It has ended because what came was no message.
  bool foreign() const { return foreign_; }

  void Send(const Message& message) { frames_.Add(message); }
  // The end of a turn. False: it is over, and why() says so.
  bool Flush();

 private:
  void OnBytes(std::string_view bytes) override;
  void OnEnd(int error) override;
  void OnSent() override {}

  Host& host_;
  const LinkId id_;
  const Peer peer_;
  const uint32_t lane_;
  TcpStream stream_;
  LinkFrames frames_;
  std::string why_;
  bool over_ = false;
  bool foreign_ = false;
};

}  // namespace kindred

#endif  // KINDRED_IO_ACCEPTED_LINK_H_
