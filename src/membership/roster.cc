#include "membership/roster.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"

namespace kindred {
namespace {

constexpr uint8_t kFormat = 1;

}  // namespace

Roster::Roster(uint64_t time, std::string text)
    : version_{time, Hash64(text)}, text_(std::move(text)) {
  CHECK(time > 0);
}

std::string Roster::Encode() const {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.U64(version_.time);
  out.Raw(text_);
  return bytes;
}

bool Roster::Decode(std::string_view bytes, Roster* roster) {
  ByteReader in(bytes);
  const bool known = in.U8() == kFormat;
  const uint64_t time = in.U64();
  const std::string_view text = in.Raw(in.remaining());
  if (!known || !in.ok() || (time == 0 && !text.empty())) return false;
  *roster = time == 0 ? Roster() : Roster(time, std::string(text));
  return true;
}

}  // namespace kindred
