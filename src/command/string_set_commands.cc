#include <string>

#include "command/families.h"
#include "command/handler_tools.h"
#include "command/set_options.h"

namespace kindred {
namespace {

// Whether the conditions of a SET hold. IFEQ asks for a string, except that GET has asked already.
bool ConditionsHold(const SetOptions& options, const ValueView* value) {
  if (options.if_missing) return value == nullptr;
  if (options.if_exists) return value != nullptr;
  if (options.if_equal) return value != nullptr && value->payload == *options.if_equal;
  return true;
}

Next Set(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  SetOptions options;
  if (!ParseSetOptions(args.subspan(3), &options)) {
    reply.Error(kSyntax);
    return Next::Unchanged();
  }
  uint64_t expires_ms = kNever;
  if (options.expiry.form != ExpiryForm::kNone &&
      !ExpectExpiry(options.expiry, "set", call.now_ms, &expires_ms, reply)) {
    return Next::Unchanged();
  }
  if (options.get) CountLookup(value, call);
  if ((options.get || options.if_equal) && !ExpectString(value, reply)) return Next::Unchanged();
  if (!ExpectLength(args[2].size(), call, reply)) return Next::Unchanged();

  if (options.keep_ttl && value != nullptr) expires_ms = value->expires_ms;
  const bool sets = ConditionsHold(options, value);
  if (options.get) {
    ReplyValue(value, reply);
  } else if (sets) {
    reply.Simple("OK");
  } else {
    reply.Nil();
  }
  return sets ? PutString(args[2], expires_ms, call) : Next::Unchanged();
}

bool SetIsBlind(Args args) {
  if (args.size() == 3) return true;
  SetOptions options;
  return ParseSetOptions(args.subspan(3), &options) && options.Blind();
}

// GET tells the old value, and IFEQ lets it be guessed.
uint32_t SetUse(Args args) {
  for (const std::string_view option : args.subspan(3)) {
    if (SameWord(option, "get") || SameWord(option, "ifeq"))
      return kKeyReadWrite | kKeyAccess | kKeyUpdate;
  }
  return kKeyOverwrite | kKeyUpdate;
}

bool AlwaysBlind(Args) { return true; }

Next Setnx(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  if (!ExpectLength(args[2].size(), call, reply)) return Next::Unchanged();
  reply.Integer(value == nullptr ? 1 : 0);
  return value == nullptr ? PutString(args[2], kNever, call) : Next::Unchanged();
}

// SETEX and PSETEX: key, time, value.
Next SetWithExpiry(const Expiry& expiry, std::string_view command, Args args, const Call& call,
                   ReplyWriter& reply) {
  uint64_t expires_ms = kNever;
  if (!ExpectExpiry(expiry, command, call.now_ms, &expires_ms, reply) ||
      !ExpectLength(args[3].size(), call, reply)) {
    return Next::Unchanged();
  }
  reply.Simple("OK");
  return PutString(args[3], expires_ms, call);
}

Next Setex(const ValueView*, Args args, const Call& call, ReplyWriter& reply) {
  return SetWithExpiry({ExpiryForm::kSeconds, args[2]}, "setex", args, call, reply);
}

Next Psetex(const ValueView*, Args args, const Call& call, ReplyWriter& reply) {
  return SetWithExpiry({ExpiryForm::kMilliseconds, args[2]}, "psetex", args, call, reply);
}

// One part of it: the key and its value.
Next Mset(const ValueView*, Args args, const Call& call, ReplyWriter& reply) {
  if (!ExpectLength(args[2].size(), call, reply)) return Next::Unchanged();
  reply.Simple("OK");
  return PutString(args[2], kNever, call);
}

void Msetnx(std::span<const ValueView* const> values, Args args, const Call& call,
            ReplyWriter& reply, std::span<Next> nexts) {
  for (const ValueView* value : values) {
    if (value != nullptr) return reply.Integer(0);
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (!ExpectLength(args[2 * i + 2].size(), call, reply)) return;
  }
  reply.Integer(1);
  for (size_t i = 0; i < values.size(); ++i) nexts[i] = PutString(args[2 * i + 2], kNever, call);
}

bool ExpectPairs(std::string_view command, Args args, ReplyWriter& reply) {
  if (args.size() % 2 == 1) return true;
  reply.Error(WrongArity(command));
  return false;
}

bool CheckMset(Args args, ReplyWriter& reply) { return ExpectPairs("mset", args, reply); }
bool CheckMsetnx(Args args, ReplyWriter& reply) { return ExpectPairs("msetnx", args, reply); }

constexpr CommandRow kRows[] = {
    {.name = "set",
     .arity = -3,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariable,
     .kind = RowKind::kWrite,
     .write = Set,
     .blind = SetIsBlind,
     .key_use_of = SetUse,
     .summary = "Sets the string value of a key, ignoring its type. The key is created if it "
                "doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key value [condition=NX|XX|IFEQ comparison-value] [GET] "
                  "[expiration=EX seconds|PX milliseconds|EXAT unix-time-seconds|"
                  "PXAT unix-time-milliseconds|KEEPTTL]",
     .key_notes = "RW and ACCESS due to the optional `GET` argument"},
    {.name = "setnx",
     .arity = 3,
     .flags = kFlagWrite | kFlagDenyOom | kFlagFast,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyOverwrite | kKeyInsert,
     .kind = RowKind::kWrite,
     .write = Setnx,
     .summary = "Set the string value of a key only when the key doesn't exist.",
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key value",
     .deprecated_since = "2.6.12",
     .replaced_by = "`SET` with the `NX` argument"},
    {.name = "setex",
     .arity = 4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Setex,
     .blind = AlwaysBlind,
     .summary = "Sets the string value and expiration time of a key. Creates the key if it "
                "doesn't exist.",
     .since = "2.0.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key seconds value",
     .deprecated_since = "2.6.12",
     .replaced_by = "`SET` with the `EX` argument"},
    {.name = "psetex",
     .arity = 4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kFirstKey,
     .key_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Psetex,
     .blind = AlwaysBlind,
     .summary = "Sets both string value and expiration time in milliseconds of a key. The key is "
                "created if it doesn't exist.",
     .since = "2.6.0",
     .group = "string",
     .complexity = "O(1)",
     .arguments = "key milliseconds value",
     .deprecated_since = "2.6.12",
     .replaced_by = "`SET` with the `PX` argument"},
    {.name = "mset",
     .arity = -3,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kKeyValuePairs,
     .key_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .join = Join::kAllOk,
     .write = Mset,
     .blind = AlwaysBlind,
     .check = CheckMset,
     .summary = "Atomically creates or modifies the string values of one or more keys.",
     .since = "1.0.1",
     .group = "string",
     .complexity = "O(N) where N is the number of keys to set.",
     .arguments = "data={key value}...",
     .tips = "request_policy:multi_shard response_policy:all_succeeded"},
    {.name = "msetnx",
     .arity = -3,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclString,
     .keys = kKeyValuePairs,
     .key_use = kKeyOverwrite | kKeyInsert,
     .kind = RowKind::kManyKeys,
     .many = Msetnx,
     .check = CheckMsetnx,
     .summary =
         "Atomically modifies the string values of one or more keys only when all keys don't "
         "exist.",
     .since = "1.0.1",
     .group = "string",
     .complexity = "O(N) where N is the number of keys to set.",
     .arguments = "data={key value}..."},
};

}  // namespace

std::span<const CommandRow> StringSetCommands() { return kRows; }

}  // namespace kindred
