#ifndef KINDRED_IO_DIALED_LINK_H_
#define KINDRED_IO_DIALED_LINK_H_

// The link of one loop to one peer, which this side dials, and dials again whenever it breaks. Our
// requests go out on it and their answers come back on it.
//
// An attempt that hangs is given up; a link that has been silent for long, though every heartbeat
// is answered, is closed as well, because what TCP still holds for a peer that was cut off would
// be sent much later. Between attempts it waits longer and longer, by chance a bit more or less, so
// that peers do not dial in step.
//
// Owned by its loop.

#include <uv.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "io/link_frames.h"
#include "io/tcp_stream.h"
#include "message/handshake.h"

namespace kindred {

inline constexpr uint64_t kDialPauseMsMin = 50;
inline constexpr uint64_t kDialPauseMsMax = 2000;
// For name, connection and handshake together.
inline constexpr uint64_t kDialDeadlineMs = 2000;
inline constexpr uint64_t kLinkSilenceMsMax = 5000;

class DialedLink : private TcpStream::Owner {
 public:
  class Host {
   public:
    virtual uv_loop_t* uv() = 0;
    virtual ReadBuffer& read_buffer() = 0;
    virtual const HandshakeSettings& handshake() = 0;
    virtual std::unique_ptr<TlsSession> NewTls() = 0;  // null: links are plain
    virtual void OnLinkUp(DialedLink& link) = 0;
    // It broke, or an attempt has failed; `refused`: because one side does not want the other. The
    // link goes on by itself.
    virtual void OnLinkDown(DialedLink& link, const std::string& why, bool refused) = 0;
    virtual void OnMessage(DialedLink& link, Message&& message) = 0;
    // After the messages of one read.
    virtual void OnInput() = 0;

   protected:
    ~Host() = default;
  };
  struct Target {
    std::string node_id;  // empty: whoever is there
    std::string host;
    uint16_t port = 0;
    uint32_t lane = 0;
    uint32_t lanes = 1;
  };

  DialedLink(Host& host, Target target, uint64_t seed);
  ~DialedLink();

  const Target& target() const { return target_; }
  bool up() const { return up_; }
  // Who is there. REQUIRES: up()
  const std::string& peer_id() const { return peer_id_; }

  // `steady_ms` is a clock that cannot be set: uv_now.
  void OnTick(uint64_t steady_ms);
  // There is a reason to believe that the peer is there: the next attempt comes with the next tick.
  void DialSoon();

  // A message for the end of the turn; dropped while the link is not up, because whoever asks will
  // notice, and a queue for a peer that is away would only be late.
  void Send(const Message& message);
  void Flush();

 private:
  struct Lookup;

  void OnConnected(int error) override;
  void OnBytes(std::string_view bytes) override;
  void OnEnd(int error) override;
  void OnSent() override {}

  void Dial();
  void ConnectTo(const sockaddr* address);
  void OnHandshakeBytes(std::string_view bytes);
  void OnFrameBytes(std::string_view bytes);
  void Fail(std::string why, bool refused = false);
  uint64_t Now() { return uv_now(host_.uv()); }

  Host& host_;
  const Target target_;
  Random random_;

  // Of the attempt or the link that there is; none of them while it pauses.
  std::unique_ptr<TcpStream> stream_;
  std::optional<DialerHandshake> handshake_;
  std::unique_ptr<LinkFrames> frames_;
  Lookup* lookup_ = nullptr;  // owned by libuv, until it calls back
  bool dialing_ = false;
  bool up_ = false;
  std::string peer_id_;
  uint64_t deadline_ms_ = 0;  // of the attempt
  uint64_t heard_ms_ = 0;

  uint64_t dial_at_ms_ = 0;
  uint64_t pause_ms_ = kDialPauseMsMin;
};

}  // namespace kindred

#endif  // KINDRED_IO_DIALED_LINK_H_
