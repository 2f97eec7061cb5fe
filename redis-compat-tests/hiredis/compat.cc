#include "compat.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>

namespace kindred::compat {
namespace {

constexpr timeval kPatience{20, 0};

int case_number = 0;

std::string Environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

std::set<std::string> TitlesToSkip() {
  std::set<std::string> titles;
  std::istringstream lines(Environment("COMPAT_SKIP", ""));
  for (std::string line; std::getline(lines, line);) titles.insert(line);
  return titles;
}

// Long values would bury what a failed case has to say.
std::string Shortened(std::string_view text) {
  constexpr size_t kShown = 300;
  if (text.size() <= kShown) return std::string(text);
  return std::string(text.substr(0, kShown)) + "... (" + std::to_string(text.size()) + " bytes)";
}

void RunCase(const Case& it) {
  ++case_number;
  try {
    it.body();
    std::printf("ok %s\n", it.title);
  } catch (const Failure& failure) {
    std::printf("FAIL %s\n    %s\n", it.title, failure.what());
  }
}

}  // namespace

void Equal(std::string_view actual, std::string_view expected) {
  if (actual == expected) return;
  throw Failure("expected " + Shortened(expected) + ", got " + Shortened(actual));
}

void Holds(bool condition, std::string_view what) {
  if (!condition) throw Failure("does not hold: " + std::string(what));
}

std::string Host() { return Environment("COMPAT_HOST", "127.0.0.1"); }

int Port() { return std::atoi(Environment("COMPAT_PORTS", "6379").c_str()); }

std::string Key(std::string_view name) {
  return "h" + std::to_string(getpid()) + ":" + std::to_string(case_number) + ":" +
         std::string(name);
}

std::string EachByte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

std::string Show(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
      return '"' + std::string(reply.str, reply.len) + '"';
    case REDIS_REPLY_STATUS:
      return {reply.str, reply.len};
    case REDIS_REPLY_ERROR:
      return "(error) " + std::string(reply.str, reply.len);
    case REDIS_REPLY_INTEGER:
      return "(integer) " + std::to_string(reply.integer);
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_ARRAY: {
      std::string shown = "[";
      for (size_t i = 0; i < reply.elements; ++i) {
        shown += (i == 0 ? "" : ", ") + Show(*reply.element[i]);
      }
      return shown + "]";
    }
    default:
      throw Failure("a reply of type " + std::to_string(reply.type));
  }
}

Connection::Connection()
    : context_(redisConnectWithTimeout(Host().c_str(), Port(), kPatience), &redisFree) {
  Holds(context_ != nullptr && context_->err == 0, "there is a connection");
  Holds(redisSetTimeout(context_.get(), kPatience) == REDIS_OK, "it has a timeout");
}

std::string Connection::operator()(const std::vector<std::string>& arguments) {
  Append(arguments);
  return Show(*Next());
}

void Connection::Append(const std::vector<std::string>& arguments) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const std::string& argument : arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  const int count = static_cast<int>(arguments.size());
  Holds(redisAppendCommandArgv(context_.get(), count, texts.data(), sizes.data()) == REDIS_OK,
        "the command can be appended");
}

Reply Connection::Next() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
    throw Failure(std::string("no reply: ") + context_->errstr);
  }
  return {static_cast<redisReply*>(reply), &freeReplyObject};
}

void Connection::ExpectEnd() {
  void* reply = nullptr;
  Holds(redisGetReply(context_.get(), &reply) == REDIS_ERR && context_->err == REDIS_ERR_EOF,
        "the server closes the connection");
}

void Connection::Reconnect() {
  Holds(redisReconnect(context_.get()) == REDIS_OK, "the connection is there again");
}

int Run(std::initializer_list<Case> cases) {
  // Each line is there at once, also when the runner has to end this program.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::set<std::string> skips = TitlesToSkip();
  try {
    Equal(Connection()({"FLUSHALL"}), "OK");
  } catch (const Failure& failure) {
    std::printf("FAIL the server is empty\n    %s\n", failure.what());
    return 0;
  }
  for (const Case& it : cases) {
    if (skips.contains(it.title)) {
      std::printf("skip %s\n", it.title);
    } else {
      RunCase(it);
    }
  }
  return 0;
}

}  // namespace kindred::compat
