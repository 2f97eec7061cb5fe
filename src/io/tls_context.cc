#include "io/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "fmt/format.h"

namespace kindred {
namespace {

using NewContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

absl::Status Refuse(std::string sentence) { return absl::InvalidArgumentError(sentence); }

absl::Status RefuseFile(std::string_view option, const std::string& file) {
  return Refuse(fmt::format("{} {} cannot be used: {}", option, file, TakeTlsErrors()));
}

// Without it OpenSSL would ask whoever has started the server.
int TellPassword(char* into, int size, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  if (text.size() > static_cast<size_t>(size)) return 0;
  std::memcpy(into, text.data(), text.size());
  return static_cast<int>(text.size());
}

absl::Status UseProtocols(SSL_CTX* context, const std::string& protocols) {
  bool v12 = protocols.empty();
  bool v13 = protocols.empty();
  for (absl::string_view word : absl::StrSplit(protocols, ' ', absl::SkipEmpty())) {
    const std::string lower = absl::AsciiStrToLower(word);
    if (lower == "tlsv1.2") {
      v12 = true;
    } else if (lower == "tlsv1.3") {
      v13 = true;
    } else {
      return Refuse(
          fmt::format("tls-protocols is '{}', but can only be of TLSv1.2 and TLSv1.3", protocols));
    }
  }
  if (!v12 && !v13) return Refuse("tls-protocols names no protocol");
  SSL_CTX_set_min_proto_version(context, v12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, v13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  return absl::OkStatus();
}

absl::Status UseCiphers(SSL_CTX* context, const TlsSettings& settings) {
  if (!settings.ciphers.empty() &&
      SSL_CTX_set_cipher_list(context, settings.ciphers.c_str()) != 1) {
    return Refuse(
        fmt::format("tls-ciphers '{}' cannot be used: {}", settings.ciphers, TakeTlsErrors()));
  }
  if (!settings.ciphersuites.empty() &&
      SSL_CTX_set_ciphersuites(context, settings.ciphersuites.c_str()) != 1) {
    return Refuse(fmt::format("tls-ciphersuites '{}' cannot be used: {}", settings.ciphersuites,
                              TakeTlsErrors()));
  }
  if (settings.prefer_server_ciphers) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  SSL_CTX_set_dh_auto(context, 1);
  return absl::OkStatus();
}

absl::Status UseCertificate(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.cert_file.empty()) return Refuse("TLS needs a certificate: set tls-cert-file");
  if (settings.key_file.empty()) return Refuse("TLS needs the certificate's key: set tls-key-file");
  if (SSL_CTX_use_certificate_chain_file(context, settings.cert_file.c_str()) != 1) {
    return RefuseFile("tls-cert-file", settings.cert_file);
  }
  std::string password = settings.key_file_pass;
  SSL_CTX_set_default_passwd_cb(context, TellPassword);
  SSL_CTX_set_default_passwd_cb_userdata(context, &password);
  const int used =
      SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  if (used != 1) return RefuseFile("tls-key-file", settings.key_file);
  if (SSL_CTX_check_private_key(context) != 1) {
    return Refuse(fmt::format("tls-key-file {} does not fit tls-cert-file {}: {}",
                              settings.key_file, settings.cert_file, TakeTlsErrors()));
  }
  return absl::OkStatus();
}

absl::Status UseAuthorities(SSL_CTX* context, const TlsSettings& settings) {
  const bool asked = settings.auth_clients != TlsSettings::AuthClients::kNo || settings.peers;
  if (settings.ca_cert_file.empty() && settings.ca_cert_dir.empty()) {
    if (!asked) return absl::OkStatus();
    return Refuse(
        "tls-ca-cert-file or tls-ca-cert-dir has to be set where certificates are asked for: with "
        "tls-cluster, and unless tls-auth-clients is no");
  }
  if (!settings.ca_cert_file.empty() &&
      SSL_CTX_load_verify_file(context, settings.ca_cert_file.c_str()) != 1) {
    return RefuseFile("tls-ca-cert-file", settings.ca_cert_file);
  }
  if (!settings.ca_cert_dir.empty() &&
      SSL_CTX_load_verify_dir(context, settings.ca_cert_dir.c_str()) != 1) {
    return RefuseFile("tls-ca-cert-dir", settings.ca_cert_dir);
  }
  return absl::OkStatus();
}

int VerifyModeOf(TlsSettings::AuthClients auth) {
  switch (auth) {
    case TlsSettings::AuthClients::kNo:
      return SSL_VERIFY_NONE;
    case TlsSettings::AuthClients::kOptional:
      return SSL_VERIFY_PEER;
    case TlsSettings::AuthClients::kYes:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

// A session that a client without a certificate has made must not be resumed where one is asked
// for: OpenSSL looks at nothing but this name.
void NameSessions(SSL* ssl, std::string_view name) {
  SSL_set_session_id_context(ssl, reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<unsigned>(name.size()));
}

void MakePeer(SSL* ssl) {
  SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_set_options(ssl, SSL_OP_NO_TICKET);
  SSL_set_num_tickets(ssl, 0);
  NameSessions(ssl, "kindred peers");
}

}  // namespace

TlsSettings TlsSettingsOf(const Config& config) {
  TlsSettings settings;
  settings.cert_file = config.GetText("tls-cert-file");
  settings.key_file = config.GetText("tls-key-file");
  settings.key_file_pass = config.GetText("tls-key-file-pass");
  settings.ca_cert_file = config.GetText("tls-ca-cert-file");
  settings.ca_cert_dir = config.GetText("tls-ca-cert-dir");
  const std::string& auth = config.GetText("tls-auth-clients");
  settings.auth_clients = auth == "no"         ? TlsSettings::AuthClients::kNo
                          : auth == "optional" ? TlsSettings::AuthClients::kOptional
                                               : TlsSettings::AuthClients::kYes;
  settings.peers = config.GetBool("tls-cluster");
  settings.protocols = config.GetText("tls-protocols");
  settings.ciphers = config.GetText("tls-ciphers");
  settings.ciphersuites = config.GetText("tls-ciphersuites");
  settings.prefer_server_ciphers = config.GetBool("tls-prefer-server-ciphers");
  return settings;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

absl::Status TlsContext::Configure(const TlsSettings& settings) {
  ERR_clear_error();
  // One for both roles; each session is told its own.
  NewContext made(SSL_CTX_new(TLS_method()), &SSL_CTX_free);
  CHECK(made != nullptr);
  SSL_CTX* context = made.get();
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Memory of a connection that is silent; buffers may move between two calls.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, VerifyModeOf(settings.auth_clients), nullptr);
  for (const absl::Status& status :
       {UseProtocols(context, settings.protocols), UseCiphers(context, settings),
        UseCertificate(context, settings), UseAuthorities(context, settings)}) {
    if (!status.ok()) return status;
  }
  std::lock_guard lock(mutex_);
  SSL_CTX_free(context_);
  context_ = made.release();
  return absl::OkStatus();
}

ssl_st* TlsContext::New() const {
  std::lock_guard lock(mutex_);
  CHECK(context_ != nullptr);
  SSL* ssl = SSL_new(context_);
  CHECK(ssl != nullptr);
  return ssl;
}

std::unique_ptr<TlsSession> TlsContext::ForClient() const {
  SSL* ssl = New();
  NameSessions(ssl, "kindred clients");
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsSession>(ssl);
}

std::unique_ptr<TlsSession> TlsContext::FromPeer() const {
  SSL* ssl = New();
  MakePeer(ssl);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsSession>(ssl);
}

std::unique_ptr<TlsSession> TlsContext::ToPeer() const {
  SSL* ssl = New();
  MakePeer(ssl);
  SSL_set_connect_state(ssl);
  return std::make_unique<TlsSession>(ssl);
}

}  // namespace kindred
