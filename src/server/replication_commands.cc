// ROLE, REPLICAOF, SLAVEOF, FAILOVER: what a Redis that is a master without replicas says. Which
// nodes keep a key, and which of them is its primary, is nobody's to be told.
#include "base/number.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

void Role(Session&, Args, ReplyWriter& reply, uint64_t) {
  reply.Array(3);
  reply.Bulk("master");
  reply.Integer(0);
  reply.Array(0);
}

void ReplicaOf(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (session.face() == Face::kCluster) return reply.Error(kReplicaOfInCluster);
  if (SameWord(args[1], "no") && SameWord(args[2], "one")) return reply.Simple("OK");
  const std::optional<int64_t> port = ParseInt64(args[2]);
  reply.Error(!port || *port < 0 || *port > 65535 ? kInvalidMasterPort : kReplicaOfNotSupported);
}

struct FailoverOptions {
  bool abort = false;
};

bool ParseFailover(Args args, FailoverOptions* options, ReplyWriter& reply) {
  for (size_t i = 1; i < args.size(); ++i) {
    const size_t more = args.size() - 1 - i;
    int64_t number = 0;
    if (SameWord(args[i], "timeout") && more >= 1) {
      if (!ExpectInteger(args[++i], &number, reply)) return false;
    } else if (SameWord(args[i], "abort") && args.size() == 2) {
      options->abort = true;
    } else if (SameWord(args[i], "to") && more >= 2) {
      if (!ExpectInteger(args[i + 2], &number, reply)) return false;
      i += 2;
      if (i + 1 < args.size() && SameWord(args[i + 1], "force")) ++i;
    } else {
      reply.Error(kSyntax);
      return false;
    }
  }
  return true;
}

void Failover(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  FailoverOptions options;
  if (session.face() == Face::kCluster) return reply.Error(kFailoverInCluster);
  if (!ParseFailover(args, &options, reply)) return;
  reply.Error(options.abort ? kNoFailover : kFailoverNeedsReplicas);
}

constexpr uint32_t kAdminFlags = kFlagNoAsyncLoading | kFlagAdmin | kFlagNoScript | kFlagStale;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "role",
             .arity = 1,
             .flags = kFlagNoScript | kFlagLoading | kFlagStale | kFlagFast,
             .acl = kAclAdmin | kAclDangerous,
             .summary = "Returns the replication role.",
             .since = "2.8.12",
             .group = "server",
             .complexity = "O(1)"},
     .run = Role},
    {.row = {.name = "replicaof",
             .arity = 3,
             .flags = kAdminFlags,
             .summary = "Configures a server as replica of another, or promotes it to a master.",
             .since = "5.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "host port:integer"},
     .run = ReplicaOf},
    {.row = {.name = "slaveof",
             .arity = 3,
             .flags = kAdminFlags,
             .summary = "Sets a Redis server as a replica of another, or promotes it to being a "
                        "master.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "host port:integer",
             .deprecated_since = "5.0.0",
             .replaced_by = "`REPLICAOF`"},
     .run = ReplicaOf},
    {.row = {.name = "failover",
             .arity = -1,
             .flags = kFlagAdmin | kFlagNoScript | kFlagStale,
             .summary = "Starts a coordinated failover from a server to one of its replicas.",
             .since = "6.2.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "[target=TO {host port:integer [FORCE]}] [ABORT] [TIMEOUT "
                          "milliseconds:integer]"},
     .run = Failover},
};

}  // namespace

std::span<const SessionCommand> ReplicationCommands() { return kCommands; }

}  // namespace kindred
