#include <string>

#include "base/hex.h"
#include "base/hybrid_clock.h"
#include "causal/token.h"
#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

constexpr size_t kActorDigits = 8;

// An actor's upper half is the beginning of its node's id. Empty for a node that is no member.
std::string_view NodeOf(uint64_t actor, const Topology* topology) {
  if (topology == nullptr) return {};
  std::string bytes;
  ByteWriter(&bytes).U32(static_cast<uint32_t>(actor >> 32));
  const std::string prefix = HexEncode(bytes);
  for (const NodeInfo& node : topology->nodes()) {
    if (std::string_view(node.id).substr(0, kActorDigits) == prefix) return node.id;
  }
  return {};
}

void ReplyPayload(const Version& version, const Call& call, ReplyWriter& reply) {
  if (version.DeadAt(call.now_ms)) {
    reply.Nil();
  } else {
    reply.Bulk(version.payload);
  }
}

void ReplyWithMeta(const Version& version, const Call& call, ReplyWriter& reply) {
  const bool stays = version.expires_ms == kNever || version.DeadAt(call.now_ms);
  reply.Map(4);
  reply.Bulk("value");
  ReplyPayload(version, call, reply);
  reply.Bulk("written");
  reply.Integer(static_cast<int64_t>(MsOfTime(version.dot.time)));
  reply.Bulk("expires");
  reply.Integer(stays ? -1 : static_cast<int64_t>(version.expires_ms));
  reply.Bulk("node");
  reply.Bulk(NodeOf(version.dot.actor, call.topology));
}

// A record without versions looks like a key that was never written: nobody needs its context, as
// there is nothing that a write with it could replace.
void Siblings(const Record& record, Args args, const Call& call, ReplyWriter& reply) {
  const bool with_meta = args.size() == 3 && SameWord(args[2], "withmeta");
  if (args.size() > 2 && !with_meta) {
    reply.Error(kSyntax);
    return;
  }
  reply.Array(2);
  reply.Bulk(record.versions.empty() ? std::string() : EncodeToken(record.context));
  reply.Array(record.versions.size());
  for (const Version& version : record.versions) {
    if (with_meta) {
      ReplyWithMeta(version, call, reply);
    } else {
      ReplyPayload(version, call, reply);
    }
  }
}

constexpr CommandRow kRows[] = {
    {.name = "siblings",
     .arity = -2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRecordRead,
     .read_record = Siblings,
     .summary = "Returns a key's context token and all its values, newest first, also those that "
                "plain commands do not show because a later write did not see them.",
     .since = "0.1.0",
     .group = "generic",
     .complexity = "O(N) where N is the number of siblings, nearly always 1.",
     .arguments = "key [WITHMETA]"},
};

}  // namespace

std::span<const CommandRow> ExtensionCommands() { return kRows; }

}  // namespace kindred
