#include "causal/version.h"

#include "base/check.h"

namespace kindred {
namespace {

constexpr uint8_t kKindMask = 0x0f;
constexpr uint8_t kGuardedFlag = 0x10;
constexpr uint8_t kExpiresFlag = 0x20;
constexpr uint8_t kKnownFlags = kKindMask | kGuardedFlag | kExpiresFlag;

}  // namespace

void Version::Encode(ByteWriter& out) const {
  out.U64(dot.actor);
  out.U64(dot.time);
  EncodeBody(out);
}

bool Version::Decode(ByteReader& in, Version* out) {
  out->dot.actor = in.U64();
  out->dot.time = in.U64();
  return in.ok() && out->dot.time != 0 && DecodeBody(in, out);
}

void Version::EncodeBody(ByteWriter& out) const {
  const bool is_tombstone = kind == Kind::kTombstone;
  CHECK(!is_tombstone || (payload.empty() && expires_ms == kNever));
  uint8_t flags = static_cast<uint8_t>(kind);
  if (guarded) flags |= kGuardedFlag;
  if (expires_ms != kNever) flags |= kExpiresFlag;
  out.U8(flags);
  if (expires_ms != kNever) out.U64(expires_ms);
  if (!is_tombstone) out.Bytes(payload);
}

bool Version::DecodeBody(ByteReader& in, Version* out) {
  const uint8_t flags = in.U8();
  const uint8_t kind = flags & kKindMask;
  if (!in.ok() || (flags & ~kKnownFlags) != 0) return false;
  if (kind > static_cast<uint8_t>(Kind::kString)) return false;
  const bool has_expiry = (flags & kExpiresFlag) != 0;
  out->kind = static_cast<Kind>(kind);
  out->guarded = (flags & kGuardedFlag) != 0;
  out->expires_ms = has_expiry ? in.U64() : kNever;
  out->payload.clear();
  if (out->kind == Kind::kTombstone) return in.ok() && !has_expiry;
  if (has_expiry && out->expires_ms == kNever) return false;
  out->payload = in.Bytes();
  return in.ok();
}

}  // namespace kindred
