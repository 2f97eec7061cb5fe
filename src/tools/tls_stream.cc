#include "tools/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fmt/format.h"

namespace kindred {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// OpenSSL's reasons that have something to be done about.
struct Advice {
  int reason;
  std::string_view what_to_do;
};
constexpr Advice kAdvice[] = {
    {SSL_R_WRONG_VERSION_NUMBER, "; if that port does not speak TLS, leave out --tls"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "; --cert and --key name the files of yours"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "; it may want a certificate: --cert and --key"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "; --cert has to name a certificate of the server's CA"},
};

// The first error is the cause, the others are what came of it.
std::string TakeErrors() {
  const auto first = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(first)) return std::strerror(ERR_GET_REASON(first));
  const char* text = ERR_reason_error_string(first);
  std::string reason = text == nullptr ? "unknown error" : text;
  if (ERR_GET_LIB(first) != ERR_LIB_SSL) return reason;
  for (const Advice& advice : kAdvice) {
    if (ERR_GET_REASON(first) == advice.reason) reason += advice.what_to_do;
  }
  return reason;
}

absl::Status Trouble(const std::string& what) { return absl::UnavailableError(what); }

absl::Status LoadFiles(SSL_CTX* context, const TlsOptions& options) {
  const bool trusts = options.cacert.empty()
                          ? SSL_CTX_set_default_verify_paths(context) == 1
                          : SSL_CTX_load_verify_file(context, options.cacert.c_str()) == 1;
  if (!trusts) return Trouble(fmt::format("--cacert {}: {}", options.cacert, TakeErrors()));
  if (options.cert.empty() != options.key.empty()) {
    return Trouble("--cert and --key belong together");
  }
  if (options.cert.empty()) return absl::OkStatus();
  if (SSL_CTX_use_certificate_chain_file(context, options.cert.c_str()) != 1) {
    return Trouble(fmt::format("--cert {}: {}", options.cert, TakeErrors()));
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Trouble(fmt::format("--key {}: {}", options.key, TakeErrors()));
  }
  return absl::OkStatus();
}

// Why the call that returned `result` failed.
absl::Status Judge(SSL* ssl, int result) {
  const int failed_with = errno;
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return Trouble("it takes too long");
    case SSL_ERROR_ZERO_RETURN:
      return Trouble("it has closed the connection");
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      return Trouble(failed_with == 0 ? "it has closed the connection"
                                      : std::strerror(failed_with));
    default:
      return Trouble(TakeErrors());
  }
}

}  // namespace

absl::StatusOr<TlsStream> TlsStream::Connect(int fd, const TlsOptions& options) {
  ERR_clear_error();
  const ContextPtr context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context == nullptr) return Trouble(TakeErrors());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (absl::Status loaded = LoadFiles(context.get(), options); !loaded.ok()) return loaded;

  Ssl ssl(SSL_new(context.get()), &SSL_free);
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1) return Trouble(TakeErrors());
  if (!options.sni.empty()) SSL_set_tlsext_host_name(ssl.get(), options.sni.c_str());
  const int result = SSL_connect(ssl.get());
  if (result == 1) return TlsStream(std::move(ssl));
  const long verified = SSL_get_verify_result(ssl.get());  // NOLINT: OpenSSL's type
  if (options.insecure || verified == X509_V_OK) return Judge(ssl.get(), result);
  ERR_clear_error();
  return Trouble(
      fmt::format("its certificate will not do: {}; --cacert names the file of its CA, and "
                  "--insecure takes any",
                  X509_verify_cert_error_string(verified)));
}

absl::Status TlsStream::Write(std::string_view bytes) {
  ERR_clear_error();
  size_t done = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &done);
  return result == 1 ? absl::OkStatus() : Judge(ssl_.get(), result);
}

absl::StatusOr<std::string> TlsStream::Read() {
  ERR_clear_error();
  std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> room;
  size_t got = 0;
  const int result = SSL_read_ex(ssl_.get(), room.data(), room.size(), &got);
  if (result != 1) return Judge(ssl_.get(), result);
  return std::string(room.data(), got);
}

}  // namespace kindred
