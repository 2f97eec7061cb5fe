#include "causal/token.h"

#include <optional>

#include "absl/status/status.h"
#include "base/base64url.h"
#include "base/bytes.h"
#include "base/hash.h"

namespace kindred {
namespace {

// token := base64url(format:u8 context checksum:u32)      checksum: of all bytes before it
constexpr uint8_t kFormat = 1;
constexpr size_t kChecksumBytes = 4;

}  // namespace

std::string EncodeToken(const Context& context) {
  if (context.empty()) return "";
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  context.Encode(out);
  out.U32(Hash32(bytes));
  return Base64UrlEncode(bytes);
}

absl::StatusOr<Context> DecodeToken(std::string_view token) {
  Context context;
  if (token.empty()) return context;
  const absl::Status invalid = absl::InvalidArgumentError("invalid context token");
  const std::optional<std::string> bytes = Base64UrlDecode(token);
  if (!bytes || bytes->size() <= kChecksumBytes) return invalid;
  ByteReader in(*bytes);
  if (in.U8() != kFormat || !Context::Decode(in, &context) || context.empty()) return invalid;
  if (in.remaining() != kChecksumBytes) return invalid;
  const std::string_view checked =
      std::string_view(*bytes).substr(0, bytes->size() - kChecksumBytes);
  if (in.U32() != Hash32(checked)) return invalid;
  return context;
}

}  // namespace kindred
