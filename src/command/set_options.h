#ifndef KINDRED_COMMAND_SET_OPTIONS_H_
#define KINDRED_COMMAND_SET_OPTIONS_H_

// The options of SET and GETEX, and the expiry that they share with SETEX and PSETEX. Which options
// exclude each other, and in which order things are refused, is as in Redis 7.2; IFEQ is as in
// Valkey 8.1. Pure functions, any thread; nothing allocates unless something is refused.

#include <cstdint>
#include <optional>
#include <string_view>

#include "command/row.h"

namespace kindred {

enum class ExpiryForm : uint8_t {
  kNone,
  kSeconds,           // from now
  kMilliseconds,      // from now
  kUnixSeconds,       // absolute
  kUnixMilliseconds,  // absolute
};

// The text is a view of the command's arguments and lives as long as they do.
struct Expiry {
  ExpiryForm form = ExpiryForm::kNone;
  std::string_view text;
};

struct SetOptions {
  bool if_missing = false;  // NX
  bool if_exists = false;   // XX
  bool get = false;
  bool keep_ttl = false;
  bool persist = false;
  std::optional<std::string_view> if_equal;  // IFEQ; a view of the command's arguments
  Expiry expiry;

  // Neither what is written nor the reply depends on what was there.
  bool Blind() const { return !if_missing && !if_exists && !get && !keep_ttl && !if_equal; }
};

// `options` are the arguments behind the value (SET) or the key (GETEX). False: a syntax error.
bool ParseSetOptions(Args options, SetOptions* out);
bool ParseGetexOptions(Args options, SetOptions* out);

// The absolute time in ms that `expiry` means. False, and one error that names `command` is
// written, if it is no number, not positive or too large. A time in the past is not refused.
// REQUIRES: expiry.form is not kNone.
bool ExpectExpiry(const Expiry& expiry, std::string_view command, uint64_t now_ms,
                  uint64_t* expires_ms, ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_COMMAND_SET_OPTIONS_H_
