#ifndef KINDRED_IO_TLS_CONTEXT_H_
#define KINDRED_IO_TLS_CONTEXT_H_

// Certificates, keys and what else all TLS connections of the process have in common. It can be
// configured again at any time: connections that exist keep what they were made with, later ones
// get the new. TLS 1.2 and 1.3 only, no renegotiation, no compression.
//
// A certificate of the CA that holds at the moment makes a client, and a peer; names in
// certificates are not looked at. Sessions are resumed by clients' tickets only, never by peers',
// and no ticket is worth anything after a change.
//
// Any thread.

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "io/tls_session.h"
#include "server/config.h"

struct ssl_ctx_st;

namespace kindred {

// The options tls-*.
struct TlsSettings {
  enum class AuthClients : uint8_t { kNo, kOptional, kYes };

  std::string cert_file;
  std::string key_file;
  std::string key_file_pass;
  std::string ca_cert_file;
  std::string ca_cert_dir;
  AuthClients auth_clients = AuthClients::kYes;
  bool peers = false;  // tls-cluster
  std::string protocols;
  std::string ciphers;
  std::string ciphersuites;
  bool prefer_server_ciphers = false;
};

TlsSettings TlsSettingsOf(const Config& config);

class TlsContext {
 public:
  TlsContext() = default;
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Reads the files. InvalidArgument with one sentence that names the option; then all stays as it
  // was.
  absl::Status Configure(const TlsSettings& settings);

  // For a client that connects, a peer that connects, and a peer that is dialed.
  // REQUIRES: Configure has succeeded once
  std::unique_ptr<TlsSession> ForClient() const;
  std::unique_ptr<TlsSession> FromPeer() const;
  std::unique_ptr<TlsSession> ToPeer() const;

 private:
  // A new SSL of the context that holds now.
  ssl_st* New() const;

  mutable std::mutex mutex_;
  ssl_ctx_st* context_ = nullptr;  // guarded by mutex_
};

}  // namespace kindred

#endif  // KINDRED_IO_TLS_CONTEXT_H_
