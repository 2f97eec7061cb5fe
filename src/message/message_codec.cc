#include "message/message_codec.h"

#include <utility>
#include <variant>

#include "message/field_codec.h"
#include "message/message_fields.h"

namespace kindred {
namespace {

constexpr size_t kTypes = std::variant_size_v<Message>;
static_assert(kTypes <= 0x100, "a message's type is one byte");

// Fills `message` with the alternative of number `type`; nothing if there is none of that number.
template <size_t... kIndexes>
bool ReadAs(size_t type, FieldReader& in, Message* message, std::index_sequence<kIndexes...>) {
  const auto read = [&](auto& alternative) {
    Fields(in, alternative);
    return in.ok();
  };
  return ((type == kIndexes && read(message->emplace<kIndexes>())) || ...);
}

}  // namespace

void EncodeMessage(const Message& message, std::string* out) {
  ByteWriter(out).U8(static_cast<uint8_t>(message.index()));
  FieldWriter writer(out);
  std::visit([&writer](const auto& alternative) { Fields(writer, alternative); }, message);
}

bool DecodeMessage(ByteReader& reader, Message* message) {
  const uint8_t type = reader.U8();
  if (!reader.ok()) return false;
  FieldReader in(reader);
  return ReadAs(type, in, message, std::make_index_sequence<kTypes>());
}

}  // namespace kindred
