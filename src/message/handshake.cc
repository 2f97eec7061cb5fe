#include "message/handshake.h"

#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "fmt/format.h"

namespace kindred {
namespace {

constexpr std::string_view kDialer = "dialer";
constexpr std::string_view kAccepter = "accepter";
constexpr size_t kClusterIdBytes = 32;
constexpr size_t kSentenceBytesMax = 400;

// Takes the same time wherever the difference is, so that a proof cannot be guessed byte by byte.
bool SameProof(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<uint8_t>(a[i]) ^ static_cast<uint8_t>(b[i]));
  }
  return difference == 0;
}

// What another process wants to have in our log: one line of bounded length.
std::string Tame(std::string_view sentence) {
  std::string tame(sentence.substr(0, kSentenceBytesMax));
  for (char& c : tame) {
    if (c < ' ' || c > '~') c = '?';
  }
  return tame;
}

// For people who have not read this.
std::string_view NodeThat(std::string_view role) {
  return role == kDialer ? "node that dialed" : "node that was dialed";
}

std::string OnlyOneSecret(std::string_view with, std::string_view without) {
  return fmt::format(
      "the {} has a cluster secret and the {} has none: give all nodes the same "
      "cluster-secret-file",
      NodeThat(with), NodeThat(without));
}

bool IsSane(const LinkHello& hello) {
  return (hello.cluster_id.empty() || hello.cluster_id.size() == kClusterIdBytes) &&
         hello.lane < hello.lanes && hello.nonce.size() == kNonceBytes;
}

}  // namespace

Handshake::Handshake(HandshakeSettings settings, std::string nonce)
    : settings_(std::move(settings)), nonce_(std::move(nonce)) {
  CHECK(nonce_.size() == kNonceBytes);
  CHECK(settings_.secret.empty() || settings_.hmac != nullptr);
}

std::string Handshake::TakeRest() {
  CHECK(state_ == HandshakeState::kReady);
  return listener_.TakeRest();
}

std::optional<std::string> Handshake::Hear(LinkSaying expected, std::string* out) {
  LinkListener::Said said;
  switch (listener_.Next(&said)) {
    case LinkListener::Heard::kNeedMore:
      return std::nullopt;
    case LinkListener::Heard::kForeign:
      // Whoever it is would not understand a refusal either.
      state_ = HandshakeState::kRefused;
      refusal_ = "the other side is no Kindred node: its first bytes are foreign";
      return std::nullopt;
    case LinkListener::Heard::kSaying:
      break;
  }
  LinkRefusal refusal;
  if (said.type == LinkSaying::kRefusal && ReadBody(said.body, &refusal)) {
    state_ = HandshakeState::kRefused;
    refusal_ = "refused by the other node: " + Tame(refusal.sentence);
  } else if (said.version != settings_.version) {
    Refuse(fmt::format("the nodes speak different versions of the peer protocol, {} and {}: run "
                       "the same release of Kindred on both",
                       settings_.version, said.version),
           out);
  } else if (said.type != expected) {
    Refuse("the handshake's messages came in a wrong order", out);
  } else {
    return std::move(said.body);
  }
  return std::nullopt;
}

void Handshake::Say(LinkSaying type, std::string_view body, std::string* out) const {
  SayOnLink(type, settings_.version, body, out);
}

void Handshake::Refuse(std::string sentence, std::string* out) {
  Say(LinkSaying::kRefusal, BodyOf(LinkRefusal{sentence}), out);
  state_ = HandshakeState::kRefused;
  refusal_ = std::move(sentence);
}

void Handshake::Remember(std::string_view body) { ByteWriter(&transcript_).Bytes(body); }

std::string Handshake::ProofOf(std::string_view role) const {
  if (settings_.secret.empty()) return {};
  std::string text;
  ByteWriter(&text).Bytes(role);
  text += transcript_;
  return settings_.hmac(settings_.secret, text);
}

std::optional<std::string> Handshake::Doubt(std::string_view role, std::string_view proof) const {
  const std::string_view us = role == kDialer ? kAccepter : kDialer;
  if (proof.empty() && !settings_.secret.empty()) return OnlyOneSecret(us, role);
  if (!proof.empty() && settings_.secret.empty()) return OnlyOneSecret(role, us);
  if (SameProof(proof, ProofOf(role))) return std::nullopt;
  return fmt::format(
      "the proof of the {} is wrong: the two nodes have different cluster secrets, give all nodes "
      "the same cluster-secret-file",
      NodeThat(role));
}

