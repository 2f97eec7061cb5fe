#ifndef KINDRED_REDIS_COMPAT_TESTS_HIREDIS_COMPAT_H_
#define KINDRED_REDIS_COMPAT_TESTS_HIREDIS_COMPAT_H_

// What the hiredis programs share: cases, a blocking connection, and the report that the runner
// reads. One thread. A case that goes another way than it should ends with a Failure, which is
// reported; the next case runs nevertheless.

#include <hiredis/hiredis.h>

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::compat {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void Equal(std::string_view actual, std::string_view expected);
void Holds(bool condition, std::string_view what);

// The server in question, as the runner names it in the environment.
std::string Host();
int Port();

// A key that no other case and no other run uses.
std::string Key(std::string_view name);

// All 256 bytes: what is not safe for binary data breaks at one of them.
std::string EachByte();

// A reply in one line: OK, "text", (integer) 1, (nil), (error) ERR ..., [a, b].
std::string Show(const redisReply& reply);

using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

// A blocking connection. Whatever is not about the reply (nothing answers, the connection is
// closed) is a Failure.
class Connection {
 public:
  Connection();

  // One command and its reply as Show() tells it. The arguments may be any bytes.
  std::string operator()(const std::vector<std::string>& arguments);

  // For pipelines: what is appended is sent when the first reply is asked for.
  void Append(const std::vector<std::string>& arguments);
  Reply Next();

  // REQUIRES: the server closes the connection without another reply.
  void ExpectEnd();
  void Reconnect();

  redisContext* context() { return context_.get(); }

 private:
  std::unique_ptr<redisContext, decltype(&redisFree)> context_;
};

struct Case {
  const char* title;
  void (*body)();
};

// Runs all cases on an emptied server and reports each; what main() returns.
int Run(std::initializer_list<Case> cases);

}  // namespace kindred::compat

#endif  // KINDRED_REDIS_COMPAT_TESTS_HIREDIS_COMPAT_H_
