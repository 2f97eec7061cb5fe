#include "message/handshake.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/hex.h"
#include "fmt/format.h"

namespace kindred {
namespace {

using State = HandshakeState;

// Stands for HMAC: here it only matters that it depends on all bytes of both.
std::string FakeHmac(std::string_view key, std::string_view text) {
  std::string both;
  ByteWriter writer(&both);
  writer.Bytes(key);
  writer.Bytes(text);
  std::string proof;
  for (uint64_t seed = 0; seed < 4; ++seed) ByteWriter(&proof).U64(Hash64(both, seed));
  return proof;
}

HandshakeSettings SettingsOf(char id, std::string secret = "") {
  HandshakeSettings settings;
  settings.self.id = std::string(40, id);
  settings.self.host = "127.0.0.1";
  settings.self.peer_port = 7201;
  settings.actor = 0xA;
  settings.secret = std::move(secret);
  settings.hmac = FakeHmac;
  return settings;
}

std::string Nonce(char c) { return std::string(kNonceBytes, c); }

// Two nodes and what is on its way between them.
struct Opening {
  Opening(HandshakeSettings a, HandshakeSettings b, DialerHandshake::Link link = {})
      : dialer(std::move(a), std::move(link), Nonce('d')), accepter(std::move(b), Nonce('a')) {
    dialer.Start(&to_accepter);
  }

  void Run() {
    while (!to_accepter.empty() || !to_dialer.empty()) {
      AccepterHears();
      DialerHears();
    }
  }
  void AccepterHears() { accepter.OnBytes(std::exchange(to_accepter, ""), &to_dialer); }
  void DialerHears() { dialer.OnBytes(std::exchange(to_dialer, ""), &to_accepter); }

