// hiredis's asynchronous interface, driven by libuv: callbacks in order, connections that are
// closed by either side, monitoring.

#include <hiredis/adapters/libuv.h>
#include <hiredis/async.h>
#include <uv.h>

#include <functional>
#include <string>
#include <vector>

#include "compat.h"

namespace kindred::compat {
namespace {

constexpr uint64_t kPatienceMs = 20'000;

// A loop with one asynchronous connection, which hiredis frees after its end. Until() runs the loop
// for as long as that is not so.
class Async {
 public:
  Async() {
    uv_loop_init(&loop_);
    uv_timer_init(&loop_, &timer_);
    context_ = redisAsyncConnect(Host().c_str(), Port());
    Holds(context_ != nullptr && context_->err == 0, "there is a connection");
    context_->data = this;
    redisLibuvAttach(context_, &loop_);
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
      Self(context)->connected_ = status == REDIS_OK;
    });
    redisAsyncSetDisconnectCallback(
        context_, [](const redisAsyncContext* context, int) { Self(context)->context_ = nullptr; });
  }
  Async(const Async&) = delete;

  ~Async() {
    if (context_ != nullptr) redisAsyncFree(context_);
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
  }

  // Its reply, or replies (MONITOR), will be collected in replies().
  void Send(const std::vector<std::string>& arguments) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const std::string& argument : arguments) {
      texts.push_back(argument.data());
      sizes.push_back(argument.size());
    }
    const auto collect = [](redisAsyncContext* context, void* reply, void*) {
      // No reply: the connection has ended before it came.
      Self(context)->replies_.push_back(reply == nullptr ? "(none)"
                                                         : Show(*static_cast<redisReply*>(reply)));
    };
    Holds(redisAsyncCommandArgv(context_, collect, nullptr, static_cast<int>(arguments.size()),
                                texts.data(), sizes.data()) == REDIS_OK,
          "the command is taken");
  }

  void Until(const std::function<bool()>& condition, std::string_view what) {
    bool late = false;
    timer_.data = &late;
    uv_timer_start(
        &timer_, [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; }, kPatienceMs,
        0);
    while (!condition() && !late) uv_run(&loop_, UV_RUN_ONCE);
    uv_timer_stop(&timer_);
    Holds(condition(), what);
  }

  void Expect(const std::vector<std::string>& replies) {
    Until([&] { return replies_.size() >= replies.size(); }, "all replies come");
    for (size_t i = 0; i < replies.size(); ++i) Equal(replies_[i], replies[i]);
    replies_.clear();
  }

  bool connected() const { return connected_; }
  bool ended() const { return context_ == nullptr; }
  redisAsyncContext* context() { return context_; }
  std::vector<std::string>& replies() { return replies_; }

 private:
  static Async* Self(const redisAsyncContext* context) {
    return static_cast<Async*>(context->data);
  }

  uv_loop_t loop_;
  uv_timer_t timer_;
  redisAsyncContext* context_;
  bool connected_ = false;
  std::vector<std::string> replies_;
};

void CallbacksInOrder() {
  constexpr int kCommands = 1'000;
  Async client;
  const std::string key = Key("k");
  std::vector<std::string> expected;
  for (int i = 0; i < kCommands; ++i) {
    const std::string number = std::to_string(i);
    client.Send({"SET", key + number, number});
    client.Send({"GET", key + number});
    expected.insert(expected.end(), {"OK", '"' + number + '"'});
  }
  client.Expect(expected);
  Holds(client.connected(), "the connection was told");
}

void AskedInCallbacks() {
  // Each reply asks for the next: a round trip for every command.
  Async client;
  const std::string key = Key("k");
  for (int i = 1; i <= 20; ++i) {
    client.Send({"INCR", key});
    client.Expect({"(integer) " + std::to_string(i)});
  }
}

void ErrorsAndBinaryData() {
  Async client;
  const std::string key = Key("k");
  client.Send({"SET", key, EachByte()});
  client.Send({"INCR", key});
  client.Send({"GET", key});
  client.Send({"GET", key + "none"});
  client.Expect({"OK", "(error) ERR value is not an integer or out of range",
                 '"' + EachByte() + '"', "(nil)"});
}

void DisconnectWaitsForReplies() {
  Async client;
  const std::string key = Key("k");
  for (int i = 0; i < 200; ++i) client.Send({"INCR", key});
  redisAsyncDisconnect(client.context());
  client.Until([&] { return client.ended(); }, "the connection ends");
  Equal(std::to_string(client.replies().size()), "200");
  Equal(client.replies().back(), "(integer) 200");
}

void ClosedByTheServer() {
  Async client;
  client.Send({"QUIT"});
  client.Until([&] { return client.ended(); }, "the connection ends");
  Equal(client.replies().front(), "OK");
}

void KilledWhileIdle() {
  Async client;
  client.Send({"CLIENT", "ID"});
  client.Until([&] { return client.replies().size() == 1; }, "its id comes");
  const std::string id = client.replies().front().substr(std::string("(integer) ").size());
  Equal(Connection()({"CLIENT", "KILL", "ID", id}), "(integer) 1");
  client.Until([&] { return client.ended(); }, "the connection ends");
}

void Monitoring() {
  Async client;
  const std::string key = Key("k");
  client.Send({"MONITOR"});
  client.Until([&] { return !client.replies().empty(); }, "MONITOR is answered");
  Equal(Connection()({"SET", key, "v"}), "OK");
  const std::string told = "\"SET\" \"" + key + "\" \"v\"";
  client.Until([&] { return client.replies().back().ends_with(told); }, "the command is told");
}

}  // namespace
}  // namespace kindred::compat

int main() {
  using namespace kindred::compat;
  return Run({
      {"callbacks come in order", CallbacksInOrder},
      {"one command after the other", AskedInCallbacks},
      {"errors and binary data", ErrorsAndBinaryData},
      {"redisAsyncDisconnect waits for replies", DisconnectWaitsForReplies},
      {"closed by the server", ClosedByTheServer},
      {"killed while idle", KilledWhileIdle},
      {"MONITOR", Monitoring},
  });
}
