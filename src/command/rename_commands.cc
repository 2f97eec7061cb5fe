// RENAME, RENAMENX and COPY: what one key holds goes to another, with its expiry.
#include <string>

#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

using Values = std::span<const ValueView* const>;

Next PutCopy(const ValueView& value) {
  return Next::Put({value.kind, value.expires_ms, std::string(value.payload)});
}

void Rename(Values values, Args args, const Call&, ReplyWriter& reply, std::span<Next> nexts) {
  if (values[0] == nullptr) return reply.Error(kNoSuchKey);
  reply.Simple("OK");
  if (args[1] == args[2]) return;
  nexts[0] = Next::Delete();
  nexts[1] = PutCopy(*values[0]);
}

void Renamenx(Values values, Args, const Call&, ReplyWriter& reply, std::span<Next> nexts) {
  if (values[0] == nullptr) return reply.Error(kNoSuchKey);
  if (values[1] != nullptr) return reply.Integer(0);  // It may be the same key.
  reply.Integer(1);
  nexts[0] = Next::Delete();
  nexts[1] = PutCopy(*values[0]);
}

struct CopyOptions {
  bool replace = false;
  std::optional<uint8_t> db;  // of the copy; nothing: that of the session
};

bool ParseCopyOptions(Args options, CopyOptions* out, ReplyWriter& reply) {
  for (size_t i = 0; i < options.size(); ++i) {
    if (SameWord(options[i], "replace")) {
      out->replace = true;
    } else if (SameWord(options[i], "db") && i + 1 < options.size()) {
      if (!ExpectDatabase(options[++i], &out->db.emplace(), reply)) return false;
    } else {
      reply.Error(kSyntax);
      return false;
    }
  }
  return true;
}

// Of arguments that have passed CheckCopy.
CopyOptions CopyOptionsOf(Args args) {
  std::string nothing;
  ReplyWriter unused(&nothing, 2);
  CopyOptions options;
  ParseCopyOptions(args.subspan(3), &options, unused);
  return options;
}

bool CheckCopy(Args args, ReplyWriter& reply) {
  CopyOptions options;
  return ParseCopyOptions(args.subspan(3), &options, reply);
}

uint8_t CopyDbOfKey(Args args, size_t i, uint8_t db) {
  return i == 0 ? db : CopyOptionsOf(args).db.value_or(db);
}

void Copy(Values values, Args args, const Call& call, ReplyWriter& reply, std::span<Next> nexts) {
  const CopyOptions options = CopyOptionsOf(args);
  const bool same_db = options.db.value_or(call.db) == call.db;
  if (same_db && args[1] == args[2]) return reply.Error(kSameObject);
  CountLookup(values[0], call);
  const bool copies = values[0] != nullptr && (values[1] == nullptr || options.replace);
  reply.Integer(copies ? 1 : 0);
  if (copies) nexts[1] = PutCopy(*values[0]);
}

constexpr KeyPositions kTwoKeys = {1, 2, 1};

constexpr CommandRow kRows[] = {
    {.name = "rename",
     .arity = 3,
     .flags = kFlagWrite,
     .acl = kAclKeyspace,
     .keys = kTwoKeys,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyDelete,
     .rest_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kManyKeys,
     .many = Rename,
     .summary = "Renames a key and overwrites the destination.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key newkey:key"},
    {.name = "renamenx",
     .arity = 3,
     .flags = kFlagWrite | kFlagFast,
     .acl = kAclKeyspace,
     .keys = kTwoKeys,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyDelete,
     .rest_use = kKeyOverwrite | kKeyInsert,
     .kind = RowKind::kManyKeys,
     .many = Renamenx,
     .summary = "Renames a key only when the target key name doesn't exist.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .arguments = "key newkey:key"},
    {.name = "copy",
     .arity = -3,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclKeyspace,
     .keys = kTwoKeys,
     .key_use = kKeyReadOnly | kKeyAccess,
     .rest_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kManyKeys,
     .many = Copy,
     .check = CheckCopy,
     .db_of_key = CopyDbOfKey,
     .summary = "Copies the value of a key to a new key.",
     .since = "6.2.0",
     .group = "generic",
     .complexity = "O(N) worst case for collections, where N is the number of nested items. O(1) "
                   "for string values.",
     .arguments = "source:key destination:key [DB destination-db:integer] [REPLACE]"},
};

}  // namespace

std::span<const CommandRow> RenameCommands() { return kRows; }

}  // namespace kindred
