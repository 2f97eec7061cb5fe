#ifndef KINDRED_IO_TLS_SESSION_H_
#define KINDRED_IO_TLS_SESSION_H_

// One TLS connection without its socket: what the network brought is fed in and comes out
// decrypted, what is to be sent is written in and comes out encrypted. TcpStream puts it between a
// socket and its owner; nothing else needs to know.
//
// Everything that was fed is decrypted at once: between two calls it holds nothing but the
// beginning of a record (at most 16 KiB and a header), so whoever does not want to read stops to
// feed. It never blocks and has no clock: time limits on the handshake are its owner's.
//
// One thread at a time; it may be moved from one loop to another between calls.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct ssl_st;

namespace kindred {

class TlsSession {
 public:
  enum class State : uint8_t {
    kHandshaking,
    kOpen,
    kEnded,   // the other side has said that nothing more will come; we may still write
    kFailed,  // error() says why; what is in outgoing() is the alert that tells the other side
  };

  // Takes over an SSL of OpenSSL that has its role, and no BIO yet; made by TlsContext.
  explicit TlsSession(ssl_st* ssl);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  State state() const { return state_; }
  bool handshaking() const { return state_ == State::kHandshaking; }
  const std::string& error() const { return error_; }

  // Where whoever dials begins; whoever accepts may call it, too, and waits for the first bytes.
  void Start();

  // What has arrived. Returns what it has become, which lies in `*room`: a buffer that many
  // sessions may share, made as large as it has to be.
  std::string_view Feed(std::string_view arrived, std::string* room);

  // Nothing more will arrive. An error in the middle of the handshake; whoever comes and goes
  // without a word is just gone.
  void OnEof();

  // Before the handshake is done the bytes wait here.
  void Write(std::string_view bytes);
  size_t waiting_bytes() const { return waiting_.size(); }

  // Says that nothing more will be written.
  void Close();

  // What has to be sent, in its order; whoever sends it takes it out.
  std::string& outgoing() { return pipe_.out; }

 private:
  friend struct TlsPipe;
  // The network as OpenSSL sees it.
  struct Pipe {
    std::string_view in;
    std::string out;
  };

  void Advance();
  void Encrypt(std::string_view bytes);
  size_t Decrypt(std::string* room);
  void Judge(int result);
  void Fail(std::string why);

  ssl_st* const ssl_;
  Pipe pipe_;
  State state_ = State::kHandshaking;
  bool heard_ = false;   // anything at all
  std::string waiting_;  // written before the handshake was done
  std::string error_;
};

// What OpenSSL's queue of errors says about the last call of this thread, as part of a sentence;
// empties the queue.
std::string TakeTlsErrors();

}  // namespace kindred

#endif  // KINDRED_IO_TLS_SESSION_H_
