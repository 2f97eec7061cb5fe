#ifndef KINDRED_COMMAND_HANDLER_TOOLS_H_
#define KINDRED_COMMAND_HANDLER_TOOLS_H_

// What many handlers do in the same way. Each Expect function is true if the handler may go on;
// else it has written the command's one reply, Redis's error. Pure functions, any thread; only what
// is refused and what will be stored allocates.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.h"
#include "command/row.h"
#include "resp/errors.h"

namespace kindred {

// Whether a client typed `word`, in any case. REQUIRES: `word` is in lower case.
inline bool SameWord(std::string_view typed, std::string_view word) {
  if (typed.size() != word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    char c = typed[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c != word[i]) return false;
  }
  return true;
}

// The handler reads the key now: a hit or a miss of INFO. What it refuses before is neither.
inline void CountLookup(const ValueView* value, const Call& call) {
  if (call.lookups != nullptr) call.lookups->Add(value != nullptr);
}

// A missing key will do: commands see it as the empty string, or as 0.
inline bool ExpectString(const ValueView* value, ReplyWriter& reply) {
  if (value == nullptr || value->kind == Kind::kString) return true;
  reply.Error(kWrongType);
  return false;
}

inline bool ExpectInteger(std::string_view text, int64_t* number, ReplyWriter& reply) {
  const std::optional<int64_t> parsed = ParseInt64(text);
  if (parsed) {
    *number = *parsed;
  } else {
    reply.Error(kNotInteger);
  }
  return parsed.has_value();
}

// A number of at most 32 bits, as Redis reads those of databases.
inline bool ExpectInt32(std::string_view text, int64_t* number, ReplyWriter& reply) {
  if (!ExpectInteger(text, number, reply)) return false;
  if (*number == static_cast<int32_t>(*number)) return true;
  reply.Error(kNotInt32);
  return false;
}

inline bool ExpectDatabase(std::string_view text, uint8_t* db, ReplyWriter& reply) {
  int64_t number = 0;
  if (!ExpectInt32(text, &number, reply)) return false;
  if (number < 0 || number >= static_cast<int64_t>(kDatabases)) {
    reply.Error(kDbIndexOutOfRange);
    return false;
  }
  *db = static_cast<uint8_t>(number);
  return true;
}

// REQUIRES: `bytes` is the sum of lengths of things that lie in memory, so it cannot wrap around.
inline bool ExpectLength(size_t bytes, const Call& call, ReplyWriter& reply) {
  if (bytes <= call.value_bytes_max) return true;
  reply.Error(kStringTooLong);
  return false;
}

inline void ReplyValue(const ValueView* value, ReplyWriter& reply) {
  if (value != nullptr) {
    reply.Bulk(value->payload);
  } else {
    reply.Nil();
  }
}

// A value that would be dead on arrival is a deletion, as the next look at the key would make it.
inline Next PutString(std::string_view payload, uint64_t expires_ms, const Call& call) {
  if (expires_ms != kNever && expires_ms <= call.now_ms) return Next::Delete();
  return Next::Put({Kind::kString, expires_ms, std::string(payload)});
}

}  // namespace kindred

#endif  // KINDRED_COMMAND_HANDLER_TOOLS_H_
