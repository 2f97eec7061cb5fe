// The byte forms of messages. One message:
//
//   [type u8 = index in Message][fields, in the order of the struct]
//
// integers as varints, strings with their length before them. A link's frame holds a turn's
// messages:
//
//   [length of the rest u32][message]...
//
// and is made and cut by io/peer_link; the version of all this is agreed in the link's handshake.
#ifndef KINDRED_MESSAGE_MESSAGE_CODEC_H_
#define KINDRED_MESSAGE_MESSAGE_CODEC_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "message/message.h"

namespace kindred {

inline constexpr uint8_t kMessageVersion = 7;

void EncodeMessage(const Message& message, std::string* out);

// Takes one message from `reader`. False if the bytes are no message; the link is to be closed
// then.
bool DecodeMessage(ByteReader& reader, Message* message);

// A short readable line for golden scripts and debug logs, such as `Guarded k base={A:5} dot=A:7
// string "v"`.
std::string Describe(const Message& message);

}  // namespace kindred

#endif  // KINDRED_MESSAGE_MESSAGE_CODEC_H_
