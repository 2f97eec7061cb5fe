#include "command/scan_options.h"

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "command/handler_tools.h"

namespace kindred {
namespace {

// Redis asks strtoul, which takes a sign and an empty text, too.
bool ParseCursor(std::string_view text, uint64_t* cursor) {
  if (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) return false;
  const std::string terminated(text);
  char* end = nullptr;
  errno = 0;
  *cursor = std::strtoull(terminated.c_str(), &end, 10);
  return errno != ERANGE && end == terminated.c_str() + terminated.size();
}

}  // namespace

bool ParseScan(Args args, ScanOptions* out, ReplyWriter& reply) {
  if (!ParseCursor(args[1], &out->cursor)) {
    reply.Error(kInvalidCursor);
    return false;
  }
  for (size_t i = 2; i < args.size(); i += 2) {
    const bool has_value = i + 1 < args.size();
    if (has_value && SameWord(args[i], "count")) {
      if (!ExpectInteger(args[i + 1], &out->count, reply)) return false;
      if (out->count >= 1) continue;
    } else if (has_value && SameWord(args[i], "match")) {
      out->pattern = args[i + 1];
      continue;
    } else if (has_value && SameWord(args[i], "type")) {
      out->type = args[i + 1];
      continue;
    }
    reply.Error(kSyntax);
    return false;
  }
  return true;
}

}  // namespace kindred
