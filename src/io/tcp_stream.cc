#include "io/tcp_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"

namespace kindred {
namespace {

// Silence after which TCP asks whether the other side is still there.
constexpr unsigned kKeepaliveSeconds = 60;

// Memory that a TLS connection keeps for what it sends next.
constexpr size_t kOutgoingBytesKept = size_t{64} << 10;

void Prepare(uv_tcp_t* handle) {
  uv_tcp_nodelay(handle, 1);
  uv_tcp_keepalive(handle, 1, kKeepaliveSeconds);
}

}  // namespace

struct TcpStream::State {
  uv_tcp_t handle{};
  uv_connect_t connect{};
  uv_write_t write{};
  ReadBuffer* buffer = nullptr;
  Owner* owner = nullptr;  // null: the stream is gone
  std::string writing;     // what libuv sends; empty: nothing waits
  std::string next;        // what comes after it
  bool broken = false;
  bool reading = false;
  bool dialed = false;
  std::unique_ptr<TlsSession> tls;  // null: plain

  static State* Of(void* handle) {
    return static_cast<State*>(static_cast<uv_handle_t*>(handle)->data);
  }
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&handle); }

  static void OnAlloc(uv_handle_t* handle, size_t, uv_buf_t* into) {
    std::string& bytes = Of(handle)->buffer->bytes;
    *into = uv_buf_init(bytes.data(), static_cast<unsigned>(bytes.size()));
  }
  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* from) {
    State* state = Of(stream);
    if (state->owner == nullptr || size == 0) return;
    if (size > 0) {
      const std::string_view bytes(from->base, static_cast<size_t>(size));
      if (state->tls != nullptr) return state->OnEncrypted(bytes);
      state->owner->OnBytes(bytes);
      return;
    }
    if (state->tls != nullptr) state->tls->OnEof();
    state->End(static_cast<int>(size));
  }
  void End(int error) {
    uv_read_stop(stream());
    reading = false;
    owner->OnEnd(error);
  }
  static void OnWrite(uv_write_t* request, int error) {
    State* state = Of(request->handle);
    state->writing.clear();
    if (state->owner == nullptr) return;
    if (error < 0) state->broken = true;
    if (!state->broken && !state->next.empty()) {
      state->writing.swap(state->next);
      state->WriteFrom(0);
      return;
    }
    state->next.clear();
    state->owner->OnSent();
  }
  static void OnConnect(uv_connect_t* request, int error) {
    State* state = Of(request->handle);
    if (state->owner == nullptr) return;
    if (error == 0) Prepare(&state->handle);
    if (error != 0 || state->tls == nullptr) return state->owner->OnConnected(error);
    state->tls->Start();
    state->SendOutgoing();
    state->StartReading();
  }
  void StartReading() {
    if (!reading) reading = uv_read_start(stream(), OnAlloc, OnRead) == 0;
  }

  // Any of the owner's callbacks may take the TLS away, or end the stream.
  void OnEncrypted(std::string_view bytes) {
    const bool opening = tls->handshaking();
    const bool waiting = tls->waiting_bytes() > 0;
    const std::string_view plain = tls->Feed(bytes, &buffer->decrypted);
    SendOutgoing();
    if (opening && !tls->handshaking() && tls->state() != TlsSession::State::kFailed) {
      if (dialed) {
        owner->OnConnected(0);
      } else if (waiting && writing.empty()) {
        owner->OnSent();
      }
    }
    if (owner != nullptr && !plain.empty()) owner->OnBytes(plain);
    if (owner == nullptr || tls == nullptr) return;
    if (tls->state() == TlsSession::State::kEnded) return End(UV_EOF);
    if (tls->state() == TlsSession::State::kFailed) return End(UV_EPROTO);
  }
  void SendOutgoing() {
    std::string& outgoing = tls->outgoing();
    SendRaw(&outgoing);
    if (outgoing.capacity() > kOutgoingBytesKept) outgoing = std::string();
  }

  void SendRaw(std::string* bytes);
  void WriteFrom(size_t begin) {
    uv_buf_t bytes =
        uv_buf_init(writing.data() + begin, static_cast<unsigned>(writing.size() - begin));
    if (uv_write(&write, stream(), &bytes, 1, OnWrite) == 0) return;
    broken = true;
    writing.clear();
    next.clear();
  }
};

TcpStream::TcpStream(uv_loop_t* loop, ReadBuffer& buffer, Owner& owner) : state_(new State) {
  state_->buffer = &buffer;
  state_->owner = &owner;
  CHECK(uv_tcp_init(loop, &state_->handle) == 0);
  state_->handle.data = state_;
}

