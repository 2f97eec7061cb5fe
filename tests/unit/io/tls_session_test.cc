#include "io/tls_session.h"

#include <openssl/ssl.h>

#include "tests/unit/io/temporary_directory.h"
#include "tests/unit/io/tls_fixture.h"

namespace kindred {
namespace {

using State = TlsSession::State;

// A client of OpenSSL's own making, which need not have a certificate.
class Stranger {
 public:
  explicit Stranger(int version_max = TLS1_3_VERSION) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_, version_max);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
      auto* self = static_cast<Stranger*>(SSL_get_app_data(ssl));
      SSL_SESSION_free(std::exchange(self->ticket_, session));
      return 1;
    });
  }
  ~Stranger() {
    SSL_SESSION_free(ticket_);
    SSL_CTX_free(context_);
  }

  bool has_ticket() const { return ticket_ != nullptr; }
  std::unique_ptr<TlsSession> Dial() {
    ssl_ = SSL_new(context_);
    SSL_set_app_data(ssl_, this);
    if (ticket_ != nullptr) SSL_set_session(ssl_, ticket_);
    SSL_set_connect_state(ssl_);
    return std::make_unique<TlsSession>(ssl_);
  }
  SSL* ssl() { return ssl_; }  // of the last Dial

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  SSL_SESSION* ticket_ = nullptr;
};

class TlsSessionTest : public testing::Test {
 protected:
  TlsSessionTest() {
    EXPECT_TRUE(server_.Configure(settings_).ok());
    EXPECT_TRUE(peer_.Configure(SettingsOf(directory_.path(), "peer", ca_)).ok());
  }

  static std::string Feed(TlsSession& session, std::string_view bytes) {
    static std::string room;
    return std::string(session.Feed(bytes, &room));
  }

  // Carries what each has to say to the other, in pieces, until nobody has anything.
  void Talk(TlsSession& a, TlsSession& b, size_t piece = SIZE_MAX) {
    while (!a.outgoing().empty() || !b.outgoing().empty()) {
      to_b_ += Carry(a, b, piece);
      to_a_ += Carry(b, a, piece);
    }
  }
  static std::string Carry(TlsSession& from, TlsSession& to, size_t piece) {
    std::string plain;
    const std::string bytes = std::exchange(from.outgoing(), std::string());
    for (size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
      plain += Feed(to, std::string_view(bytes).substr(at, piece));
    }
    return plain;
  }
  // The state of the server's side after the conversation.
  State StateWith(TlsSession& client, std::unique_ptr<TlsSession> server) {
    client.Start();
    Talk(client, *server);
    error_ = server->error();
    client.Close();  // or OpenSSL takes its ticket for spoilt
    return server->state();
  }

  TemporaryDirectory directory_;
  const Signed ca_{"the CA", nullptr};
  TlsSettings settings_ = SettingsOf(directory_.path(), "server", ca_);
  TlsContext server_;
  TlsContext peer_;
  std::string to_a_, to_b_;  // decrypted
  std::string error_;
};

TEST_F(TlsSessionTest, BytesComeOutAsTheyWentInHoweverTheyAreCut) {
  for (size_t piece : {size_t{1}, size_t{7}, size_t{16384}, SIZE_MAX}) {
    auto a = peer_.ToPeer();
    auto b = server_.FromPeer();
    to_a_.clear();
    to_b_.clear();
    a->Start();
    Talk(*a, *b, piece);
    ASSERT_EQ(a->state(), State::kOpen);
    ASSERT_EQ(b->state(), State::kOpen);
    a->Write("PING");
    b->Write("PONG");
    Talk(*a, *b, piece);
    EXPECT_EQ(to_b_, "PING");
    EXPECT_EQ(to_a_, "PONG");
  }
}

TEST_F(TlsSessionTest, LargeDataGoesBothWaysAtOnce) {
  auto a = peer_.ToPeer();
  auto b = server_.FromPeer();
  a->Start();
  Talk(*a, *b);
  std::string there(5'000'000, 'x'), back(3'000'001, 'y');
  for (size_t i = 0; i < there.size(); ++i) there[i] = static_cast<char>(i * 7);
  a->Write(there);
  b->Write(back);
  Talk(*a, *b, 65536);
  EXPECT_TRUE(to_b_ == there);
  EXPECT_TRUE(to_a_ == back);
}

TEST_F(TlsSessionTest, WhatIsWrittenEarlyWaitsForTheHandshake) {
  auto a = peer_.ToPeer();
  auto b = server_.FromPeer();
  b->Write("-ERR go away\r\n");
  EXPECT_EQ(b->waiting_bytes(), 14u);
  EXPECT_TRUE(b->outgoing().empty());
  a->Start();
  Talk(*a, *b);
  EXPECT_EQ(b->waiting_bytes(), 0u);
  EXPECT_EQ(to_a_, "-ERR go away\r\n");
}

