#include <cmath>
#include <limits>
#include <string>

#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();

// Counting leaves the expiry as it was.
Next PutNumber(const ValueView* old, std::string text) {
  const uint64_t expires_ms = old != nullptr ? old->expires_ms : kNever;
  return Next::Put({Kind::kString, expires_ms, std::move(text)});
}

Next Add(const ValueView* value, int64_t increment, ReplyWriter& reply) {
  int64_t number = 0;
  if (!ExpectString(value, reply)) return Next::Unchanged();
  if (value != nullptr && !ExpectInteger(value->payload, &number, reply)) return Next::Unchanged();
  if (__builtin_add_overflow(number, increment, &number)) {
    reply.Error(kOverflow);
    return Next::Unchanged();
  }
  reply.Integer(number);
  return PutNumber(value, std::to_string(number));
}

Next Incr(const ValueView* value, Args, const Call&, ReplyWriter& reply) {
  return Add(value, 1, reply);
}

Next Decr(const ValueView* value, Args, const Call&, ReplyWriter& reply) {
  return Add(value, -1, reply);
}

Next Incrby(const ValueView* value, Args args, const Call&, ReplyWriter& reply) {
  int64_t increment = 0;
  if (!ExpectInteger(args[2], &increment, reply)) return Next::Unchanged();
  return Add(value, increment, reply);
}

Next Decrby(const ValueView* value, Args args, const Call&, ReplyWriter& reply) {
  int64_t decrement = 0;
  if (!ExpectInteger(args[2], &decrement, reply)) return Next::Unchanged();
  if (decrement == kInt64Min) {
    reply.Error(kDecrementOverflow);
    return Next::Unchanged();
  }
  return Add(value, -decrement, reply);
}

bool ExpectFloat(std::string_view text, long double* number, ReplyWriter& reply) {
  const std::optional<long double> parsed = ParseLongDouble(text);
  if (parsed) {
    *number = *parsed;
  } else {
    reply.Error(kNotFloat);
  }
  return parsed.has_value();
}

Next Incrbyfloat(const ValueView* value, Args args, const Call&, ReplyWriter& reply) {
  long double number = 0;
  long double increment = 0;
  if (!ExpectString(value, reply)) return Next::Unchanged();
  if (value != nullptr && !ExpectFloat(value->payload, &number, reply)) return Next::Unchanged();
  if (!ExpectFloat(args[2], &increment, reply)) return Next::Unchanged();
  number += increment;
  if (std::isnan(number) || std::isinf(number)) {
    reply.Error(kNanOrInfinity);
    return Next::Unchanged();
  }
  std::string text = FormatLongDouble(number);
  reply.Bulk(text);
  return PutNumber(value, std::move(text));
}

constexpr CommandRow kRows[] = {
    {.name = "incr",
     .arity = 2,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Incr,
     .summary = "Increments the integer value of a key by one. Uses 0 as initial value if the key "
                "doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key"},
    {.name = "decr",
     .arity = 2,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Decr,
     .summary = "Decrements the integer value of a key by one. Uses 0 as initial value if the key "
                "doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key"},
    {.name = "incrby",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Incrby,
     .summary = "Increments the integer value of a key by a number. Uses 0 as initial value if the "
                "key doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key increment:integer"},
    {.name = "decrby",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Decrby,
     .summary = "Decrements a number from the integer value of a key. Uses 0 as initial value if "
                "the key doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key decrement:integer"},
    {.name = "incrbyfloat",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Incrbyfloat,
     .summary = "Increment the floating point value of a key by a number. Uses 0 as initial value "
                "if the key doesn't exist.",
     .since = "2.6.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key increment:double"},
};

}  // namespace

std::span<const CommandRow> CounterCommands() { return kRows; }

}  // namespace kindred
