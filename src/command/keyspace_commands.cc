#include "command/families.h"
#include "command/handler_tools.h"
#include "command/scan_options.h"

namespace kindred {
namespace {

bool CheckScan(Args args, ReplyWriter& reply) {
  ScanOptions options;
  return ParseScan(args, &options, reply);
}

// Both modes are the same here: a flush is one watermark, and what lies below it goes away in the
// background.
bool CheckFlush(Args args, ReplyWriter& reply) {
  if (args.size() == 1) return true;
  if (args.size() == 2 && (SameWord(args[1], "async") || SameWord(args[1], "sync"))) return true;
  reply.Error(kSyntax);
  return false;
}

constexpr CommandRow kRows[] = {
    {.name = "scan",
     .arity = -2,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .kind = RowKind::kKeyspace,
     .check = CheckScan,
     .summary = "Iterates over the key names in the database.",
     .since = "2.8.0",
     .group = "generic",
     .complexity = "O(1) for every call. O(N) for a complete iteration, including enough command "
                   "calls for the cursor to return back to 0. N is the number of elements inside "
                   "the collection.",
     .arguments = "cursor [MATCH pattern] [COUNT count] [TYPE type]",
     .tips = "nondeterministic_output request_policy:special"},
    {.name = "keys",
     .arity = 2,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace | kAclDangerous,
     .kind = RowKind::kKeyspace,
     .summary = "Returns all key names that match a pattern.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N) with N being the number of keys in the database, under the assumption "
                   "that the key names in the database and the given pattern have limited length.",
     .arguments = "pattern",
     .tips = "request_policy:all_shards nondeterministic_output_order"},
    {.name = "randomkey",
     .arity = 1,
     .flags = kFlagReadonly,
     .acl = kAclKeyspace,
     .kind = RowKind::kKeyspace,
     .summary = "Returns a random key name from the database.",
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards nondeterministic_output"},
    {.name = "dbsize",
     .arity = 1,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclKeyspace,
     .kind = RowKind::kKeyspace,
     .summary = "Returns the number of keys in the database.",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:agg_sum"},
    {.name = "flushdb",
     .arity = -1,
     .flags = kFlagWrite,
     .acl = kAclKeyspace | kAclDangerous,
     .kind = RowKind::kKeyspace,
     .check = CheckFlush,
     .summary = "Remove all keys from the current database.",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of keys in the selected database",
     .arguments = "[flush-type=ASYNC|SYNC]",
     .tips = "request_policy:all_shards response_policy:all_succeeded"},
    {.name = "flushall",
     .arity = -1,
     .flags = kFlagWrite,
     .acl = kAclKeyspace | kAclDangerous,
     .kind = RowKind::kKeyspace,
     .check = CheckFlush,
     .summary = "Removes all keys from all databases.",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) where N is the total number of keys in all databases",
     .arguments = "[flush-type=ASYNC|SYNC]",
     .tips = "request_policy:all_shards response_policy:all_succeeded"},
};

}  // namespace

std::span<const CommandRow> KeyspaceCommands() { return kRows; }

}  // namespace kindred
