// OBJECT, MEMORY USAGE and DEBUG OBJECT: what is told about how a value is kept.
#include <limits>
#include <string>

#include "base/hash.h"
#include "command/dump_payload.h"
#include "command/families.h"
#include "command/handler_tools.h"
#include "fmt/format.h"

namespace kindred {
namespace {

// Values are plain bytes here, but clients and their tests look for Redis's words: what Redis would
// say of a value that was set as it is (one that was appended to would be "raw" there).
constexpr size_t kIntegerTextMax = 20;
constexpr size_t kEmbeddedMax = 44;
// Redis shares the objects of small numbers, and counts no references to them.
constexpr int64_t kSharedNumbers = 10000;
constexpr int64_t kSharedReferences = std::numeric_limits<int32_t>::max();

std::optional<int64_t> NumberIn(std::string_view payload) {
  return payload.size() <= kIntegerTextMax ? ParseInt64(payload) : std::nullopt;
}

std::string_view EncodingOf(std::string_view payload) {
  if (NumberIn(payload)) return "int";
  return payload.size() <= kEmbeddedMax ? "embstr" : "raw";
}

int64_t ReferencesTo(std::string_view payload) {
  const auto number = NumberIn(payload);
  return number && *number >= 0 && *number < kSharedNumbers ? kSharedReferences : 1;
}

void Encoding(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) return reply.Nil();
  reply.Bulk(EncodingOf(value->payload));
}

void Refcount(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) return reply.Nil();
  reply.Integer(ReferencesTo(value->payload));
}

// Nothing is evicted here, so nobody keeps the time of the last access.
void Idletime(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) return reply.Nil();
  reply.Integer(0);
}

void Freq(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (value == nullptr) return reply.Nil();
  reply.Error(kNoLfu);
}

// SAMPLES is about values that have elements; it is only checked.
bool CheckMemoryUsage(Args args, ReplyWriter& reply) {
  for (size_t i = 3; i < args.size(); i += 2) {
    if (!SameWord(args[i], "samples") || i + 1 == args.size()) return reply.Error(kSyntax), false;
    int64_t samples = 0;
    if (!ExpectInteger(args[i + 1], &samples, reply)) return false;
    if (samples < 0) return reply.Error(kSyntax), false;
  }
  return true;
}

// What the key takes in a replica's cache: the record with all its siblings, the key, and an
// allowance for the entry in the table.
void MemoryUsage(const Record& record, Args args, const Call& call, ReplyWriter& reply) {
  constexpr size_t kEntryBytes = 128;
  if (NewestLive(record, call.now_ms) == nullptr) return reply.Nil();
  reply.Integer(static_cast<int64_t>(kEntryBytes + args[2].size() + record.MemoryBytes()));
}

// DEBUG OBJECT. As on Redis it is neither a hit nor a miss. A value lies on several nodes, so that
// no address would say where: a number of the key's own stands there, as long as one. `lru` is the
// low bits of the seconds, and it counts as used just now, as IDLETIME has it.
void DebugObject(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  constexpr uint64_t kAddressBits = 48;
  constexpr uint64_t kLruBits = 24;
  if (value == nullptr) return reply.Error(kNoSuchKey);
  const std::string_view payload = value->payload;
  reply.Simple(fmt::format(
      "Value at:0x{:x} refcount:{} encoding:{} serializedlength:{} lru:{} lru_seconds_idle:0",
      Hash64(args[2]) >> (64 - kAddressBits), ReferencesTo(payload), EncodingOf(payload),
      DumpedObjectBytes(payload), call.now_ms / 1000 % (uint64_t{1} << kLruBits)));
}

constexpr KeyPositions kSecondArgument = {2, 2, 1};

constexpr CommandRow kRows[] = {
    {.name = "object",
     .arity = -2,
     .kind = RowKind::kContainer,
     .summary = "A container for object introspection commands.",
     .since = "2.2.3",
     .group = "generic",
     .complexity = "Depends on subcommand."},
    {.name = "object|encoding",
     .arity = 3,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Encoding,
     .summary = "Returns the internal encoding of a Redis object.",
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key",
     .tips = "nondeterministic_output"},
    {.name = "object|freq",
     .arity = 3,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Freq,
     .summary = "Returns the logarithmic access frequency counter of a Redis object.",
     .since = "4.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key",
     .tips = "nondeterministic_output"},
    {.name = "object|idletime",
     .arity = 3,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Idletime,
     .summary = "Returns the time since the last access to a Redis object.",
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key",
     .tips = "nondeterministic_output"},
    {.name = "object|refcount",
     .arity = 3,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Refcount,
     .summary = "Returns the reference count of a value of a key.",
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key",
     .tips = "nondeterministic_output"},
    {.name = "memory",
     .arity = -2,
     .kind = RowKind::kContainer,
     .summary = "A container for memory diagnostics commands.",
     .since = "4.0.0",
     .group = "server",
     .complexity = "Depends on subcommand."},
    {.name = "memory|usage",
     .arity = -3,
     .flags = kFlagReadonly,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRecordRead,
     .read_record = MemoryUsage,
     .check = CheckMemoryUsage,
     .summary = "Estimates the memory usage of a key.",
     .since = "4.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of samples.",
     .arguments = "key [SAMPLES count]"},
};

// DEBUG itself has its row in server/, where it looks at its first argument.
constexpr CommandRow kUnlistedRows[] = {
    {.name = "debug", .arity = -2, .kind = RowKind::kContainer},
    {.name = "debug|object",
     .arity = 3,
     .flags = kFlagReadonly,
     .keys = kSecondArgument,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = DebugObject},
};

}  // namespace

std::span<const CommandRow> ObjectCommands() { return kRows; }
std::span<const CommandRow> UnlistedCommands() { return kUnlistedRows; }
const CommandRow& DebugObjectRow() { return kUnlistedRows[1]; }

}  // namespace kindred
