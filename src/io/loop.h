#ifndef KINDRED_IO_LOOP_H_
#define KINDRED_IO_LOOP_H_

// One loop: a thread with its libuv loop, its Node, its clients' connections and its links.
//
// A turn: whatever is there is read (bytes, timers, the inbox) and fed to the Node and the
// sessions, and what these want is taken out of the Node's outbox after each input. At the end of
// the turn each connection and each link that has something to say writes once. What depends on the
// disk waits in a gate until the store says that it is durable. The clock is read once a turn.
//
// Owned by the process; all methods belong to the loop's thread, but for those that say otherwise.
// Before Start they belong to the thread that starts it.

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "io/acceptor.h"
#include "io/connection.h"
#include "io/gate.h"
#include "io/inbox.h"
#include "io/peer_links.h"
#include "io/tcp_stream.h"
#include "io/tls_context.h"
#include "io/turned_away.h"
#include "io/worker_pool.h"
#include "node/node.h"

namespace kindred {

class Loop {
 public:
  // All of it outlives the loops.
  struct Parts {
    Server& server;
    Shared& shared;
    Store& store;
    WorkerPool& workers;
    const HandshakeSettings& handshake;
    const TlsContext& tls;
    bool peers_use_tls = false;
  };

  Loop(const Parts& parts, uint32_t index, uint32_t loops, uint64_t seed);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // --- any thread

  Inbox& inbox() { return inbox_; }
  // Runs `run` on the loop.
  void Call(std::function<void()> run) { inbox_.Post(CallEvent{std::move(run)}); }

  // The client's connection has something to do: it was killed, or there is something for it.
  void Wake(uint64_t connection) {
    Call([this, connection] { TouchById(connection); });
  }

  // `all` has every loop of the process by its index, and outlives them.
  void Start(const std::vector<std::unique_ptr<Loop>>& all);
  // From now on no command is read; what is in flight is finished.
  void BeginDrain();
  bool drained() const { return drained_.load(std::memory_order_acquire); }
  // Ends the loop, whatever is in flight, and its thread. No other loop runs on after it has
  // destroyed this one, as they post to each other.
  void BeginStop();
  void Join();

  // How the join that JoinThrough began stands, and, if it was refused, why.
  Members::JoinState join_state() const { return join_state_.load(std::memory_order_acquire); }
  std::string join_error() const;
  // Asks once more. REQUIRES: it was refused
  void JoinAgain();
  // Why the link to that member broke last, or could not be had; empty if it never did.
  std::string seed_trouble() const;

  // --- the loop's thread

  // Accepts peers on these listening sockets. `loopback_only`: others are closed.
  void ListenForPeers(const std::vector<int>& listeners, bool loopback_only);
  // Accepts clients, for all loops.
  void ListenForClients(const std::vector<int>& listeners, Face face, bool tls);
  // Links to a member of the cluster that the node is to join, and joins it when the link is up.
  void JoinThrough(const std::string& host, uint16_t port);

  // --- for its connections and links

  uv_loop_t* uv() { return &uv_; }
  ReadBuffer& read_buffer() { return read_buffer_; }
  Node& node() { return node_; }
  Server& server() { return parts_.server; }
  Shared& shared() { return parts_.shared; }
  bool draining() const { return draining_; }
  // The core's time, the same for a whole turn.
  uint64_t now_ms();

  // The connection has something to do at the end of the turn.
  void Touch(Connection& connection);
  // It has run as many commands as it may in a turn, and has more.
  void RunNextTurn(Connection& connection);
  // The reply to `request` goes to the connection.
  void Expect(uint64_t request, Connection& connection);
  // Something was fed to the Node: empties the outbox.
  void OnInput();
  // What a link to a peer begins with; null: links are plain.
  std::unique_ptr<TlsSession> NewTlsToPeer() const;
  // The TLS of a client's connection has failed. Told at most once a second, as it costs the client
  // nothing to do it again.
  void TellTlsTrouble(const std::string& address, const std::string& why);
  // A client spoke HTTP, and its connection was closed. Told at most once a minute.
  void TellHttp(const std::string& address);

  // Feeds a message to the Node; DrainOutbox comes when the last of what was read has been fed.
  // `idle`: it says nothing but that the peer lives.
  void OnMessage(Peer from, LinkId link, Message&& message, bool idle);
  void DrainOutbox();
  void OnLinkUp(Peer peer, bool is_seed);
  // The member that JoinThrough links to cannot be reached, or one of the two does not want the
  // other: another secret, another version.
  void OnSeedDown(const std::string& why, bool refused);
  void OnLinkDown(Peer peer);

