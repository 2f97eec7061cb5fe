#include "io/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"

namespace kindred {

// A BIO of our own: OpenSSL reads where the network's bytes lie and writes where they leave from,
// without the copies that its memory BIOs would make.
struct TlsPipe {
  using Pipe = TlsSession::Pipe;

  static Pipe& Of(BIO* bio) { return *static_cast<Pipe*>(BIO_get_data(bio)); }

  static int Read(BIO* bio, char* into, size_t size, size_t* done) {
    Pipe& pipe = Of(bio);
    BIO_clear_retry_flags(bio);
    *done = std::min(size, pipe.in.size());
    if (*done == 0) {
      BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(into, pipe.in.data(), *done);
    pipe.in.remove_prefix(*done);
    return 1;
  }

  static int Write(BIO* bio, const char* from, size_t size, size_t* done) {
    BIO_clear_retry_flags(bio);
    Of(bio).out.append(from, size);
    *done = size;
    return 1;
  }

  static long Control(BIO*, int command, long, void*) {  // NOLINT: OpenSSL's types
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO* Make(Pipe* pipe) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kindred");
      CHECK(made != nullptr);
      BIO_meth_set_read_ex(made, Read);
      BIO_meth_set_write_ex(made, Write);
      BIO_meth_set_ctrl(made, Control);
      return made;
    }();
    BIO* bio = BIO_new(method);
    CHECK(bio != nullptr);
    BIO_set_data(bio, pipe);
    BIO_set_init(bio, 1);
    return bio;
  }
};

namespace {

// What one read of a socket (64 KiB) may become, with the record that had begun before it.
constexpr size_t kRoomBytes = size_t{96} << 10;

std::string TextOf(unsigned long error) {  // NOLINT: OpenSSL's type
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const char* reason = ERR_reason_error_string(error);
  return reason == nullptr ? fmt::format("error {:x}", error) : reason;
}

}  // namespace

std::string TakeTlsErrors() {
  // The first is the cause, the others are what came of it.
  const auto first = ERR_get_error();
  ERR_clear_error();
  return first == 0 ? "unknown error" : TextOf(first);
}

TlsSession::TlsSession(ssl_st* ssl) : ssl_(ssl) {
  BIO* bio = TlsPipe::Make(&pipe_);
  SSL_set_bio(ssl_, bio, bio);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

void TlsSession::Start() { Advance(); }

void TlsSession::Advance() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return Judge(result);
  state_ = State::kOpen;
  if (!waiting_.empty()) Encrypt(std::exchange(waiting_, std::string()));
}

std::string_view TlsSession::Feed(std::string_view arrived, std::string* room) {
  if (state_ == State::kEnded || state_ == State::kFailed) return {};
  pipe_.in = arrived;
  heard_ = true;
  if (handshaking()) Advance();
  size_t size = 0;
  if (state_ == State::kOpen) size = Decrypt(room);
  // Invariant: what is left is behind the end, or behind an error.
  CHECK(pipe_.in.empty() || state_ != State::kOpen);
  pipe_.in = {};
  return std::string_view(*room).substr(0, size);
}

// Until there is nothing more to decrypt.
size_t TlsSession::Decrypt(std::string* room) {
  size_t size = 0;
  while (true) {
    if (room->size() - size < SSL3_RT_MAX_PLAIN_LENGTH) {
      room->resize(std::max(kRoomBytes, 2 * room->size()));
    }
    size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, room->data() + size, room->size() - size, &got);
    if (result != 1) {
      Judge(result);
      return size;
    }
    size += got;
  }
}

void TlsSession::OnEof() {
  if (handshaking() && heard_) Fail("the other side has closed the connection");
}

void TlsSession::Write(std::string_view bytes) {
  if (handshaking()) {
    waiting_.append(bytes);
  } else if (state_ != State::kFailed) {
    Encrypt(bytes);
  }
}

void TlsSession::Encrypt(std::string_view bytes) {
  if (bytes.empty()) return;
  size_t done = 0;
  ERR_clear_error();
  const size_t records = bytes.size() / SSL3_RT_MAX_PLAIN_LENGTH + 1;
  pipe_.out.reserve(pipe_.out.size() + bytes.size() + records * SSL3_RT_MAX_ENCRYPTED_OVERHEAD);
  // The pipe takes everything, so all is written or the session is broken.
  const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &done);
  if (result != 1 || done != bytes.size()) Fail(TakeTlsErrors());
}

void TlsSession::Close() {
  if (state_ != State::kOpen && state_ != State::kEnded) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

void TlsSession::Judge(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return;
    case SSL_ERROR_ZERO_RETURN:
      state_ = State::kEnded;
      return;
    default:
      break;
  }
  const bool distrusted = ERR_GET_REASON(ERR_peek_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  std::string why = TakeTlsErrors();
  if (distrusted) {
    why += fmt::format(" ({})", X509_verify_cert_error_string(SSL_get_verify_result(ssl_)));
  }
  Fail(std::move(why));
}

void TlsSession::Fail(std::string why) {
  state_ = State::kFailed;
  error_ = std::move(why);
  waiting_.clear();
}

}  // namespace kindred
