#include <string>

#include "command/families.h"
#include "command/handler_tools.h"
#include "command/set_options.h"

namespace kindred {
namespace {

void Get(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (ExpectString(value, reply)) ReplyValue(value, reply);
}

// One part of it; what is not a string is nil here, not an error.
void Mget(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  const bool is_string = value != nullptr && value->kind == Kind::kString;
  ReplyValue(is_string ? value : nullptr, reply);
}

void Strlen(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  reply.Integer(value == nullptr ? 0 : static_cast<int64_t>(value->payload.size()));
}

Next Getset(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return Next::Unchanged();
  if (!ExpectLength(args[2].size(), call, reply)) return Next::Unchanged();
  ReplyValue(value, reply);
  return PutString(args[2], kNever, call);
}

Next Getdel(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return Next::Unchanged();
  ReplyValue(value, reply);
  return value == nullptr ? Next::Unchanged() : Next::Delete();
}

Next Getex(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  SetOptions options;
  if (!ParseGetexOptions(args.subspan(2), &options)) {
    reply.Error(kSyntax);
    return Next::Unchanged();
  }
  CountLookup(value, call);
  // Redis looks at the time only once it has found the key.
  if (value == nullptr) {
    reply.Nil();
    return Next::Unchanged();
  }
  if (!ExpectString(value, reply)) return Next::Unchanged();
  uint64_t expires_ms = options.persist ? kNever : value->expires_ms;
  if (options.expiry.form != ExpiryForm::kNone &&
      !ExpectExpiry(options.expiry, "getex", call.now_ms, &expires_ms, reply)) {
    return Next::Unchanged();
  }
  ReplyValue(value, reply);
  if (expires_ms == value->expires_ms) return Next::Unchanged();
  return PutString(value->payload, expires_ms, call);
}

Next Append(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  if (!ExpectString(value, reply)) return Next::Unchanged();
  const ValueView old = value != nullptr ? *value : ValueView{};
  const size_t bytes = old.payload.size() + args[2].size();
  if (!ExpectLength(bytes, call, reply)) return Next::Unchanged();
  Value next = {Kind::kString, old.expires_ms, {}};
  next.payload.reserve(bytes);
  next.payload.append(old.payload).append(args[2]);
  reply.Integer(static_cast<int64_t>(bytes));
  return Next::Put(std::move(next));
}

constexpr CommandRow kRows[] = {
    {.name = "get",
     .arity = 2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Get,
     .summary = "Returns the string value of a key.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key"},
    {.name = "mget",
     .arity = -2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclString,
     .keys = kAllKeys,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .join = Join::kArray,
     .read = Mget,
     .summary = "Atomically returns the string values of one or more keys.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(N) where N is the number of keys to retrieve.",
     .arguments = "key...",
     .tips = "request_policy:multi_shard"},
    {.name = "strlen",
     .arity = 2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Strlen,
     .summary = "Returns the length of a string value.",
     .since = "2.2.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key"},
    {.name = "getset",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Getset,
     .summary = "Returns the previous string value of a key after setting it to a new value.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key value",
     .deprecated_since = "6.2.0",
     .replaced_by = "`SET` with the `!GET` argument"},
    {.name = "getdel",
     .arity = 2,
     .flags = kFlagWrite | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyDelete,
     .kind = RowKind::kWrite,
     .write = Getdel,
     .summary = "Returns the string value of a key after deleting the key.",
     .since = "6.2.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key"},
    {.name = "getex",
     .arity = -2,
     .flags = kFlagWrite | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Getex,
     .summary = "Returns the string value of a key after setting its expiration time.",
     .since = "6.2.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key [expiration=EX seconds|PX milliseconds|EXAT unix-time-seconds|"
                  "PXAT unix-time-milliseconds|PERSIST]",
     .key_notes = "RW and UPDATE because it changes the TTL"},
    {.name = "append",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyInsert,
     .kind = RowKind::kWrite,
     .write = Append,
     .summary = "Appends a string to the value of a key. Creates the key if it doesn't exist.",
     .since = "2.0.0",
     .group = "string",
     .complexity = "O(1). The amortized time complexity is O(1) assuming the appended value is "
                   "small and the already present value is of any size, since the dynamic string "
                   "library used by Redis will double the free space available on every "
                   "reallocation.",
     .arguments = "key value"},
};

}  // namespace

std::span<const CommandRow> StringCommands() { return kRows; }

}  // namespace kindred
