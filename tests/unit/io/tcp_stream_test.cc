#include "io/tcp_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>

#include "tests/unit/io/temporary_directory.h"
#include "tests/unit/io/tls_fixture.h"

namespace kindred {
namespace {

constexpr uint64_t kPatienceMs = 20000;

// One end of a connection, which remembers what has happened to it.
class End : private TcpStream::Owner {
 public:
  End(uv_loop_t* loop, ReadBuffer& buffer) {
    stream = std::make_unique<TcpStream>(loop, buffer, static_cast<TcpStream::Owner&>(*this));
  }

  void Say(std::string bytes) { stream->Send(&bytes); }

  std::unique_ptr<TcpStream> stream;
  bool connected = false;
  std::string heard;
  int reads = 0;
  int ended = 0;  // the error
  bool sent = false;
  std::function<void()> on_bytes = [] {};

 private:
  void OnConnected(int error) override { connected = error == 0; }
  void OnBytes(std::string_view bytes) override {
    heard.append(bytes);
    ++reads;
    on_bytes();
  }
  void OnEnd(int error) override { ended = error; }
  void OnSent() override { sent = true; }
};

// Two ends of one connection on one loop: `a_` has dialed, `b_` was accepted. Both with TLS, plain
// where the test says so.
class TcpStreamTest : public testing::TestWithParam<bool> {
 protected:
  TcpStreamTest() {
    uv_loop_init(&loop_);
    EXPECT_TRUE(tls_.Configure(SettingsOf(directory_.path(), "node", ca_)).ok());
  }
  ~TcpStreamTest() override {
    a_.reset();
    b_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }

  // Dials ourselves; returns the accepted socket.
  int Dial(std::unique_ptr<TlsSession> tls) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener, any, size), 0);
    EXPECT_EQ(listen(listener, 1), 0);
    getsockname(listener, any, &size);
    a_ = std::make_unique<End>(&loop_, buffer_);
    EXPECT_EQ(a_->stream->Connect(any, std::move(tls)), 0);
    const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    close(listener);
    return accepted;
  }
  void Connect() {
    const int socket = Dial(GetParam() ? tls_.ToPeer() : nullptr);
    b_ = std::make_unique<End>(&loop_, buffer_);
    EXPECT_EQ(b_->stream->Open(socket, GetParam() ? tls_.FromPeer() : nullptr), 0);
    b_->stream->StartReading();
    Until([this] { return a_->connected; });
    a_->stream->StartReading();
  }

  // Turns of the loop until it is so, or until it is clear that it will not be.
  void Until(const std::function<bool()>& done) {
    bool late = false;
    uv_timer_t limit;
    uv_timer_init(&loop_, &limit);
    limit.data = &late;
    const auto on_limit = [](uv_timer_t* timer) { *static_cast<bool*>(timer->data) = true; };
    uv_timer_start(&limit, on_limit, kPatienceMs, 0);
    while (!late && !done()) uv_run(&loop_, UV_RUN_ONCE);
    EXPECT_TRUE(done());
    uv_close(reinterpret_cast<uv_handle_t*>(&limit), nullptr);
    uv_run(&loop_, UV_RUN_NOWAIT);
  }

  TemporaryDirectory directory_;
  const Signed ca_{"the CA", nullptr};
  TlsContext tls_;
  uv_loop_t loop_;
  ReadBuffer buffer_;
  std::unique_ptr<End> a_, b_;
};

INSTANTIATE_TEST_SUITE_P(PlainAndTls, TcpStreamTest, testing::Bool(),
                         [](const auto& tls) { return tls.param ? "Tls" : "Plain"; });

TEST_P(TcpStreamTest, BytesGoBothWays) {
  Connect();
  a_->Say("PING");
  Until([this] { return b_->heard == "PING"; });
  b_->Say("PONG");
  Until([this] { return a_->heard == "PONG"; });
  EXPECT_EQ(a_->stream->unsent_bytes(), 0u);
}