DialerHandshake::DialerHandshake(HandshakeSettings settings, Link link, std::string nonce)
    : Handshake(std::move(settings), std::move(nonce)), link_(std::move(link)) {
  CHECK(link_.lane < link_.lanes);
}

void DialerHandshake::Start(std::string* out) {
  const std::string hello = BodyOf(LinkHello{settings_.cluster_id, settings_.self, settings_.actor,
                                             link_.lane, link_.lanes, nonce_});
  Remember(hello);
  Say(LinkSaying::kHello, hello, out);
}

HandshakeState DialerHandshake::OnBytes(std::string_view bytes, std::string* out) {
  listener_.Feed(bytes);
  while (state_ == HandshakeState::kOpening) {
    const auto body = Hear(welcomed_ ? LinkSaying::kConfirm : LinkSaying::kWelcome, out);
    if (!body.has_value()) break;
    if (welcomed_) {
      state_ = HandshakeState::kReady;
    } else {
      OnWelcome(*body, out);
    }
  }
  return state_;
}

void DialerHandshake::OnWelcome(std::string_view body, std::string* out) {
  LinkWelcome welcome;
  if (!ReadBody(body, &welcome) || welcome.nonce.size() != kNonceBytes) {
    return Refuse("the accepter's welcome is malformed", out);
  }
  if (!link_.node_id.empty() && welcome.node_id != link_.node_id) {
    return Refuse(fmt::format("the dialer expected node {} at this address, and found {}",
                              link_.node_id, Tame(welcome.node_id)),
                  out);
  }
  const std::string proof = std::exchange(welcome.proof, std::string());
  Remember(BodyOf(welcome));
  if (auto doubt = Doubt(kAccepter, proof)) return Refuse(*std::move(doubt), out);
  welcomed_ = true;
  peer_id_ = welcome.node_id;
  Say(LinkSaying::kProof, BodyOf(LinkProof{ProofOf(kDialer)}), out);
}

AccepterHandshake::AccepterHandshake(HandshakeSettings settings, std::string nonce)
    : Handshake(std::move(settings), std::move(nonce)) {}

HandshakeState AccepterHandshake::OnBytes(std::string_view bytes, std::string* out) {
  listener_.Feed(bytes);
  while (state_ == HandshakeState::kOpening) {
    const auto body = Hear(greeted_ ? LinkSaying::kProof : LinkSaying::kHello, out);
    if (!body.has_value()) break;
    if (greeted_) {
      OnProof(*body, out);
    } else {
      OnHello(*body, out);
    }
  }
  return state_;
}

void AccepterHandshake::OnHello(std::string_view body, std::string* out) {
  if (!ReadBody(body, &hello_) || !IsSane(hello_)) {
    return Refuse("the dialer's hello is malformed", out);
  }
  if (hello_.node.id == settings_.self.id) {
    return Refuse("both nodes have the id " + settings_.self.id +
                      ": a node has dialed itself, or its directory was copied",
                  out);
  }
  if (!hello_.cluster_id.empty() && !settings_.cluster_id.empty() &&
      hello_.cluster_id != settings_.cluster_id) {
    return Refuse(fmt::format("the nodes belong to different clusters, {} and {}",
                              settings_.cluster_id, Tame(hello_.cluster_id)),
                  out);
  }
  greeted_ = true;
  LinkWelcome welcome{settings_.self.id, nonce_, ""};
  Remember(body);
  Remember(BodyOf(welcome));
  welcome.proof = ProofOf(kAccepter);
  Say(LinkSaying::kWelcome, BodyOf(welcome), out);
}

void AccepterHandshake::OnProof(std::string_view body, std::string* out) {
  LinkProof proof;
  if (!ReadBody(body, &proof)) return Refuse("the dialer's proof is malformed", out);
  if (auto doubt = Doubt(kDialer, proof.proof)) return Refuse(*std::move(doubt), out);
  Say(LinkSaying::kConfirm, BodyOf(LinkConfirm{}), out);
  state_ = HandshakeState::kReady;
}

}  // namespace kindred
