#include "tools/redis_client.h"

#include <cstdlib>
#include <utility>

#include "base/number.h"
#include "fmt/format.h"

namespace kindred {
namespace {

constexpr const char* kPasswordVariable = "REDISCLI_AUTH";

// What to do about an error of a server that has a password.
std::string_view HintFor(std::string_view error) {
  if (error.starts_with("NOAUTH")) return " Set REDISCLI_AUTH to the default user's password.";
  if (error.starts_with("WRONGPASS")) return " REDISCLI_AUTH is not the default user's password.";
  return "";
}

}  // namespace

absl::StatusOr<HostAndPort> ParseHostAndPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const auto port = ParseInt64(digits);
  if (!port || *port < 1 || *port > 65535) {
    return absl::InvalidArgumentError(fmt::format("{} is no HOST:PORT", text));
  }
  return HostAndPort{host.empty() ? "127.0.0.1" : std::string(host), static_cast<int>(*port)};
}

absl::StatusOr<RedisClient> RedisClient::Connect(const HostAndPort& address, int timeout_ms,
                                                 const TlsOptions& tls) {
  const std::string name = fmt::format("{}:{}", address.host, address.port);
  const timeval timeout{timeout_ms / 1000, timeout_ms % 1000 * 1000};
  Context context(redisConnectWithTimeout(address.host.c_str(), address.port, timeout), &redisFree);
  if (context == nullptr || context->err != 0) {
    return absl::UnavailableError(fmt::format("{} cannot be reached: {}", name,
                                              context == nullptr ? "no memory" : context->errstr));
  }
  redisSetTimeout(context.get(), timeout);
  RedisClient client(std::move(context), name);
  if (tls.tls) {
    auto stream = TlsStream::Connect(client.context_->fd, tls);
    if (!stream.ok()) {
      return absl::UnavailableError(fmt::format("{} cannot be reached by TLS: {}", name,
                                                std::string(stream.status().message())));
    }
    client.tls_ = *std::move(stream);
  }
  if (const char* password = std::getenv(kPasswordVariable); password != nullptr) {
    const auto login = client.AskText({"AUTH", "default", password});
    if (!login.ok()) return login.status();
  }
  return client;
}

absl::StatusOr<RedisClient::Reply> RedisClient::Ask(const std::vector<std::string>& args) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string& arg : args) {
    texts.push_back(arg.data());
    sizes.push_back(arg.size());
  }
  const int count = static_cast<int>(args.size());
  if (tls_) {
    char* command = nullptr;
    const int size = redisFormatCommandArgv(&command, count, texts.data(), sizes.data());
    const std::unique_ptr<char, decltype(&redisFreeCommand)> owner(command, &redisFreeCommand);
    return AskByTls({command, static_cast<size_t>(size)});
  }
  Reply reply(
      static_cast<redisReply*>(redisCommandArgv(context_.get(), count, texts.data(), sizes.data())),
      &freeReplyObject);
  if (reply != nullptr) return reply;
  // What a port for TLS says to one who does not speak it.
  const bool strange = context_->err == REDIS_ERR_PROTOCOL || context_->err == REDIS_ERR_EOF;
  return absl::UnavailableError(fmt::format("{} does not answer: {}{}", name_, context_->errstr,
                                            strange ? "; if it is a port for TLS, say --tls" : ""));
}

// Debian's hiredis knows no TLS: only its reader is used here.
absl::StatusOr<RedisClient::Reply> RedisClient::AskByTls(std::string_view command) {
  const auto silent = [this](const absl::Status& why) {
    return absl::UnavailableError(
        fmt::format("{} does not answer: {}", name_, std::string(why.message())));
  };
  if (absl::Status sent = tls_->Write(command); !sent.ok()) return silent(sent);
  redisReader& reader = *context_->reader;
  void* reply = nullptr;
  while (redisReaderGetReply(&reader, &reply) == REDIS_OK) {
    if (reply != nullptr) return Reply(static_cast<redisReply*>(reply), &freeReplyObject);
    const auto bytes = tls_->Read();
    if (!bytes.ok()) return silent(bytes.status());
    redisReaderFeed(&reader, bytes->data(), bytes->size());
  }
  return silent(absl::UnavailableError(reader.errstr));
}

absl::StatusOr<std::string> RedisClient::AskText(const std::vector<std::string>& args) {
  auto reply = Ask(args);
  if (!reply.ok()) return reply.status();
  const redisReply& it = **reply;
  std::string text(it.str == nullptr ? "" : it.str, it.str == nullptr ? 0 : it.len);
  if (it.type != REDIS_REPLY_ERROR) return text;
  return absl::UnavailableError(fmt::format("{} answers: {}{}", name_, text, HintFor(text)));
}

std::string FieldOf(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return std::string(line.substr(name.size() + 1));
    }
  }
  return {};
}

int64_t NumberOf(std::string_view text, std::string_view name) {
  return ParseInt64(FieldOf(text, name)).value_or(0);
}

}  // namespace kindred
