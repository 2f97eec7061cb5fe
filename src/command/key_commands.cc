#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

// One part of DEL and UNLINK. The deletion is written even where nothing lives: a newest version
// that is dead may stand before siblings that the client's context has seen.
Next Del(const ValueView* value, Args, const Call&, ReplyWriter& reply) {
  reply.Integer(value != nullptr ? 1 : 0);
  return Next::Delete();
}

bool AlwaysBlind(Args) { return true; }

// One part of EXISTS and TOUCH: a key that is named twice counts twice. Nothing here is evicted, so
// there is no time of access that TOUCH could set.
void Exists(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  reply.Integer(value != nullptr ? 1 : 0);
}

std::string_view TypeName(const ValueView* value) {
  if (value == nullptr) return "none";
  switch (value->kind) {
    case Kind::kTombstone:
      return "none";
    case Kind::kString:
      return "string";
  }
  return "none";
}

void Type(const ValueView* value, Args, const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  reply.Simple(TypeName(value));
}

constexpr std::string_view kSumTips = "request_policy:multi_shard response_policy:agg_sum";

constexpr CommandRow kRows[] = {
    {.name = "del",
     .arity = -2,
     .flags = kFlagWrite,
     .acl = kAclKeyspace,
     .keys = kAllKeys,
     .key_use = kKeyRemove | kKeyDelete,
     .kind = RowKind::kWrite,
     .join = Join::kSum,
     .write = Del,
     .blind = AlwaysBlind,
     .summary = "Deletes one or more keys.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N) where N is the number of keys that will be removed. When a key to remove "
                   "holds a value other than a string, the individual complexity for this key is "
                   "O(M) where M is the number of elements in the list, set, sorted set or hash. "
                   "Removing a single key that holds a string value is O(1).",
     .arguments = "key...",
     .tips = kSumTips},
    {.name = "unlink",
     .arity = -2,
     .flags = kFlagWrite | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kAllKeys,
     .key_use = kKeyRemove | kKeyDelete,
     .kind = RowKind::kWrite,
     .join = Join::kSum,
     .write = Del,
     .blind = AlwaysBlind,
     .summary = "Asynchronously deletes one or more keys.",
     .since = "4.0.0",
     .group = "generic",
     .complexity = "O(1) for each key removed regardless of its size. Then the command does O(N) "
                   "work in a different thread in order to reclaim memory, where N is the number "
                   "of allocations the deleted objects where composed of.",
     .arguments = "key...",
     .tips = kSumTips},
    {.name = "exists",
     .arity = -2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kAllKeys,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .join = Join::kSum,
     .read = Exists,
     .summary = "Determines whether one or more keys exist.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N) where N is the number of keys to check.",
     .arguments = "key...",
     .tips = kSumTips},
    {.name = "touch",
     .arity = -2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kAllKeys,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .join = Join::kSum,
     .read = Exists,
     .summary = "Returns the number of existing keys out of those specified after updating the "
                "time they were last accessed.",
     .since = "3.2.1",
     .group = "generic",
     .complexity = "O(N) where N is the number of keys that will be touched.",
     .arguments = "key...",
     .tips = kSumTips},
    {.name = "type",
     .arity = 2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly,
     .kind = RowKind::kRead,
     .read = Type,
     .summary = "Determines the type of value stored at a key.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key"},
};

}  // namespace

std::span<const CommandRow> KeyCommands() { return kRows; }

}  // namespace kindred
