// MULTI, EXEC, DISCARD, WATCH, UNWATCH. WATCH and EXEC take several steps, which the session runs
// (session_transaction.cc).
#include "resp/errors.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"
#include "server/transaction.h"

namespace kindred {
namespace {

void Multi(Session& session, Args, ReplyWriter& reply, uint64_t) {
  if (session.transaction().open) return reply.Error(kNestedMulti);
  session.OpenTransaction();
  reply.Simple("OK");
}

void Discard(Session& session, Args, ReplyWriter& reply, uint64_t) {
  if (!session.transaction().open) return reply.Error(kDiscardWithoutMulti);
  session.EndTransaction();
  reply.Simple("OK");
}

// Within a transaction it comes too late for what is watched already.
void Unwatch(Session& session, Args, ReplyWriter& reply, uint64_t) {
  if (!session.transaction().running) session.transaction().watches.clear();
  reply.Simple("OK");
}

constexpr uint32_t kAlways = kFlagNoScript | kFlagLoading | kFlagStale;
constexpr uint32_t kQuick = kAlways | kFlagFast | kFlagAllowBusy;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "multi",
             .arity = 1,
             .flags = kQuick,
             .acl = kAclTransaction,
             .summary = "Starts a transaction.",
             .since = "1.2.0",
             .group = "transactions",
             .complexity = "O(1)"},
     .run = Multi,
     .not_queued = true},
    {.row = {.name = "exec",
             .arity = 1,
             .flags = kAlways | kFlagSkipSlowlog,
             .acl = kAclTransaction,
             .summary = "Executes all commands in a transaction.",
             .since = "1.2.0",
             .group = "transactions",
             .complexity = "Depends on commands in the transaction"},
     .after_all = true,
     .not_queued = true},
    {.row = {.name = "discard",
             .arity = 1,
             .flags = kQuick,
             .acl = kAclTransaction,
             .summary = "Discards a transaction.",
             .since = "2.0.0",
             .group = "transactions",
             .complexity = "O(N), when N is the number of queued commands"},
     .run = Discard,
     .not_queued = true},
    {.row = {.name = "watch",
             .arity = -2,
             .flags = kQuick,
             .acl = kAclTransaction,
             .keys = kAllKeys,
             .key_use = kKeyReadOnly,
             .summary = "Monitors changes to keys to determine the execution of a transaction.",
             .since = "2.2.0",
             .group = "transactions",
             .complexity = "O(1) for every key.",
             .arguments = "key..."},
     .after_all = true,
     .not_queued = true},
    {.row = {.name = "unwatch",
             .arity = 1,
             .flags = kQuick,
             .acl = kAclTransaction,
             .summary = "Forgets about watched keys of a transaction.",
             .since = "2.2.0",
             .group = "transactions",
             .complexity = "O(1)"},
     .run = Unwatch},
};

}  // namespace

std::span<const SessionCommand> TransactionCommands() { return kCommands; }

}  // namespace kindred
