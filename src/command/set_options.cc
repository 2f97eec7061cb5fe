#include "command/set_options.h"

#include <limits>

#include "base/check.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

ExpiryForm FormOf(std::string_view word) {
  if (SameWord(word, "ex")) return ExpiryForm::kSeconds;
  if (SameWord(word, "px")) return ExpiryForm::kMilliseconds;
  if (SameWord(word, "exat")) return ExpiryForm::kUnixSeconds;
  if (SameWord(word, "pxat")) return ExpiryForm::kUnixMilliseconds;
  return ExpiryForm::kNone;
}

// EX, PX, EXAT and PXAT exclude each other and whatever else speaks of the expiry; the same one
// may stand there twice, and the last counts. Steps over the time.
bool ParseExpiry(Args options, size_t* at, SetOptions* out) {
  const ExpiryForm form = FormOf(options[*at]);
  if (form == ExpiryForm::kNone || *at + 1 == options.size()) return false;
  if (out->expiry.form != ExpiryForm::kNone && out->expiry.form != form) return false;
  if (out->keep_ttl || out->persist) return false;
  out->expiry = {form, options[++*at]};
  return true;
}

bool ParseSetOption(Args options, size_t* at, SetOptions* out) {
  const std::string_view word = options[*at];
  if (SameWord(word, "nx")) {
    out->if_missing = true;
    return !out->if_exists && !out->if_equal;
  }
  if (SameWord(word, "xx")) {
    out->if_exists = true;
    return !out->if_missing && !out->if_equal;
  }
  if (SameWord(word, "ifeq")) {
    if (*at + 1 == options.size() || out->if_equal) return false;
    out->if_equal = options[++*at];
    return !out->if_missing && !out->if_exists;
  }
  if (SameWord(word, "get")) {
    out->get = true;
    return true;
  }
  if (SameWord(word, "keepttl")) {
    out->keep_ttl = true;
    return out->expiry.form == ExpiryForm::kNone;
  }
  return ParseExpiry(options, at, out);
}

bool ParseGetexOption(Args options, size_t* at, SetOptions* out) {
  if (SameWord(options[*at], "persist")) {
    out->persist = true;
    return out->expiry.form == ExpiryForm::kNone;
  }
  return ParseExpiry(options, at, out);
}

}  // namespace

bool ParseSetOptions(Args options, SetOptions* out) {
  for (size_t i = 0; i < options.size(); ++i) {
    if (!ParseSetOption(options, &i, out)) return false;
  }
  return true;
}

bool ParseGetexOptions(Args options, SetOptions* out) {
  for (size_t i = 0; i < options.size(); ++i) {
    if (!ParseGetexOption(options, &i, out)) return false;
  }
  return true;
}

bool ExpectExpiry(const Expiry& expiry, std::string_view command, uint64_t now_ms,
                  uint64_t* expires_ms, ReplyWriter& reply) {
  CHECK(expiry.form != ExpiryForm::kNone);
  int64_t time = 0;
  if (!ExpectInteger(expiry.text, &time, reply)) return false;
  const bool seconds =
      expiry.form == ExpiryForm::kSeconds || expiry.form == ExpiryForm::kUnixSeconds;
  const bool relative =
      expiry.form == ExpiryForm::kSeconds || expiry.form == ExpiryForm::kMilliseconds;
  const int64_t unit = seconds ? 1000 : 1;
  const int64_t base = relative ? static_cast<int64_t>(now_ms) : 0;
  if (time <= 0 || time > kInt64Max / unit || time * unit > kInt64Max - base) {
    reply.Error(InvalidExpire(command));
    return false;
  }
  *expires_ms = static_cast<uint64_t>(time * unit + base);
  return true;
}

}  // namespace kindred
