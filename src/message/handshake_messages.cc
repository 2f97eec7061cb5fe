#include "message/handshake_messages.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace kindred {
namespace {

constexpr std::string_view kMagic = "KNDR";
constexpr size_t kHeaderBytes = 9;

}  // namespace

void SayOnLink(LinkSaying type, uint16_t version, std::string_view body, std::string* out) {
  CHECK(body.size() <= std::numeric_limits<uint16_t>::max());
  ByteWriter writer(out);
  writer.Raw(kMagic);
  writer.U16(version);
  writer.U8(static_cast<uint8_t>(type));
  writer.U16(static_cast<uint16_t>(body.size()));
  writer.Raw(body);
}

LinkListener::Heard LinkListener::Next(Said* said) {
  // A client that has the wrong port says something else within the first bytes, and then waits:
  // it must not be waited for.
  const std::string_view bytes = buffer_;
  const size_t magic_bytes = std::min(bytes.size(), kMagic.size());
  if (bytes.substr(0, magic_bytes) != kMagic.substr(0, magic_bytes)) return Heard::kForeign;
  if (bytes.size() < kHeaderBytes) return Heard::kNeedMore;
  ByteReader reader(bytes);
  reader.Raw(kMagic.size());
  said->version = reader.U16();
  said->type = static_cast<LinkSaying>(reader.U8());
  const size_t length = reader.U16();
  if (reader.remaining() < length) return Heard::kNeedMore;
  said->body = reader.Raw(length);
  buffer_.erase(0, kHeaderBytes + length);
  return Heard::kSaying;
}

}  // namespace kindred
