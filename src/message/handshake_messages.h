#ifndef KINDRED_MESSAGE_HANDSHAKE_MESSAGES_H_
#define KINDRED_MESSAGE_HANDSHAKE_MESSAGES_H_

// What two nodes say to each other while a link is opened, and its bytes:
//
//   said    := "KNDR" version:u16 type:u8 length:u16 body
//   hello   := cluster_id:bytes node:NodeInfo actor:u64 lane:varint lanes:varint nonce:bytes
//   welcome := node_id:bytes nonce:bytes proof:bytes
//   proof   := proof:bytes
//   confirm :=
//   refusal := sentence:bytes
//
// `said` and `refusal` stay as they are in every version, so that nodes of different versions can
// tell each other why they do not work together. Plain values and pure functions; handshake.h has
// the conversation.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "message/field_codec.h"
#include "message/node_fields.h"
#include "topology/topology.h"

namespace kindred {

enum class LinkSaying : uint8_t {
  kHello = 1,
  kWelcome = 2,
  kProof = 3,
  kConfirm = 4,
  kRefusal = 5
};

inline constexpr size_t kNonceBytes = 16;

struct LinkHello {
  std::string cluster_id;  // 32 hex digits; empty: not known yet
  NodeInfo node;
  uint64_t actor = 0;
  uint32_t lane = 0;  // which of `lanes` links this is
  uint32_t lanes = 1;
  std::string nonce;
};
struct LinkWelcome {
  std::string node_id;
  std::string nonce;
  std::string proof;  // empty: no secret
};
struct LinkProof {
  std::string proof;
};
struct LinkConfirm {};
struct LinkRefusal {
  std::string sentence;
};

void Fields(auto& io, Is<LinkHello> auto& hello) {
  io.Text("cluster-id", hello.cluster_id);
  io.Group("node", hello.node);
  io.Word("actor", hello.actor);
  io.Number("lane", hello.lane);
  io.Number("lanes", hello.lanes);
  io.Text("nonce", hello.nonce);
}
void Fields(auto& io, Is<LinkWelcome> auto& welcome) {
  io.Text("node-id", welcome.node_id);
  io.Text("nonce", welcome.nonce);
  io.Text("proof", welcome.proof);
}
void Fields(auto& io, Is<LinkProof> auto& proof) { io.Text("proof", proof.proof); }
void Fields(auto&, Is<LinkConfirm> auto&) {}
void Fields(auto& io, Is<LinkRefusal> auto& refusal) { io.Text("sentence", refusal.sentence); }

// Appends a whole `said`. REQUIRES: body.size() <= 65535
void SayOnLink(LinkSaying type, uint16_t version, std::string_view body, std::string* out);

template <typename Struct>
std::string BodyOf(const Struct& said) {
  std::string body;
  FieldWriter writer(&body);
  Fields(writer, said);
  return body;
}

// False unless `body` is exactly a `Struct`.
template <typename Struct>
bool ReadBody(std::string_view body, Struct* said) {
  ByteReader bytes(body);
  FieldReader reader(bytes);
  Fields(reader, *said);
  return bytes.AtEnd();
}

// Cuts what the other side says out of the bytes of the link.
class LinkListener {
 public:
  enum class Heard {
    kSaying,
    kNeedMore,
    kForeign,  // the other side is no node
  };
  struct Said {
    LinkSaying type = LinkSaying::kRefusal;
    uint16_t version = 0;
    std::string body;
  };

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  Heard Next(Said* said);

  // What was fed and not read: it belongs to the link's frames once the handshake is over.
  std::string TakeRest() { return std::exchange(buffer_, std::string()); }

 private:
  std::string buffer_;
};

}  // namespace kindred

#endif  // KINDRED_MESSAGE_HANDSHAKE_MESSAGES_H_