TcpStream::~TcpStream() {
  state_->owner = nullptr;
  // Behind what waits it could not be sent any more.
  if (state_->tls != nullptr && state_->writing.empty()) {
    state_->tls->Close();
    const std::string& last = state_->tls->outgoing();
    uv_buf_t bytes =
        uv_buf_init(const_cast<char*>(last.data()), static_cast<unsigned>(last.size()));
    if (!last.empty()) uv_try_write(state_->stream(), &bytes, 1);
  }
  // Before the close callback libuv calls back for the writes and the connect in progress, so the
  // state is the last thing to go.
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->handle),
           [](uv_handle_t* handle) { delete State::Of(handle); });
}

int TcpStream::Open(int socket, std::unique_ptr<TlsSession> tls) {
  if (int error = uv_tcp_open(&state_->handle, socket); error != 0) {
    close(socket);
    return error;
  }
  state_->tls = std::move(tls);
  Prepare(&state_->handle);
  return 0;
}

int TcpStream::Connect(const sockaddr* address, std::unique_ptr<TlsSession> tls) {
  state_->tls = std::move(tls);
  state_->dialed = true;
  return uv_tcp_connect(&state_->connect, &state_->handle, address, State::OnConnect);
}

void TcpStream::SetKeepalive(unsigned seconds) {
  uv_tcp_keepalive(&state_->handle, seconds > 0 ? 1 : 0, seconds);
}

void TcpStream::StartReading() { state_->StartReading(); }

void TcpStream::StopReading() {
  if (!state_->reading) return;
  uv_read_stop(state_->stream());
  state_->reading = false;
}

void TcpStream::Send(std::string* bytes) {
  if (state_->tls == nullptr) return state_->SendRaw(bytes);
  state_->tls->Write(*bytes);
  bytes->clear();
  state_->SendOutgoing();
  if (state_->tls->state() == TlsSession::State::kFailed) state_->broken = true;
}

void TcpStream::State::SendRaw(std::string* bytes) {
  if (bytes->empty()) return;
  if (broken) {
    bytes->clear();
    return;
  }
  if (!writing.empty()) {
    if (next.empty()) {
      next.swap(*bytes);
    } else {
      next += *bytes;
      bytes->clear();
    }
    return;
  }
  uv_buf_t piece = uv_buf_init(bytes->data(), static_cast<unsigned>(bytes->size()));
  const int sent = uv_try_write(stream(), &piece, 1);
  if (sent < 0 && sent != UV_EAGAIN) {
    broken = true;
    bytes->clear();
    return;
  }
  const size_t begin = sent < 0 ? 0 : static_cast<size_t>(sent);
  if (begin < bytes->size()) {
    writing.swap(*bytes);
    WriteFrom(begin);
  }
  bytes->clear();
}

size_t TcpStream::unsent_bytes() const {
  const size_t writing =
      state_->writing.empty() ? 0 : uv_stream_get_write_queue_size(state_->stream());
  const size_t waiting = state_->tls == nullptr ? 0 : state_->tls->waiting_bytes();
  return writing + state_->next.size() + waiting;
}

bool TcpStream::broken() const { return state_->broken; }

bool TcpStream::handshaking() const { return state_->tls != nullptr && state_->tls->handshaking(); }

std::string TcpStream::tls_error() const {
  return state_->tls == nullptr ? std::string() : state_->tls->error();
}

int TcpStream::TakeSocket(std::unique_ptr<TlsSession>* tls) {
  CHECK(unsent_bytes() == 0);
  StopReading();
  uv_os_fd_t socket = -1;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(&state_->handle), &socket) != 0) return -1;
  *tls = std::move(state_->tls);
  return dup(socket);
}

std::string TcpStream::PeerName() const {
  sockaddr_storage address{};
  int size = sizeof(address);
  if (uv_tcp_getpeername(&state_->handle, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return "?:0";
  }
  return AddressName(address);
}

std::string TcpStream::LocalName() const {
  sockaddr_storage address{};
  int size = sizeof(address);
  if (uv_tcp_getsockname(&state_->handle, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return "?:0";
  }
  return AddressName(address);
}

std::string AddressName(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return fmt::format("{}:{}", text, ntohs(v4->sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    return fmt::format("[{}]:{}", text, ntohs(v6->sin6_port));
  }
  return "?:0";
}

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
  }
  if (address->sa_family != AF_INET6) return false;
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

}  // namespace kindred
