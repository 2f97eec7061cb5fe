#ifndef KINDRED_IO_TCP_STREAM_H_
#define KINDRED_IO_TCP_STREAM_H_

// One TCP connection on a loop: bytes in through a callback, bytes out in as few system calls as
// can be. Clients' connections and links to peers are both built on it. With a TlsSession it speaks
// TLS, and its owner need not know: bytes come in decrypted, and go out encrypted once the
// handshake is done. There is no time limit on that: owners have their own.
//
// Owned by its loop's thread. It may be destroyed at any time, in its own callbacks too: the
// socket is closed and no callback follows. What was not sent by then is lost.

#include <sys/socket.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/tls_session.h"

namespace kindred {

// Where the loop's streams read into, one after the other: what arrives is a view that is good
// for the length of the callback.
struct ReadBuffer {
  static constexpr size_t kBytes = size_t{64} << 10;
  ReadBuffer() : bytes(kBytes, '\0') {}
  std::string bytes;
  std::string decrypted;  // of TLS; empty until there is some
};

class TcpStream {
 public:
  class Owner {
   public:
    virtual void OnConnected(int error) { static_cast<void>(error); }  // 0: it is open
    virtual void OnBytes(std::string_view bytes) = 0;
    // Nothing more will arrive: UV_EOF where the other side has closed its half, else it is broken,
    // with UV_EPROTO by what tls_error() says.
    virtual void OnEnd(int error) = 0;
    virtual void OnSent() = 0;  // what had to wait has all been sent

   protected:
    ~Owner() = default;
  };

  // `buffer` and `owner` outlive it.
  TcpStream(uv_loop_t* loop, ReadBuffer& buffer, Owner& owner);
  ~TcpStream();
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // Exactly one of these comes first. An error of libuv, or 0. Open takes the socket over. Without
  // `tls` the connection is a plain one.
  int Open(int socket, std::unique_ptr<TlsSession> tls = nullptr);
  // OnConnected tells the end; with TLS that is after the handshake, or OnEnd tells why not.
  int Connect(const sockaddr* address, std::unique_ptr<TlsSession> tls = nullptr);

  // Seconds of silence before TCP asks whether the other side is still there; 0: never.
  void SetKeepalive(unsigned seconds);

  void StartReading();
  void StopReading();

  // Sends what is in `*bytes` and leaves it empty. At once if nothing waits, with one call; the
  // rest is sent as the other side takes it.
  void Send(std::string* bytes);
  size_t unsent_bytes() const;
  bool broken() const;  // sending has failed

  bool handshaking() const;       // of TLS
  std::string tls_error() const;  // why TLS has failed; empty if it has not

  // The socket under another number, for another loop, and its TLS. The stream can only be
  // destroyed then. Negative if there is none. REQUIRES: unsent_bytes() == 0
  int TakeSocket(std::unique_ptr<TlsSession>* tls);

  // "127.0.0.1:7001", "[::1]:7001".
  std::string PeerName() const;
  std::string LocalName() const;

 private:
  struct State;
  State* state_;  // lives on until libuv has closed it
};

// Of an address of any family that TCP knows.
std::string AddressName(const sockaddr_storage& address);
bool IsLoopback(const sockaddr* address);

}  // namespace kindred

#endif  // KINDRED_IO_TCP_STREAM_H_
