#ifndef KINDRED_TOOLS_REDIS_CLIENT_H_
#define KINDRED_TOOLS_REDIS_CLIENT_H_

// One blocking conversation with a server, over hiredis: for the admin subcommands. Like redis-cli
// it logs in with the password in the environment's REDISCLI_AUTH, if there is one, as the default
// user. One thread.

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/tls_stream.h"

namespace kindred {

struct HostAndPort {
  std::string host;
  int port = 0;
};

// "127.0.0.1:7001", "[::1]:7001", ":7001" or "7001": without a host it is this machine.
absl::StatusOr<HostAndPort> ParseHostAndPort(std::string_view text);

class RedisClient {
 public:
  using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

  // For the connection and for each reply. An error is one sentence.
  static absl::StatusOr<RedisClient> Connect(const HostAndPort& address, int timeout_ms,
                                             const TlsOptions& tls = {});

  // The reply, error replies too; an error if there is none.
  absl::StatusOr<Reply> Ask(const std::vector<std::string>& args);

  // The same for a command that answers with a string: an error reply is an error.
  absl::StatusOr<std::string> AskText(const std::vector<std::string>& args);

 private:
  using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
  RedisClient(Context context, std::string name)
      : context_(std::move(context)), name_(std::move(name)) {}

  absl::StatusOr<Reply> AskByTls(std::string_view command);

  Context context_;
  std::optional<TlsStream> tls_;  // over context_'s socket
  std::string name_;
};

// The value of "name:value" in a text of such lines; empty if there is none.
std::string FieldOf(std::string_view text, std::string_view name);
int64_t NumberOf(std::string_view text, std::string_view name);  // 0 if there is none

}  // namespace kindred

#endif  // KINDRED_TOOLS_REDIS_CLIENT_H_
