#include <limits>
#include <optional>
#include <string>

#include "command/dump_payload.h"
#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

void Dump(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) return reply.Nil();
  if (ExpectString(value, reply)) reply.Bulk(EncodeDump(value->payload));
}

struct RestoreOptions {
  bool replace = false;
  bool absolute_ttl = false;
};

// IDLETIME and FREQ exclude each other. They are for eviction, which does not exist here, so that
// only their form matters.
bool ParseRestoreOptions(Args options, RestoreOptions* out, ReplyWriter& reply) {
  bool idletime = false;
  bool freq = false;
  for (size_t i = 0; i < options.size(); ++i) {
    const bool has_number = i + 1 < options.size();
    int64_t number = 0;
    if (SameWord(options[i], "replace")) {
      out->replace = true;
    } else if (SameWord(options[i], "absttl")) {
      out->absolute_ttl = true;
    } else if (SameWord(options[i], "idletime") && has_number && !freq) {
      if (!ExpectInteger(options[++i], &number, reply)) return false;
      if (number < 0) return reply.Error(kInvalidIdletime), false;
      idletime = true;
    } else if (SameWord(options[i], "freq") && has_number && !idletime) {
      if (!ExpectInteger(options[++i], &number, reply)) return false;
      if (number < 0 || number > 255) return reply.Error(kInvalidFreq), false;
      freq = true;
    } else {
      return reply.Error(kSyntax), false;
    }
  }
  return true;
}

bool ExpectTtl(std::string_view text, bool absolute, const Call& call, uint64_t* expires_ms,
               ReplyWriter& reply) {
  int64_t ttl = 0;
  if (!ExpectInteger(text, &ttl, reply)) return false;
  if (ttl < 0) return reply.Error(kInvalidTtl), false;
  *expires_ms = kNever;
  if (ttl == 0) return true;
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  const int64_t base = absolute ? 0 : static_cast<int64_t>(call.now_ms);
  *expires_ms = static_cast<uint64_t>(ttl > kLast - base ? kLast : base + ttl);
  return true;
}

bool ExpectDump(std::string_view payload, const Call& call, std::string* value,
                ReplyWriter& reply) {
  switch (DecodeDump(payload, call.value_bytes_max, value)) {
    case DumpDecoded::kOk:
      return true;
    case DumpDecoded::kChecksum:
      reply.Error(kDumpChecksum);
      return false;
    case DumpDecoded::kFormat:
      reply.Error(kDumpFormat);
      return false;
    case DumpDecoded::kTooLong:
      reply.Error(kStringTooLong);
      return false;
  }
  return false;
}

Next Restore(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  RestoreOptions options;
  if (!ParseRestoreOptions(args.subspan(4), &options, reply)) return Next::Unchanged();
  if (value != nullptr && !options.replace) {
    reply.Error(kBusyKey);
    return Next::Unchanged();
  }
  Value next = {Kind::kString, kNever, {}};
  if (!ExpectTtl(args[2], options.absolute_ttl, call, &next.expires_ms, reply) ||
      !ExpectDump(args[3], call, &next.payload, reply)) {
    return Next::Unchanged();
  }
  reply.Simple("OK");
  const bool is_over = next.expires_ms != kNever && next.expires_ms <= call.now_ms;
  return is_over ? Next::Delete() : Next::Put(std::move(next));
}

// With REPLACE it means "whatever was there".
bool RestoreIsBlind(Args args) {
  for (const std::string_view option : args.subspan(4)) {
    if (SameWord(option, "replace")) return true;
  }
  return false;
}

constexpr CommandRow kRows[] = {
    {.name = "dump",
     .arity = 2,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Dump,
     .summary = "Returns a serialized representation of the value stored at a key.",
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1) to access the key and additional O(N*M) to serialize it, where N is the "
                   "number of Redis objects composing the value and M their average size. For "
                   "small string values the time complexity is thus O(1)+O(1*M) where M is small, "
                   "so simply O(1).",
     .arguments = "key",
     .tips = "nondeterministic_output"},
    {.name = "restore",
     .arity = -4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclKeyspace | kAclDangerous,
     .keys = kFirstKey,
     .key_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Restore,
     .blind = RestoreIsBlind,
     .summary = "Creates a key from the serialized representation of a value.",
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1) to create the new key and additional O(N*M) to reconstruct the serialized "
                   "value, where N is the number of Redis objects composing the value and M their "
                   "average size. For small string values the time complexity is thus "
                   "O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values "
                   "the complexity is O(N*M*log(N)) because inserting values into sorted sets is "
                   "O(log(N)).",
     .arguments = "key ttl:integer serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] "
                  "[FREQ frequency:integer]"},
};

}  // namespace

std::span<const CommandRow> DumpCommands() { return kRows; }

}  // namespace kindred
