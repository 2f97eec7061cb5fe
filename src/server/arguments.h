#ifndef KINDRED_SERVER_ARGUMENTS_H_
#define KINDRED_SERVER_ARGUMENTS_H_

// What several session commands read from their arguments, beside command/handler_tools.h and in
// its manner. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/number.h"
#include "resp/reply_writer.h"
#include "server/session_errors.h"

namespace kindred {

inline bool ExpectTimeoutMs(std::string_view text, uint64_t* timeout_ms, ReplyWriter& reply) {
  const std::optional<int64_t> parsed = ParseInt64(text);
  if (!parsed) {
    reply.Error(kTimeoutNotInteger);
  } else if (*parsed < 0) {
    reply.Error(kTimeoutNegative);
  } else {
    *timeout_ms = static_cast<uint64_t>(*parsed);
    return true;
  }
  return false;
}

}  // namespace kindred

#endif  // KINDRED_SERVER_ARGUMENTS_H_
