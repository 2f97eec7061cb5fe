#ifndef KINDRED_TOOLS_TLS_STREAM_H_
#define KINDRED_TOOLS_TLS_STREAM_H_

// The client's side of TLS over a blocking socket, for the admin subcommands. Like redis-cli it
// wants a certificate of the CA, and does not compare the name in it with the address. One thread.

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct ssl_st;

namespace kindred {

// The options of redis-cli that have these names.
struct TlsOptions {
  bool tls = false;
  std::string cacert;  // a file; empty: the CAs of the system
  std::string cert;
  std::string key;
  std::string sni;
  bool insecure = false;  // any certificate of the server will do
};

class TlsStream {
 public:
  // Shakes hands over `fd`, which has its own timeouts and outlives the stream. Like the errors of
  // the others, this one's says what is wrong and what to do, but not with whom.
  static absl::StatusOr<TlsStream> Connect(int fd, const TlsOptions& options);

  absl::Status Write(std::string_view bytes);
  // What arrives next: at least a byte.
  absl::StatusOr<std::string> Read();

 private:
  using Ssl = std::unique_ptr<ssl_st, void (*)(ssl_st*)>;
  explicit TlsStream(Ssl ssl) : ssl_(std::move(ssl)) {}

  Ssl ssl_;
};

}  // namespace kindred

#endif  // KINDRED_TOOLS_TLS_STREAM_H_
