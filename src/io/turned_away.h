#ifndef KINDRED_IO_TURNED_AWAY_H_
#define KINDRED_IO_TURNED_AWAY_H_

// A client that came to a port of TLS and is not wanted. It can be told why only after the
// handshake, so its connection lives a moment longer than one on a plain port, and without a
// session: what it says is not heard.
//
// Owned by its loop.

#include <cstdint>
#include <memory>
#include <string>

#include "io/tcp_stream.h"

namespace kindred {

inline constexpr uint64_t kTurnedAwayMsMax = 2000;
// At a time; more are closed without a word.
inline constexpr size_t kTurnedAwayMax = 64;

class TurnedAway : private TcpStream::Owner {
 public:
  TurnedAway(uv_loop_t* loop, ReadBuffer& buffer)
      : stream_(loop, buffer, *this), deadline_ms_(uv_now(loop) + kTurnedAwayMsMax) {}

  // Takes the socket over; `error` is a whole reply. False if the client is gone already.
  bool Open(int socket, std::unique_ptr<TlsSession> tls, std::string error) {
    if (stream_.Open(socket, std::move(tls)) != 0) return false;
    stream_.Send(&error);
    stream_.StartReading();
    return true;
  }

  // To be destroyed: it was told, is gone, or took too long.
  bool over(uint64_t steady_ms) const { return over_ || steady_ms >= deadline_ms_; }

 private:
  void OnBytes(std::string_view) override {}
  void OnEnd(int) override { over_ = true; }
  void OnSent() override {
    if (stream_.unsent_bytes() == 0) over_ = true;
  }

  TcpStream stream_;
  const uint64_t deadline_ms_;
  bool over_ = false;
};

}  // namespace kindred

#endif  // KINDRED_IO_TURNED_AWAY_H_
