#ifndef KINDRED_MESSAGE_HANDSHAKE_H_
#define KINDRED_MESSAGE_HANDSHAKE_H_

// The opening of a link between two nodes, as two state machines without I/O: each is fed what has
// arrived, appends what is to be sent, and says how it stands.
//
//   dialer                                             accepter
//     | hello: cluster, itself, actor, lane, nonce ------> |
//     | <--------- welcome: its id, nonce, accepter's proof |
//     | proof: dialer's proof ----------------------------> |  ready
//     | <-------------------------------------------confirm |
//   ready
//
// Either side may say `refusal` instead, with a sentence for the log, and close. The link is
// refused if the versions of the messages differ, or the clusters, or if only one side has a
// secret, or another one; and if a node has dialed itself or not the one that it expected. If the
// cluster has a secret each proves to know it without sending it: a proof is the HMAC, keyed by the
// secret, of the role and of all that was said before, both nonces included. So a proof serves
// this one link in this one direction and no other. Without a secret proofs are empty.
//
// Owned by the loop that owns the link. The nonces come from the caller, and must be random.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "message/handshake_messages.h"
#include "message/message_codec.h"
#include "topology/topology.h"

namespace kindred {

// HMAC-SHA256: 32 bytes.
using Hmac = std::function<std::string(std::string_view key, std::string_view text)>;

// What is the same for all links of a node.
struct HandshakeSettings {
  std::string cluster_id;  // 32 hex digits; empty while the node does not know it
  NodeInfo self;
  uint64_t actor = 0;  // this life of the node
  std::string secret;  // empty: the cluster has none
  Hmac hmac;           // used only where there is a secret
  uint16_t version = kMessageVersion;
};

enum class HandshakeState {
  kOpening,
  kReady,    // frames may be sent
  kRefused,  // send what was appended, then close
};

// What both sides have in common.
class Handshake {
 public:
  HandshakeState state() const { return state_; }

  // Why the link was refused, by us or by the other side: a sentence without a full stop.
  const std::string& refusal() const { return refusal_; }

  // Bytes that came behind the other side's last word: the beginning of its frames.
  // REQUIRES: state() is kReady
  std::string TakeRest();

 protected:
  Handshake(HandshakeSettings settings, std::string nonce);
  ~Handshake() = default;

  // The body of what the other side says next. Nothing if it has not arrived, or if it ends the
  // handshake: a refusal, another version, no node at all.
  std::optional<std::string> Hear(LinkSaying expected, std::string* out);
  void Say(LinkSaying type, std::string_view body, std::string* out) const;
  void Refuse(std::string sentence, std::string* out);

  // Adds to what the proofs cover.
  void Remember(std::string_view body);
  // Empty without a secret.
  std::string ProofOf(std::string_view role) const;
  // Nothing if the other side has proven, in `role`, what it has to; else why it has not.
  std::optional<std::string> Doubt(std::string_view role, std::string_view proof) const;

  const HandshakeSettings settings_;
  const std::string nonce_;
  LinkListener listener_;
  HandshakeState state_ = HandshakeState::kOpening;

 private:
  std::string transcript_;  // what the proofs cover
  std::string refusal_;
};

class DialerHandshake : public Handshake {
 public:
  struct Link {
    uint32_t lane = 0;
    uint32_t lanes = 1;
    std::string node_id;  // who is expected at the address; empty: whoever is there
  };

  // REQUIRES: nonce.size() == kNonceBytes
  DialerHandshake(HandshakeSettings settings, Link link, std::string nonce);

  // Appends the hello; called once, when the connection is there.
  void Start(std::string* out);
  HandshakeState OnBytes(std::string_view bytes, std::string* out);

  // Who is at the other end. REQUIRES: state() is kReady
  const std::string& peer_id() const { return peer_id_; }

 private:
  void OnWelcome(std::string_view body, std::string* out);

  const Link link_;
  bool welcomed_ = false;
  std::string peer_id_;
};

class AccepterHandshake : public Handshake {
 public:
  // REQUIRES: nonce.size() == kNonceBytes
  AccepterHandshake(HandshakeSettings settings, std::string nonce);

  HandshakeState OnBytes(std::string_view bytes, std::string* out);

  // Who dialed. REQUIRES: state() is kReady; before that nothing of it has been proven
  const LinkHello& peer() const { return hello_; }

 private:
  void OnHello(std::string_view body, std::string* out);
  void OnProof(std::string_view body, std::string* out);

  bool greeted_ = false;
  LinkHello hello_;
};

}  // namespace kindred

#endif  // KINDRED_MESSAGE_HANDSHAKE_H_
