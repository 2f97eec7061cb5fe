#include <string>

#include "command/families.h"
#include "command/handler_tools.h"
#include "command/index_range.h"

namespace kindred {
namespace {

Next Setrange(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  int64_t offset = 0;
  if (!ExpectInteger(args[2], &offset, reply)) return Next::Unchanged();
  if (offset < 0) {
    reply.Error(kOffsetRange);
    return Next::Unchanged();
  }
  if (!ExpectString(value, reply)) return Next::Unchanged();
  const ValueView old = value != nullptr ? *value : ValueView{};
  const std::string_view piece = args[3];
  if (piece.empty()) {  // It neither makes the key nor lengthens it.
    reply.Integer(static_cast<int64_t>(old.payload.size()));
    return Next::Unchanged();
  }
  // The sum cannot wrap around: an offset is less than 2^63.
  const size_t at = static_cast<size_t>(offset);
  if (!ExpectLength(at + piece.size(), call, reply)) return Next::Unchanged();
  Value next = {Kind::kString, old.expires_ms, {}};
  next.payload.reserve(std::max(old.payload.size(), at + piece.size()));
  next.payload = old.payload;
  if (next.payload.size() < at + piece.size()) next.payload.resize(at + piece.size());
  next.payload.replace(at, piece.size(), piece);
  reply.Integer(static_cast<int64_t>(next.payload.size()));
  return Next::Put(std::move(next));
}

void Getrange(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  int64_t start = 0;
  int64_t end = 0;
  if (!ExpectInteger(args[2], &start, reply) || !ExpectInteger(args[3], &end, reply)) return;
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  const std::string_view payload = value != nullptr ? value->payload : std::string_view();
  const auto range = ResolveRange(start, end, payload.size());
  if (!range || IsBackward(start, end)) {
    reply.Bulk("");
  } else {
    reply.Bulk(payload.substr(range->first, range->Count()));
  }
}

constexpr std::string_view kSubstringComplexity =
    "O(N) where N is the length of the returned string. The complexity is ultimately determined by "
    "the returned length, but because creating a substring from an existing string is very cheap, "
    "it can be considered O(1) for small strings.";

constexpr CommandRow kRows[] = {
    {.name = "setrange",
     .arity = 4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Setrange,
     .summary = "Overwrites a part of a string value with another by an offset. Creates the key if "
                "it doesn't exist.",
     .since = "2.2.0",
     .group = "string",
     .complexity = "O(1), not counting the time taken to copy the new string in place. Usually, "
                   "this string is very small so the amortized complexity is O(1). Otherwise, "
                   "complexity is O(M) with M being the length of the value argument.",
     .arguments = "key offset:integer value"},
    {.name = "getrange",
     .arity = 4,
     .flags = kFlagReadonly,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Getrange,
     .summary = "Returns a substring of the string stored at a key.",
     .since = "2.4.0",
     .group = "string",
     .complexity = kSubstringComplexity,
     .arguments = "key start:integer end:integer"},
    {.name = "substr",
     .arity = 4,
     .flags = kFlagReadonly,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Getrange,
     .summary = "Returns a substring from a string value.",
     .since = "1.0.0",
     .group = "string",
     .complexity = kSubstringComplexity,
     .arguments = "key start:integer end:integer",
     .deprecated_since = "2.0.0",
     .replaced_by = "`GETRANGE`"},
};

}  // namespace

std::span<const CommandRow> StringRangeCommands() { return kRows; }

}  // namespace kindred