  DialerHandshake dialer;
  AccepterHandshake accepter;
  std::string to_accepter, to_dialer;
};

void ExpectReady(const Opening& opening) {
  EXPECT_EQ(opening.dialer.state(), State::kReady) << opening.dialer.refusal();
  EXPECT_EQ(opening.accepter.state(), State::kReady) << opening.accepter.refusal();
}

// Both sides end, and both logs tell the same.
void ExpectRefused(const Opening& opening, std::string_view why) {
  EXPECT_EQ(opening.dialer.state(), State::kRefused);
  EXPECT_EQ(opening.accepter.state(), State::kRefused);
  EXPECT_NE(opening.dialer.refusal().find(why), std::string::npos) << opening.dialer.refusal();
  EXPECT_NE(opening.accepter.refusal().find(why), std::string::npos) << opening.accepter.refusal();
}

TEST(Handshake, EachSideLearnsWhoTheOtherIs) {
  HandshakeSettings settings = SettingsOf('1');
  settings.cluster_id = std::string(32, 'c');
  Opening opening(settings, SettingsOf('2'), {.lane = 1, .lanes = 4, .node_id = ""});
  opening.Run();
  ExpectReady(opening);
  EXPECT_EQ(opening.dialer.peer_id(), std::string(40, '2'));
  const LinkHello& peer = opening.accepter.peer();
  EXPECT_EQ(peer.node, settings.self);
  EXPECT_EQ(peer.cluster_id, settings.cluster_id);
  EXPECT_EQ(peer.actor, 0xAu);
  EXPECT_EQ(peer.lane, 1u);
  EXPECT_EQ(peer.lanes, 4u);
}

TEST(Handshake, BytesMayComeOneByOne) {
  Opening opening(SettingsOf('1', "secret"), SettingsOf('2', "secret"));
  while (!opening.to_accepter.empty() || !opening.to_dialer.empty()) {
    for (char byte : std::exchange(opening.to_accepter, "")) {
      opening.accepter.OnBytes({&byte, 1}, &opening.to_dialer);
    }
    for (char byte : std::exchange(opening.to_dialer, "")) {
      opening.dialer.OnBytes({&byte, 1}, &opening.to_accepter);
    }
  }
  ExpectReady(opening);
}

TEST(Handshake, WhatComesBehindBelongsToTheFrames) {
  Opening opening(SettingsOf('1'), SettingsOf('2'));
  opening.AccepterHears();
  opening.DialerHears();
  opening.to_accepter += "early";
  opening.AccepterHears();
  opening.to_dialer += "frame";
  opening.DialerHears();
  ExpectReady(opening);
  EXPECT_EQ(opening.accepter.TakeRest(), "early");
  EXPECT_EQ(opening.dialer.TakeRest(), "frame");
}

TEST(Handshake, NodesWithTheSameSecretAgreeAndDoNotSendIt) {
  Opening opening(SettingsOf('1', "the secret"), SettingsOf('2', "the secret"));
  std::string sent = opening.to_accepter;
  opening.AccepterHears();
  sent += opening.to_dialer;
  opening.DialerHears();
  sent += opening.to_accepter;
  opening.AccepterHears();
  sent += opening.to_dialer;
  opening.DialerHears();
  ExpectReady(opening);
  EXPECT_EQ(sent.find("the secret"), std::string::npos);
}

TEST(Handshake, DifferentSecretsAreRefused) {
  Opening opening(SettingsOf('1', "one"), SettingsOf('2', "two"));
  opening.Run();
  ExpectRefused(opening,
                "the proof of the node that was dialed is wrong: the two nodes have different "
                "cluster secrets");
}

TEST(Handshake, ASecretOnOneSideOnlyIsRefused) {
  Opening dialer_only(SettingsOf('1', "secret"), SettingsOf('2'));
  dialer_only.Run();
  ExpectRefused(dialer_only,
                "the node that dialed has a cluster secret and the node that was dialed has none");
  Opening accepter_only(SettingsOf('1'), SettingsOf('2', "secret"));
  accepter_only.Run();
  ExpectRefused(accepter_only,
                "the node that was dialed has a cluster secret and the node that dialed has none");
}

TEST(Handshake, ADialerThatKeepsQuietAboutTheSecretIsRefused) {
  Opening opening(SettingsOf('1'), SettingsOf('2', "secret"));
  opening.AccepterHears();
  std::string empty_proof;
  SayOnLink(LinkSaying::kProof, kMessageVersion, BodyOf(LinkProof{}), &empty_proof);
  EXPECT_EQ(opening.accepter.OnBytes(empty_proof, &opening.to_dialer), State::kRefused);
}

TEST(Handshake, DifferentVersionsAreRefusedAndBothSidesSayWhy) {
  HandshakeSettings newer = SettingsOf('1');
  newer.version = kMessageVersion + 1;
  Opening opening(newer, SettingsOf('2'));
  opening.Run();
  ExpectRefused(opening,
                fmt::format("the nodes speak different versions of the peer protocol, {} and {}",
                            kMessageVersion, kMessageVersion + 1));
}

TEST(Handshake, DifferentClustersAreRefused) {
  HandshakeSettings one = SettingsOf('1');
  HandshakeSettings two = SettingsOf('2');
  one.cluster_id = std::string(32, 'a');
  two.cluster_id = std::string(32, 'b');
  Opening opening(one, two);
  opening.Run();
  ExpectRefused(opening, "the nodes belong to different clusters");
}

TEST(Handshake, ANodeDoesNotLinkToItself) {
  Opening opening(SettingsOf('1'), SettingsOf('1'));
  opening.Run();
  ExpectRefused(opening, "a node has dialed itself");
}

TEST(Handshake, AnotherNodeAtTheAddressIsRefused) {
  Opening opening(SettingsOf('1'), SettingsOf('2'),
                  {.lane = 0, .lanes = 1, .node_id = std::string(40, '3')});
  opening.Run();
  ExpectRefused(opening, "expected node " + std::string(40, '3'));
}

TEST(Handshake, AForeignProtocolIsNoticedAtItsFirstByte) {
  AccepterHandshake accepter(SettingsOf('2'), Nonce('a'));
  std::string out;
  EXPECT_EQ(accepter.OnBytes("P", &out), State::kRefused);
  EXPECT_EQ(out, "");
  EXPECT_EQ(accepter.refusal(), "the other side is no Kindred node: its first bytes are foreign");
}

TEST(Handshake, AForeignSentenceIsTamed) {
  DialerHandshake dialer(SettingsOf('1'), {}, Nonce('d'));
  std::string said, out;
  dialer.Start(&out);
  SayOnLink(LinkSaying::kRefusal, 9, BodyOf(LinkRefusal{"no\n\x1b[31m" + std::string(9000, 'x')}),
            &said);
  EXPECT_EQ(dialer.OnBytes(said, &out), State::kRefused);
  EXPECT_LT(dialer.refusal().size(), 500u);
  EXPECT_EQ(dialer.refusal().substr(0, 35), "refused by the other node: no??[31m");
}

TEST(Handshake, ProofsOfAnotherLinkAreWorthless) {
  const HandshakeSettings one = SettingsOf('1', "secret");
  const HandshakeSettings two = SettingsOf('2', "secret");
  // Somebody has listened to a whole handshake, and repeats the dialer's part.
  Opening heard(one, two);
  std::string hello = heard.to_accepter;
  heard.AccepterHears();
  heard.DialerHears();
  std::string proof = heard.to_accepter;
  std::string out;
  AccepterHandshake same_nonce(two, Nonce('a'));
  same_nonce.OnBytes(hello, &out);
  EXPECT_EQ(same_nonce.OnBytes(proof, &out), State::kReady);
  AccepterHandshake other_nonce(two, Nonce('b'));
  other_nonce.OnBytes(hello, &out);
  EXPECT_EQ(other_nonce.OnBytes(proof, &out), State::kRefused);
}

TEST(Handshake, TheAcceptersProofDoesNotServeAsTheDialers) {
  Opening opening(SettingsOf('1', "secret"), SettingsOf('2', "secret"));
  opening.AccepterHears();
  LinkListener listener;
  listener.Feed(opening.to_dialer);
  LinkListener::Said said;
  ASSERT_EQ(listener.Next(&said), LinkListener::Heard::kSaying);
  LinkWelcome welcome;
  ASSERT_TRUE(ReadBody(said.body, &welcome));
  std::string reflected, out;
  SayOnLink(LinkSaying::kProof, kMessageVersion, BodyOf(LinkProof{welcome.proof}), &reflected);
  EXPECT_EQ(opening.accepter.OnBytes(reflected, &out), State::kRefused);
}

// With a secret, whatever bit is changed on the way, no link comes out of it.
RC_GTEST_PROP(Handshake, ATamperedHandshakeNeverSucceeds, ()) {
  Opening opening(SettingsOf('1', "secret"), SettingsOf('2', "secret"));
  int flips = *rc::gen::inRange(0, 4);  // which of the sayings is hit
  const auto tamper = [&flips](std::string* bytes) {
    if (flips-- != 0) return;
    const size_t bit = *rc::gen::inRange<size_t>(0, bytes->size() * 8);
    (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << (bit % 8)));
  };
  for (int i = 0; i < 2; ++i) {
    if (!opening.to_accepter.empty()) tamper(&opening.to_accepter);
    opening.AccepterHears();
    if (!opening.to_dialer.empty()) tamper(&opening.to_dialer);
    opening.DialerHears();
  }
  // A lost or broken confirm leaves the accepter ready; the dialer is not, and closes.
  RC_ASSERT(opening.dialer.state() != State::kReady);
}

RC_GTEST_PROP(Handshake, ForeignBytesDoNoHarm, ()) {
  const std::string noise = *rc::gen::arbitrary<std::string>();
  for (uint8_t type = 0; type < 7; ++type) {
    std::string said, out;
    SayOnLink(static_cast<LinkSaying>(type), kMessageVersion, noise, &said);
    AccepterHandshake accepter(SettingsOf('2'), Nonce('a'));
    DialerHandshake dialer(SettingsOf('1'), {}, Nonce('d'));
    dialer.Start(&out);
    RC_ASSERT(accepter.OnBytes(said + noise, &out) != State::kReady);
    RC_ASSERT(dialer.OnBytes(said + noise, &out) != State::kReady);
  }
}

}  // namespace
}  // namespace kindred
