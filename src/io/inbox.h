#ifndef KINDRED_IO_INBOX_H_
#define KINDRED_IO_INBOX_H_

// What other threads have for a loop: outcomes for its requests, messages that have to leave on
// its links, what workers read from the disk, new connections; and the news that the disk has got
// further. However much comes, the loop is woken once.
//
// Any thread may post; the loop takes. Not bounded by itself: all of it belongs to requests or to
// connections, whose numbers are.

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "io/tls_session.h"
#include "message/handshake_messages.h"
#include "message/outbox.h"
#include "server/clients.h"
#include "store/store.h"

namespace kindred {

// Messages for the loop's own links, in order.
struct SendsEvent {
  std::vector<Outbox::Send> sends;
};
struct HandoverEvent {
  Outbox::Handover handover;
};
struct LoadedEvent {
  std::string key;
  Found found = Found::kMissing;
  std::string value;
};
struct ScannedEvent {
  uint64_t ticket = 0;
  std::vector<Entry> entries;
};
// A client's connection; whoever takes the event owns the socket.
struct ClientEvent {
  int socket = -1;
  Face face = Face::kPlain;
  bool tls = false;
};
// A peer's connection after its handshake, but for the last word, which is `greeting`.
struct PeerEvent {
  int socket = -1;
  LinkHello peer;
  std::string greeting;
  std::string rest;                 // what came behind the handshake
  std::unique_ptr<TlsSession> tls;  // null: the link is a plain one
};
// Anything rare. Runs on the loop.
struct CallEvent {
  std::function<void()> run;
};

using LoopEvent = std::variant<SendsEvent, HandoverEvent, LoadedEvent, ScannedEvent, ClientEvent,
                               PeerEvent, CallEvent>;

class Inbox {
 public:
  // `on_wake` runs on the loop after something was posted, or the disk has got to where it was
  // asked for.
  Inbox(uv_loop_t* loop, std::function<void()> on_wake);
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Any thread. After Close nothing is taken any more.
  void Post(LoopEvent event);

  // By the thread that made `sequence` durable: wakes the loop if it waits for that.
  void OnDurable(uint64_t sequence);

  // By the loop: everything that was posted, in order.
  std::vector<LoopEvent> Take();

  // By the loop: it wants to be woken when `sequence` is durable; 0: it does not. It has to look at
  // the store once more after this, since what became durable before is not told again.
  void WaitFor(uint64_t sequence);

  // By the loop: the end.
  void Close();

 private:
  std::function<void()> on_wake_;
  uv_async_t wake_{};
  std::atomic<uint64_t> waits_for_{0};

  std::mutex mutex_;
  std::vector<LoopEvent> events_;  // guarded by mutex_
  bool closed_ = false;            // guarded by mutex_: wake_ must not be touched
};

}  // namespace kindred

#endif  // KINDRED_IO_INBOX_H_
