#include "io/acceptor.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "io/log.h"
#include "io/tcp_stream.h"

namespace kindred {
namespace {

// So that a storm of connections does not keep the loop from its other work.
constexpr int kAcceptsPerTurnMax = 64;

void CloseAll(const std::vector<int>& sockets) {
  for (int socket : sockets) close(socket);
}

absl::Status Refused(std::string sentence) { return absl::InvalidArgumentError(sentence); }

absl::StatusOr<addrinfo*> Resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const bool all_v4 = host == "*";
  const bool all_v6 = host == "::*";
  if (all_v4) hints.ai_family = AF_INET;
  if (all_v6) hints.ai_family = AF_INET6;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(all_v4 || all_v6 ? nullptr : host.c_str(),
                                std::to_string(port).c_str(), &hints, &found);
  if (error == 0) return found;
  return Refused(fmt::format("bind address {} is unknown: {}", host, gai_strerror(error)));
}

// A listening socket, or the negative errno.
int Listen(const addrinfo& address, int backlog) {
  const int listener = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) return -errno;
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.ai_family == AF_INET6) {
    setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (bind(listener, address.ai_addr, address.ai_addrlen) == 0 && listen(listener, backlog) == 0) {
    return listener;
  }
  const int error = errno;
  close(listener);
  return -error;
}

absl::Status WhyNotListening(const std::string& host, int port, const std::string& option,
                             int error) {
  if (error == EADDRINUSE) {
    return Refused(
        fmt::format("port {} is taken by another process; stop it or choose another "
                    "with --{}",
                    port, option));
  }
  return Refused(fmt::format("cannot listen on {} port {}: {}", host, port, std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::vector<int>> ListenOn(const std::vector<BindAddress>& addresses, int port,
                                          const std::string& option, int backlog,
                                          bool loopback_only) {
  std::vector<int> listeners;
  bool skipped = false;
  for (const BindAddress& address : addresses) {
    auto found = Resolve(address.host, port);
    if (loopback_only && found.ok() && !IsLoopback((*found)->ai_addr)) {
      freeaddrinfo(*found);
      skipped = true;
      continue;
    }
    const int listener = found.ok() ? Listen(**found, backlog) : -EADDRNOTAVAIL;
    if (found.ok()) freeaddrinfo(*found);
    if (listener >= 0) {
      listeners.push_back(listener);
      continue;
    }
    // A machine without IPv6 refuses the family or the address; a taken port is never overlooked.
    if (address.optional && listener != -EADDRINUSE && listener != -EACCES) continue;
    CloseAll(listeners);
    if (!found.ok()) return found.status();
    return WhyNotListening(address.host, port, option, -listener);
  }
  if (listeners.empty() && skipped) {
    return ListenOn({{.host = "127.0.0.1"}}, port, option, backlog);
  }
  if (listeners.empty()) return Refused("bind names no address that this machine has");
  return listeners;
}

struct Acceptor::State {
  uv_poll_t poll{};
  int listener = -1;
  int spare = -1;  // given up for a moment when the process has no more file descriptors
  OnSocket on_socket;

  void Accept();
  void TurnAway();
};

void Acceptor::State::Accept() {
  for (int i = 0; i < kAcceptsPerTurnMax; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    const int socket =
        accept4(listener, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      on_socket(socket, from);
    } else if (errno == EMFILE || errno == ENFILE) {
      return TurnAway();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

// Without a descriptor for it a connection cannot even be closed, and would be announced again and
// again: the spare one makes room to accept and close it.
void Acceptor::State::TurnAway() {
  Log(LogLevel::kWarning, "too many open files: a connection was closed");
  close(spare);
  const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket >= 0) close(socket);
  spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Acceptor::Acceptor(uv_loop_t* loop, int listener, OnSocket on_socket) : state_(new State) {
  state_->listener = listener;
  state_->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
  state_->on_socket = std::move(on_socket);
  CHECK(uv_poll_init(loop, &state_->poll, listener) == 0);
  state_->poll.data = state_;
  uv_poll_start(&state_->poll, UV_READABLE, [](uv_poll_t* poll, int status, int) {
    if (status == 0) static_cast<State*>(poll->data)->Accept();
  });
}

Acceptor::~Acceptor() {
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->poll), [](uv_handle_t* handle) {
    auto* state = static_cast<State*>(handle->data);
    close(state->listener);
    close(state->spare);
    delete state;
  });
}

}  // namespace kindred