TEST_P(TcpStreamTest, WhatTheOtherSideDoesNotTakeIsCountedAndSentLater) {
  Connect();
  b_->stream->StopReading();
  const std::string large(30'000'000, 'x');
  a_->Say(large);
  a_->Say(large);
  EXPECT_GT(a_->stream->unsent_bytes(), large.size());
  // Nobody reads: turns pass, and nothing comes.
  for (int i = 0; i < 20; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
  EXPECT_EQ(b_->reads, 0);
  EXPECT_FALSE(a_->sent);
  b_->stream->StartReading();
  Until([&] { return b_->heard.size() == 2 * large.size(); });
  Until([this] { return a_->sent; });
  EXPECT_EQ(a_->stream->unsent_bytes(), 0u);
}

TEST_P(TcpStreamTest, WhoeverStopsToReadHearsNothingUntilItGoesOn) {
  Connect();
  b_->on_bytes = [this] { b_->stream->StopReading(); };
  a_->Say(std::string(1'000'000, 'x'));
  for (size_t reads = 1; b_->heard.size() < 1'000'000; ++reads) {
    Until([&] { return b_->reads == static_cast<int>(reads); });
    for (int i = 0; i < 5; ++i) uv_run(&loop_, UV_RUN_NOWAIT);
    ASSERT_EQ(b_->reads, static_cast<int>(reads));
    b_->stream->StartReading();
  }
}

TEST_P(TcpStreamTest, AnEndIsAnEndAndNoError) {
  Connect();
  a_->Say("bye");
  a_->stream.reset();
  Until([this] { return b_->ended != 0; });
  EXPECT_EQ(b_->heard, "bye");
  EXPECT_EQ(b_->ended, UV_EOF);
  EXPECT_EQ(b_->stream->tls_error(), "");
}

TEST_P(TcpStreamTest, AStreamThatGoesInItsOwnCallbackIsGone) {
  Connect();
  b_->on_bytes = [this] { b_->stream.reset(); };
  a_->Say("PING");
  Until([this] { return a_->ended != 0; });
  EXPECT_EQ(b_->reads, 1);
}

TEST_P(TcpStreamTest, ASocketTakesItsTlsAlongToAnotherStream) {
  Connect();
  a_->Say("hello");
  Until([this] { return b_->heard == "hello"; });
  std::unique_ptr<TlsSession> tls;
  const int socket = b_->stream->TakeSocket(&tls);
  ASSERT_GE(socket, 0);
  EXPECT_EQ(tls != nullptr, GetParam());
  a_->Say(" again");
  b_ = std::make_unique<End>(&loop_, buffer_);
  EXPECT_EQ(b_->stream->Open(socket, std::move(tls)), 0);
  b_->Say("welcome");
  b_->stream->StartReading();
  Until([this] { return b_->heard == " again" && a_->heard == "welcome"; });
  EXPECT_EQ(a_->ended, 0) << "the old stream has said nothing about its end";
}

using TcpStreamTlsTest = TcpStreamTest;
INSTANTIATE_TEST_SUITE_P(Tls, TcpStreamTlsTest, testing::Values(true));

TEST_P(TcpStreamTlsTest, AFailedHandshakeIsAnEndThatSaysWhy) {
  const Signed other("another CA", nullptr);
  TlsContext foreign;
  ASSERT_TRUE(foreign.Configure(SettingsOf(directory_.path(), "foreign", other)).ok());
  const int socket = Dial(foreign.ToPeer());
  b_ = std::make_unique<End>(&loop_, buffer_);
  EXPECT_EQ(b_->stream->Open(socket, tls_.FromPeer()), 0);
  b_->stream->StartReading();
  EXPECT_TRUE(b_->stream->handshaking());
  Until([this] { return a_->ended != 0 && b_->ended != 0; });
  EXPECT_FALSE(a_->connected);
  EXPECT_EQ(a_->ended, UV_EPROTO);
  EXPECT_NE(a_->stream->tls_error(), "");
  EXPECT_EQ(b_->ended, UV_EPROTO);
  EXPECT_EQ(b_->stream->tls_error(), "tlsv1 alert unknown ca") << "the alert has come";
  EXPECT_EQ(b_->heard, "");
}

TEST_P(TcpStreamTlsTest, WhatIsSentBeforeTheHandshakeIsCountedAndSentAfterIt) {
  const int socket = Dial(tls_.ToPeer());
  b_ = std::make_unique<End>(&loop_, buffer_);
  EXPECT_EQ(b_->stream->Open(socket, tls_.FromPeer()), 0);
  b_->Say("early");
  EXPECT_EQ(b_->stream->unsent_bytes(), 5u);
  b_->stream->StartReading();
  Until([this] { return a_->heard == "early" && b_->sent; });
  EXPECT_EQ(b_->stream->unsent_bytes(), 0u);
}

}  // namespace
}  // namespace kindred
