#include <limits>
#include <string>

#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();

// What tells the four EXPIREs apart.
struct ExpireForm {
  std::string_view command;
  int64_t unit_ms;
  bool relative;  // to now
};

struct Conditions {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
};

bool ExpectConditions(Args options, Conditions* out, ReplyWriter& reply) {
  for (const std::string_view option : options) {
    if (SameWord(option, "nx")) {
      out->nx = true;
    } else if (SameWord(option, "xx")) {
      out->xx = true;
    } else if (SameWord(option, "gt")) {
      out->gt = true;
    } else if (SameWord(option, "lt")) {
      out->lt = true;
    } else {
      reply.Error(UnsupportedOption(option));
      return false;
    }
  }
  if (out->nx && (out->xx || out->gt || out->lt)) {
    reply.Error(kNxAndOthers);
    return false;
  }
  if (out->gt && out->lt) {
    reply.Error(kGtLtNx);
    return false;
  }
  return true;
}

// The absolute time in ms; unlike SET's it may lie in the past, and below zero.
bool ExpectTime(const ExpireForm& form, std::string_view text, uint64_t now_ms, int64_t* when_ms,
                ReplyWriter& reply) {
  int64_t time = 0;
  if (!ExpectInteger(text, &time, reply)) return false;
  const int64_t base = form.relative ? static_cast<int64_t>(now_ms) : 0;
  if (time > kInt64Max / form.unit_ms || time < kInt64Min / form.unit_ms ||
      time * form.unit_ms > kInt64Max - base) {
    reply.Error(InvalidExpire(form.command));
    return false;
  }
  *when_ms = time * form.unit_ms + base;
  return true;
}

// A key without an expiry counts as living for ever: nothing is greater, everything is less.
bool ConditionsHold(const Conditions& conditions, uint64_t expires_ms, int64_t when_ms) {
  const bool expires = expires_ms != kNever;
  const int64_t current_ms = static_cast<int64_t>(expires_ms);
  if (conditions.nx && expires) return false;
  if (conditions.xx && !expires) return false;
  if (conditions.gt && (!expires || when_ms <= current_ms)) return false;
  if (conditions.lt && expires && when_ms >= current_ms) return false;
  return true;
}

Next WithExpiry(const ValueView& value, uint64_t expires_ms) {
  return Next::Put({value.kind, expires_ms, std::string(value.payload)});
}

Next ExpireBy(const ExpireForm& form, const ValueView* value, Args args, const Call& call,
              ReplyWriter& reply) {
  Conditions conditions;
  int64_t when_ms = 0;
  if (!ExpectConditions(args.subspan(3), &conditions, reply) ||
      !ExpectTime(form, args[2], call.now_ms, &when_ms, reply)) {
    return Next::Unchanged();
  }
  if (value == nullptr || !ConditionsHold(conditions, value->expires_ms, when_ms)) {
    reply.Integer(0);
    return Next::Unchanged();
  }
  reply.Integer(1);
  if (when_ms <= static_cast<int64_t>(call.now_ms)) return Next::Delete();
  return WithExpiry(*value, static_cast<uint64_t>(when_ms));
}

Next Expire(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  return ExpireBy({"expire", 1000, true}, value, args, call, reply);
}

Next Pexpire(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  return ExpireBy({"pexpire", 1, true}, value, args, call, reply);
}

Next Expireat(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  return ExpireBy({"expireat", 1000, false}, value, args, call, reply);
}

Next Pexpireat(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  return ExpireBy({"pexpireat", 1, false}, value, args, call, reply);
}

Next Persist(const ValueView* value, Args, const Call&, ReplyWriter& reply) {
  const bool changes = value != nullptr && value->expires_ms != kNever;
  reply.Integer(changes ? 1 : 0);
  return changes ? WithExpiry(*value, kNever) : Next::Unchanged();
}

// The four questions: -2 for no key, -1 for no expiry. Seconds are rounded.
void ReplyTime(const ValueView* value, uint64_t since_ms, uint64_t unit_ms, const Call& call,
               ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) {
    reply.Integer(-2);
  } else if (value->expires_ms == kNever) {
    reply.Integer(-1);
  } else {
    const uint64_t ms = value->expires_ms > since_ms ? value->expires_ms - since_ms : 0;
    reply.Integer(static_cast<int64_t>((ms + unit_ms / 2) / unit_ms));
  }
}

void Ttl(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  ReplyTime(value, call.now_ms, 1000, call, reply);
}

void Pttl(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  ReplyTime(value, call.now_ms, 1, call, reply);
}

void Expiretime(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  ReplyTime(value, 0, 1000, call, reply);
}

void Pexpiretime(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  ReplyTime(value, 0, 1, call, reply);
}

// Everything but the name, the handler and the words is the same for all that set an expiry, and
// for all that tell it.
constexpr CommandRow ExpireRow(std::string_view name, WriteHandler handler,
                               std::string_view summary, std::string_view since,
                               std::string_view arguments) {
  return {.name = name,
          .arity = -3,
          .flags = kFlagWrite | kFlagFast,
          .acl = kAclKeyspace,
          .keys = kFirstKey,
          .key_use = kKeyReadWrite | kKeyUpdate,
          .kind = RowKind::kWrite,
          .write = handler,
          .summary = summary,
          .since = since,
          .group = "generic",
          .complexity = "O(1)",
          .arguments = arguments};
}

constexpr CommandRow TimeRow(std::string_view name, ReadHandler handler, std::string_view summary,
                             std::string_view since, std::string_view tips) {
  return {.name = name,
          .arity = 2,
          .flags = kFlagReadonly | kFlagFast,
          .acl = kAclKeyspace,
          .keys = kFirstKey,
          .key_use = kKeyReadOnly | kKeyAccess,
          .kind = RowKind::kRead,
          .read = handler,
          .summary = summary,
          .since = since,
          .group = "generic",
          .complexity = "O(1)",
          .arguments = "key",
          .tips = tips};
}

constexpr CommandRow kRows[] = {
    ExpireRow("expire", Expire, "Sets the expiration time of a key in seconds.", "1.0.0",
              "key seconds [condition=NX|XX|GT|LT]"),
    ExpireRow("pexpire", Pexpire, "Sets the expiration time of a key in milliseconds.", "2.6.0",
              "key milliseconds [condition=NX|XX|GT|LT]"),
    ExpireRow("expireat", Expireat, "Sets the expiration time of a key to a Unix timestamp.",
              "1.2.0", "key unix-time-seconds [condition=NX|XX|GT|LT]"),
    ExpireRow("pexpireat", Pexpireat,
              "Sets the expiration time of a key to a Unix milliseconds timestamp.", "2.6.0",
              "key unix-time-milliseconds [condition=NX|XX|GT|LT]"),
    {.name = "persist",
     .arity = 2,
     .flags = kFlagWrite | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Persist,
     .summary = "Removes the expiration time of a key.",
     .since = "2.2.0",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key"},
    TimeRow("ttl", Ttl, "Returns the expiration time in seconds of a key.", "1.0.0",
            "nondeterministic_output"),
    TimeRow("pttl", Pttl, "Returns the expiration time in milliseconds of a key.", "2.6.0",
            "nondeterministic_output"),
    TimeRow("expiretime", Expiretime, "Returns the expiration time of a key as a Unix timestamp.",
            "7.0.0", {}),
    TimeRow("pexpiretime", Pexpiretime,
            "Returns the expiration time of a key as a Unix milliseconds timestamp.", "7.0.0", {}),
};

}  // namespace

std::span<const CommandRow> ExpiryCommands() { return kRows; }

}  // namespace kindred