TEST_F(TlsSessionTest, WhoeverSpeaksSomethingElseFails) {
  for (const char* words : {"*1\r\n$4\r\nPING\r\n", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01zzzz"}) {
    auto server = server_.ForClient();
    EXPECT_EQ(Feed(*server, words), "");
    EXPECT_EQ(server->state(), State::kFailed) << words;
    EXPECT_NE(server->error(), "");
    server->Write("too late");
    EXPECT_EQ(Feed(*server, "and more"), "");
  }
}

TEST_F(TlsSessionTest, ACertificateOfAnotherCaIsRefusedByBothSides) {
  const Signed other("another CA", nullptr);
  TlsSettings settings = SettingsOf(directory_.path(), "foreign", other);
  TlsContext foreign;
  ASSERT_TRUE(foreign.Configure(settings).ok());
  auto a = foreign.ToPeer();
  EXPECT_NE(StateWith(*a, server_.FromPeer()), State::kOpen);
  EXPECT_EQ(a->error(), "certificate verify failed (self-signed certificate in certificate chain)");
  EXPECT_EQ(error_, "tlsv1 alert unknown ca");

  // It trusts us, but we do not trust it.
  settings.ca_cert_file = settings_.ca_cert_file;
  ASSERT_TRUE(foreign.Configure(settings).ok());
  auto b = foreign.ToPeer();
  EXPECT_EQ(StateWith(*b, server_.FromPeer()), State::kFailed);
  EXPECT_EQ(error_, "certificate verify failed (unable to get local issuer certificate)");
  EXPECT_EQ(b->error(), "tlsv1 alert unknown ca");
}

TEST_F(TlsSessionTest, ClientsNeedACertificateAsTheOptionSays) {
  Stranger stranger;
  EXPECT_EQ(StateWith(*stranger.Dial(), server_.ForClient()), State::kFailed);
  EXPECT_EQ(error_, "peer did not return a certificate");
  for (auto auth : {TlsSettings::AuthClients::kNo, TlsSettings::AuthClients::kOptional}) {
    settings_.auth_clients = auth;
    ASSERT_TRUE(server_.Configure(settings_).ok());
    EXPECT_EQ(StateWith(*stranger.Dial(), server_.ForClient()), State::kOpen);
    EXPECT_EQ(StateWith(*peer_.ToPeer(), server_.ForClient()), State::kOpen);
    EXPECT_EQ(StateWith(*stranger.Dial(), server_.FromPeer()), State::kFailed) << "peers always";
  }
}

TEST_F(TlsSessionTest, ATicketOfAClientWithoutCertificateIsWorthNothingToAPeer) {
  settings_.auth_clients = TlsSettings::AuthClients::kOptional;
  ASSERT_TRUE(server_.Configure(settings_).ok());
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Stranger stranger(version);
    EXPECT_EQ(StateWith(*stranger.Dial(), server_.ForClient()), State::kOpen);
    ASSERT_TRUE(stranger.has_ticket());
    auto again = stranger.Dial();
    EXPECT_EQ(StateWith(*again, server_.ForClient()), State::kOpen);
    EXPECT_EQ(SSL_session_reused(stranger.ssl()), 1) << "for clients it is";
    EXPECT_EQ(StateWith(*stranger.Dial(), server_.FromPeer()), State::kFailed);
  }
}

TEST_F(TlsSessionTest, OldVersionsAndRenegotiationAreRefused) {
  settings_.auth_clients = TlsSettings::AuthClients::kNo;
  ASSERT_TRUE(server_.Configure(settings_).ok());
  Stranger old(TLS1_1_VERSION);
  EXPECT_NE(StateWith(*old.Dial(), server_.ForClient()), State::kOpen);

  Stranger stranger(TLS1_2_VERSION);
  auto client = stranger.Dial();
  auto server = server_.ForClient();
  client->Start();
  Talk(*client, *server);
  ASSERT_EQ(server->state(), State::kOpen);
  SSL_renegotiate(stranger.ssl());
  client->Start();
  Talk(*client, *server);
  EXPECT_EQ(client->state(), State::kFailed);
  EXPECT_EQ(client->error(), "no renegotiation");
}

TEST_F(TlsSessionTest, OneSideMayEndAndStillListen) {
  auto a = peer_.ToPeer();
  auto b = server_.FromPeer();
  a->Start();
  Talk(*a, *b);
  a->Write("the last");
  a->Close();
  Talk(*a, *b);
  EXPECT_EQ(to_b_, "the last");
  EXPECT_EQ(b->state(), State::kEnded);
  b->Write("the answer");
  Talk(*a, *b);
  EXPECT_EQ(to_a_, "the answer");
}

TEST_F(TlsSessionTest, AnEndInTheMiddleOfTheHandshakeIsAnErrorIfAnythingWasSaid) {
  auto silent = server_.ForClient();
  silent->OnEof();
  EXPECT_EQ(silent->error(), "");
  auto client = peer_.ToPeer();
  auto server = server_.ForClient();
  client->Start();
  Feed(*server, std::string_view(client->outgoing()).substr(0, 20));
  server->OnEof();
  EXPECT_EQ(server->error(), "the other side has closed the connection");
}

TEST_F(TlsSessionTest, NewCertificatesAreForNewConnections) {
  settings_.auth_clients = TlsSettings::AuthClients::kNo;
  ASSERT_TRUE(server_.Configure(settings_).ok());
  const auto serial_seen_by = [](Stranger& stranger) {
    const Certificate seen(SSL_get1_peer_certificate(stranger.ssl()), &X509_free);
    return ASN1_INTEGER_get(X509_get0_serialNumber(seen.get()));
  };
  Stranger stranger;
  auto client = stranger.Dial();
  auto server = server_.ForClient();
  client->Start();
  Talk(*client, *server);
  const long before = serial_seen_by(stranger);  // NOLINT: OpenSSL's type

  SettingsOf(directory_.path(), "server", ca_);  // writes new ones into the same files
  ASSERT_TRUE(server_.Configure(settings_).ok());
  client->Write("still here");
  Talk(*client, *server);
  EXPECT_EQ(to_b_, "still here");
  Stranger later;
  auto next = later.Dial();
  EXPECT_EQ(StateWith(*next, server_.ForClient()), State::kOpen);
  EXPECT_NE(serial_seen_by(later), before);
}

}  // namespace
}  // namespace kindred