 private:
  // What waits for the disk.
  struct ConnectionAgain {
    uint64_t connection = 0;
  };
  using Gated = std::variant<Outbox::Answer, Outbox::Sync, Outbox::Scan, ConnectionAgain>;

  void Run();
  void OnWake();
  void OnEvent(LoopEvent event);
  void OnTick();
  void OnSecond();
  void TickConnections();
  void RunWaiting();
  void TouchById(uint64_t connection);
  void WatchDisk();
  void SetTick(uint64_t period_ms);

  void NoteBusy();
  void Route(Outbox::Reply reply);
  void RouteRecall(const Outbox::Recall& recall);
  void OnHeard(uint64_t word);
  void GateForWord(Connection& connection);
  void RouteSends(std::vector<Outbox::Send>& sends);
  void RunOnWorker(std::function<void()> task);
  void LoadOnWorker(Outbox::Load load);
  void ScanOnWorker(Outbox::Scan scan);

  void EndTurn();
  void ReleaseGated(uint64_t durable);
  void FlushConnections(uint64_t durable);

  void AddClient(ClientEvent event);
  void RemoveClient(uint64_t id);
  void TurnAway(int socket, bool tls, std::string error);
  void AddIncomingLink(int socket);
  void DropOldArrivals();
  void TellRefusal(const IncomingLink& link);
  void NoteJoin();
  void NoteDrained();
  void CloseAll();

  const Parts parts_;
  const uint32_t index_;
  const uint32_t loops_;
  const std::vector<std::unique_ptr<Loop>>* all_ = nullptr;  // constant from Start on
  std::thread thread_;                                       // of the owner

  std::atomic<bool> drained_{false};
  std::atomic<Members::JoinState> join_state_{Members::JoinState::kNone};
  mutable std::mutex join_mutex_;
  std::string join_error_;    // guarded by join_mutex_; written before join_state_ says kRefused
  std::string seed_trouble_;  // guarded by join_mutex_

  // Of the loop's thread.
  uv_loop_t uv_;
  uv_prepare_t before_poll_{};
  uv_check_t after_poll_{};
  uv_idle_t next_turn_{};  // runs, and keeps the loop from sleeping, while connections wait for it
  uv_timer_t tick_{};
  ReadBuffer read_buffer_;
  Inbox inbox_;
  Node node_;
  PeerLinks links_;
  std::vector<std::unique_ptr<Acceptor>> client_acceptors_;
  std::vector<std::unique_ptr<Acceptor>> peer_acceptors_;
  std::vector<std::unique_ptr<IncomingLink>> incoming_;
  std::vector<std::unique_ptr<TurnedAway>> turned_away_;
  std::string last_refusal_;  // of a link, and when the log was told
  uint64_t last_refusal_ms_ = 0;
  uint64_t tls_trouble_ms_ = 0;  // when the log was told
  uint64_t tls_troubles_untold_ = 0;
  uint64_t http_told_ms_ = 0;

  std::map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t last_connection_ = 0;
  uint32_t next_client_loop_ = 0;
  absl::flat_hash_map<uint64_t, uint64_t> requests_;  // request -> connection
  std::vector<uint64_t> touched_;                     // connections
  std::vector<uint64_t> flushing_;
  std::vector<uint64_t> ticking_;  // that wait for time to pass
  std::vector<uint64_t> waiting_;  // that wait for their next turn
  struct ForWord {
    uint64_t word = 0;
    uint64_t connection = 0;
  };
  std::vector<ForWord> for_word_;  // connections with early replies
  uint64_t heard_ = 0;             // the last word

  Outbox taken_;  // of the Node, while it is emptied; kept for its memory
  Gate<Gated> gate_;
  std::deque<std::function<void()>> for_workers_;  // that the pool had no room for

  uint64_t now_ms_ = 0;   // 0: not read in this turn
  uint64_t tick_ms_ = 0;  // the period of the tick
  uint64_t busy_until_ms_ = 0;
  uint64_t next_second_ms_ = 0;
  // What was durable when the disk last moved or nothing waited for it, and when that was, by
  // libuv's clock.
  uint64_t disk_durable_ = 0;
  uint64_t disk_moved_ms_ = 0;
  uint64_t view_version_ = 0;  // that the links fit
  Peer seed_ = kSelf;          // the member that was linked to for a join
  bool seed_refused_ = false;
  bool draining_ = false;
  bool stopping_ = false;
};

}  // namespace kindred

#endif  // KINDRED_IO_LOOP_H_
