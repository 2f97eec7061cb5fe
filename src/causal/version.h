#ifndef KINDRED_CAUSAL_VERSION_H_
#define KINDRED_CAUSAL_VERSION_H_

// A version is one value that a write gave to a key, or the tombstone that a deletion left, under
// the dot that names the write. A plain value; whoever holds it owns it.

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "causal/dot.h"

namespace kindred {

// The numbers are part of the stored format.
enum class Kind : uint8_t { kTombstone = 0, kString = 1 };

inline constexpr uint64_t kNever = 0;

struct Version {
  Dot dot;
  uint64_t expires_ms = kNever;  // absolute; kNever: it stays
  Kind kind = Kind::kTombstone;
  bool guarded = false;  // written under a grant, so that it spreads only once it is decided
  std::string payload;

  // Expired is as dead as deleted, whether or not the sweeper has been there.
  bool DeadAt(uint64_t now_ms) const {
    return kind == Kind::kTombstone || (expires_ms != kNever && expires_ms <= now_ms);
  }

  // Makes it a tombstone with the same dot. A tombstone holds neither payload nor expiry.
  void Bury() {
    kind = Kind::kTombstone;
    expires_ms = kNever;
    payload = std::string();
  }

  bool operator==(const Version&) const = default;

  // A version on its own, for messages; a record names its dots more briefly.
  //   version := actor:u64 time:u64 body                  no time is 0
  void Encode(ByteWriter& out) const;
  // False, and `*out` is anything, unless the reader stands before a version in exactly that form.
  static bool Decode(ByteReader& in, Version* out);

  // Everything but the dot.
  //   body   := flags:u8 [expires_ms:u64] [payload:bytes]
  //   flags  := kind in bits 0-3; bit 4: guarded; bit 5: expires_ms follows; others are 0.
  // The payload is there unless it is a tombstone; a tombstone does not expire.
  void EncodeBody(ByteWriter& out) const;
  static bool DecodeBody(ByteReader& in, Version* out);
};

}  // namespace kindred

#endif  // KINDRED_CAUSAL_VERSION_H_
