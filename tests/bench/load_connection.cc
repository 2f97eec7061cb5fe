#include "tests/bench/load_connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace kindred {
namespace {

constexpr int kKeyDigits = 12;  // as redis-benchmark's __rand_int__

// Replies are not built as objects: all that counts is whether one is an error, nil or a number.
LoadFaults* FaultsOf(const redisReadTask* task) { return static_cast<LoadFaults*>(task->privdata); }

// The reader takes nullptr for "out of memory", so every reply is this.
void* const kTaken = reinterpret_cast<void*>(1);

void* OnString(const redisReadTask* task, char* text, size_t size) {
  if (task->type == REDIS_REPLY_ERROR) {
    LoadFaults* faults = FaultsOf(task);
    if (faults->errors++ == 0) faults->first_error.assign(text, size);
  }
  return kTaken;
}

void* OnArray(const redisReadTask*, int) { return kTaken; }

// Of the commands sent only WAIT is answered with a number.
void* OnInteger(const redisReadTask* task, long long value) {
  if (value < 1) ++FaultsOf(task)->unreplicated;
  return kTaken;
}

void* OnNil(const redisReadTask* task) {
  ++FaultsOf(task)->misses;
  return kTaken;
}

redisReplyObjectFunctions reply_functions = {OnString, OnArray, OnInteger, OnNil, nullptr};

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::string Bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Throw("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(fd);
    errno = error;
    Throw("connecting to port " + std::to_string(port));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

}  // namespace

LoadConnection::LoadConnection(int port, const std::string& key_prefix, const LoadBatch& batch,
                               LoadFaults* faults)
    : batch_(batch),
      faults_(faults),
      fd_(Connect(port)),
      reader_(redisReaderCreateWithFunctions(&reply_functions), redisReaderFree) {
  reader_->privdata = faults_;
  const std::string key = key_prefix + std::string(kKeyDigits, '0');
  const std::string value(static_cast<size_t>(batch.value_bytes), 'x');
  for (int i = 0; i < batch.pipeline; ++i) {
    bytes_ += batch.command == LoadCommand::kGet ? "*2\r\n$3\r\nGET\r\n" : "*3\r\n$3\r\nSET\r\n";
    bytes_ += Bulk(key);
    digits_.push_back(bytes_.size() - 2 - kKeyDigits);
    if (batch.command != LoadCommand::kGet) bytes_ += Bulk(value);
    if (batch.command == LoadCommand::kSetWait)
      bytes_ += "*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$1\r\n0\r\n";
  }
}

LoadConnection::~LoadConnection() { close(fd_); }

void LoadConnection::Send(const std::function<uint64_t()>& next_key) {
  for (const size_t at : digits_) {
    uint64_t key = next_key();
    for (int i = kKeyDigits - 1; i >= 0; --i, key /= 10) {
      bytes_[at + static_cast<size_t>(i)] = static_cast<char>('0' + key % 10);
    }
  }
  outstanding_ = batch_.pipeline * (batch_.command == LoadCommand::kSetWait ? 2 : 1);
  written_ = 0;
  Write();
}

void LoadConnection::OnWritable() { Write(); }

void LoadConnection::Write() {
  while (written_ < bytes_.size()) {
    const ssize_t sent =
        send(fd_, bytes_.data() + written_, bytes_.size() - written_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) Throw("sending");
    written_ += static_cast<size_t>(sent);
  }
}

int LoadConnection::OnReadable() {
  char buffer[16 * 1024];
  const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (size < 0) Throw("receiving");
  if (size == 0) throw std::runtime_error("the server has closed a connection");
  redisReaderFeed(reader_.get(), buffer, static_cast<size_t>(size));
  int done = 0;
  while (true) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != 0) {
      throw std::runtime_error(std::string("not RESP: ") + reader_->errstr);
    }
    if (reply == nullptr) return done;
    if (outstanding_-- == 0) throw std::runtime_error("a reply that nobody asked for");
    // A SET is done with the reply to its WAIT, which is the second of each two.
    if (batch_.command != LoadCommand::kSetWait || outstanding_ % 2 == 0) ++done;
  }
}

}  // namespace kindred
