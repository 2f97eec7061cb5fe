#ifndef KINDRED_IO_CONNECTION_H_
#define KINDRED_IO_CONNECTION_H_

// A client's connection: its socket and its session. What arrives is fed to the session at once;
// what the session has to say leaves at the end of the loop's turn, in one write. Reading pauses
// while the client does not take its replies, so that a slow reader waits and does not fill our
// memory.
//
// Owned by its loop. It never destroys itself: the loop does, when Flush says so.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/tcp_stream.h"
#include "server/buffer_limits.h"
#include "server/session.h"

namespace kindred {

class Loop;

// While more than this waits in the socket's queue, the session keeps its output and stops reading.
inline constexpr size_t kClientUnsentBytesPause = size_t{1} << 20;
// A client with more than this in its socket's queue is disconnected. One reply may be as large as
// the largest value, so the bound is beyond that.
inline constexpr size_t kClientUnsentBytesMax = size_t{2} << 30;
// For the handshake of TLS, whatever the client is or is not.
inline constexpr uint64_t kClientHandshakeMsMax = 10000;

class Connection : private TcpStream::Owner {
 public:
  // REQUIRES: Server::Admit has let it in
  Connection(Loop& loop, uint64_t id, Face face);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Takes the socket over; `tls` is null on a plain port. False if the client is gone already, or
  // is not wanted.
  bool Open(int socket, std::unique_ptr<TlsSession> tls);

  uint64_t id() const { return id_; }

  // The reply of one of its requests.
  void OnReply(const Outbox::Reply& reply);
  void OnRecall(const Outbox::Recall& recall);

  // Its session waits for time to pass, and time has passed.
  bool WantsTicks() const { return session_->WantsTicks(); }
  void OnTick();

  // It has waited for this turn (Loop::RunNextTurn).
  void OnTurn();

  // The end of a turn in which something happened to it. `heard`: the last word. False: it is over.
  bool Flush(uint64_t durable, uint64_t heard);

  // What waits for the disk is answered by an error.
  void GiveUpOnDisk(uint64_t durable);

  // Whether Flush had to leave output behind that waits for the disk, and for which sequence.
  uint64_t WaitsFor() const { return session_->WaitsFor(); }
  // Likewise, for which word.
  uint64_t WaitsForWord() const { return session_->WaitsForWord(); }

  // For the loop.
  bool touched = false;     // it is in the list of those with something to do
  bool ticking = false;     // it is in the list of those that wait for time to pass
  bool wants_turn = false;  // it is in the list of those with commands for the next turn
  uint64_t gated_at = 0;    // the sequence at which it comes by again
  uint64_t word_at = 0;     // and the word
  size_t requests = 0;      // in flight, as the loop's map has them

  // Asked once a second: silent for longer than the option `timeout` allows, not taking its replies
  // for longer than client-output-buffer-limit does, or too slow with the handshake of TLS.
  bool IsOverdue(uint64_t now_ms);

 private:
  void OnBytes(std::string_view bytes) override;
  void OnEnd(int error) override;
  void OnSent() override;

  void TakeNewRequests();
  bool IsOver() const;
  bool TakesTooLittle(uint64_t now_ms);

  Loop& loop_;
  const uint64_t id_;
  const Face face_;
  TcpStream stream_;
  std::optional<Session> session_;  // from Open on
  std::string output_;              // of the turn; kept for its memory
  uint64_t opened_ms_ = 0;
  uint64_t heard_ms_ = 0;
  BufferWatch output_watch_;
  bool ended_ = false;  // the client has closed its half: it gets what it asked for, then we close
  bool broken_ = false;
};

}  // namespace kindred

#endif  // KINDRED_IO_CONNECTION_H_
