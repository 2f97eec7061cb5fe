// What a key holds, as commands see it: a kind, bytes, and when it expires. No replication in it.
#ifndef KINDRED_VALUE_VALUE_H_
#define KINDRED_VALUE_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "causal/version.h"

namespace kindred {

// Databases are numbered from 0, as in Redis; SELECT refuses others.
inline constexpr size_t kDatabases = 16;

// A live value that somebody else owns; valid as long as its record is not changed.
struct ValueView {
  Kind kind = Kind::kString;
  uint64_t expires_ms = kNever;  // absolute
  std::string_view payload;
};

// A value to be written.
struct Value {
  Kind kind = Kind::kString;
  uint64_t expires_ms = kNever;  // absolute
  std::string payload;

  ValueView view() const { return {kind, expires_ms, payload}; }
};

}  // namespace kindred

#endif  // KINDRED_VALUE_VALUE_H_
