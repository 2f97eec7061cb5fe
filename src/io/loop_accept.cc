// How connections come to a loop: clients and peers that are accepted, and the way into a cluster.
#include <unistd.h>

#include <utility>

#include "fmt/format.h"
#include "io/log.h"
#include "io/loop.h"
#include "server/server.h"

namespace kindred {
namespace {

// The log is told again of a link that is refused for the same reason.
constexpr uint64_t kRefusalTellMs = 60000;
constexpr uint64_t kTlsTroubleTellMs = 1000;
constexpr uint64_t kHttpTellMs = 60000;

}  // namespace

void Loop::AddClient(ClientEvent event) {
  const uint64_t id = ++last_connection_;
  auto connection = std::make_unique<Connection>(*this, id, event.face);
  auto tls = event.tls ? parts_.tls.ForClient() : nullptr;
  if (!connection->Open(event.socket, std::move(tls))) return;
  if (draining_) Touch(*connection);
  connections_.emplace(id, std::move(connection));
}

void Loop::RemoveClient(uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  if (found->second->requests > 0) {
    absl::erase_if(requests_, [id](const auto& entry) { return entry.second == id; });
  }
  connections_.erase(found);
}

void Loop::ListenForClients(const std::vector<int>& listeners, Face face, bool tls) {
  for (int listener : listeners) {
    client_acceptors_.push_back(std::make_unique<Acceptor>(
        &uv_, listener, [this, face, tls](int socket, const sockaddr_storage& from) {
          if (auto why =
                  parts_.server.Admit(IsLoopback(reinterpret_cast<const sockaddr*>(&from)))) {
            parts_.server.statistics().OfLoop(index_).Add(Counter::kRejected);
            return TurnAway(socket, tls, fmt::format("-{}\r\n", *why));
          }
          next_client_loop_ = (next_client_loop_ + 1) % loops_;
          (*all_)[next_client_loop_]->inbox_.Post(ClientEvent{socket, face, tls});
        }));
  }
}

void Loop::TurnAway(int socket, bool tls, std::string error) {
  DropOldArrivals();
  if (!tls || turned_away_.size() >= kTurnedAwayMax) {
    // Before the handshake of TLS there is no way to say it.
    if (!tls) static_cast<void>(!write(socket, error.data(), error.size()));
    close(socket);
    return;
  }
  auto client = std::make_unique<TurnedAway>(&uv_, read_buffer_);
  if (client->Open(socket, parts_.tls.ForClient(), std::move(error))) {
    turned_away_.push_back(std::move(client));
  }
}

void Loop::ListenForPeers(const std::vector<int>& listeners, bool loopback_only) {
  for (int listener : listeners) {
    peer_acceptors_.push_back(std::make_unique<Acceptor>(
        &uv_, listener, [this, loopback_only](int socket, const sockaddr_storage& from) {
          if (!loopback_only || IsLoopback(reinterpret_cast<const sockaddr*>(&from)))
            return AddIncomingLink(socket);
          Log(LogLevel::kWarning,
              "a peer at {} was closed: without a cluster-secret-file only peers on this machine "
              "are accepted",
              AddressName(from));
          close(socket);
        }));
  }
}

void Loop::AddIncomingLink(int socket) {
  DropOldArrivals();
  if (incoming_.size() >= kIncomingLinksMax) {
    close(socket);
    return;
  }
  auto link =
      std::make_unique<IncomingLink>(&uv_, read_buffer_, parts_.handshake, [this](PeerEvent event) {
        const uint32_t loop = event.peer.lane % loops_;
        (*all_)[loop]->inbox_.Post(std::move(event));
      });
  auto tls = parts_.peers_use_tls ? parts_.tls.FromPeer() : nullptr;
  if (link->Open(socket, std::move(tls))) incoming_.push_back(std::move(link));
}

void Loop::DropOldArrivals() {
  std::erase_if(turned_away_, [this](const std::unique_ptr<TurnedAway>& client) {
    return client->over(uv_now(&uv_));
  });
  std::erase_if(incoming_, [this](const std::unique_ptr<IncomingLink>& link) {
    if (!link->over(uv_now(&uv_))) return false;
    if (!link->why().empty()) TellRefusal(*link);
    return true;
  });
}

// Whoever is refused dials again and again: the same is said once in a while.
void Loop::TellRefusal(const IncomingLink& link) {
  if (link.why() == last_refusal_ && now_ms() < last_refusal_ms_ + kRefusalTellMs) return;
  last_refusal_ = link.why();
  last_refusal_ms_ = now_ms();
  Log(LogLevel::kWarning, "a link from {} was refused: {}", link.name(), link.why());
}

std::unique_ptr<TlsSession> Loop::NewTlsToPeer() const {
  return parts_.peers_use_tls ? parts_.tls.ToPeer() : nullptr;
}

void Loop::TellTlsTrouble(const std::string& address, const std::string& why) {
  if (now_ms() < tls_trouble_ms_ + kTlsTroubleTellMs) {
    ++tls_troubles_untold_;
    return;
  }
  const uint64_t untold = std::exchange(tls_troubles_untold_, 0);
  const std::string others = untold == 0 ? "" : fmt::format("; {} more since the last", untold);
  tls_trouble_ms_ = now_ms();
  Log(LogLevel::kNotice, "TLS with {} has failed: {}{}", address, why, others);
}

void Loop::TellHttp(const std::string& address) {
  if (now_ms() < http_told_ms_ + kHttpTellMs) return;
  http_told_ms_ = now_ms();
  Log(LogLevel::kWarning,
      "possible SECURITY ATTACK: {} has sent POST or Host:, as a web page makes a browser do that "
      "wants to smuggle commands in here; the connection was closed",
      address);
}

void Loop::JoinThrough(const std::string& host, uint16_t port) { links_.DialSeed(host, port); }

void Loop::JoinAgain() {
  // At once, so that the loop does not write the error while the caller still reads it.
  join_state_.store(Members::JoinState::kAsking, std::memory_order_release);
  Call([this] {
    if (seed_ != kSelf) OnLinkUp(seed_, /*is_seed=*/true);
  });
}

void Loop::OnSeedDown(const std::string& why, bool refused) {
  const bool final = refused && node_.view().members().size() <= 1;
  std::lock_guard lock(join_mutex_);
  seed_trouble_ = why;
  if (!final) return;
  // To dial again would change nothing.
  seed_refused_ = true;
  join_error_ = why;
  join_state_.store(Members::JoinState::kRefused, std::memory_order_release);
}

std::string Loop::join_error() const {
  std::lock_guard lock(join_mutex_);
  return join_error_;
}

std::string Loop::seed_trouble() const {
  std::lock_guard lock(join_mutex_);
  return seed_trouble_;
}

void Loop::NoteJoin() {
  const Members::JoinState state = node_.members().join_state();
  if (seed_refused_ || state == join_state_.load(std::memory_order_relaxed)) return;
  if (state == Members::JoinState::kRefused) {
    std::lock_guard lock(join_mutex_);
    join_error_ = node_.members().join_error();
  }
  join_state_.store(state, std::memory_order_release);
}

}  // namespace kindred
