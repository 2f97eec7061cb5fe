// WITH, CONSISTENCY, OWNERS.
#include "command/with.h"
#include "server/cluster_replies.h"
#include "server/session.h"
#include "server/session_command.h"

namespace kindred {
namespace {

void TellConsistency(const Consistency& consistency, ReplyWriter& reply) {
  reply.Map(2);
  reply.Bulk("R");
  reply.Bulk(consistency.read.ToString());
  reply.Bulk("W");
  reply.Bulk(consistency.write.ToString());
}

void ChangeConsistency(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (args.size() == 1) {
    TellConsistency(session.consistency(), reply);
    return;
  }
  Consistency changed = session.consistency();
  absl::Status status = ParseConsistency(args, &changed);
  if (!status.ok()) {
    reply.Error(std::string(status.message()));
    return;
  }
  session.consistency() = changed;
  reply.Simple("OK");
}

void Owners(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const ClientPort at{session.face() == Face::kCluster, session.client().tls};
  WriteOwners(session.node().view(), args[1], at, reply);
}

constexpr SessionCommand kCommands[] = {
    // Its inner command runs as if it stood alone: the session sees to that.
    {.row = {.name = "with",
             .arity = -2,
             .flags = kFlagMovableKeys,
             .summary = "Runs one command with its own number of replicas to wait for, or with the "
                        "context token of what it replaces.",
             .since = "0.1.0",
             .group = "generic",
             .complexity = "That of the command.",
             .arguments = "[R read-level] [W write-level] [CONTEXT token] [strict=STRICT] command "
                          "[arg]..."}},
    // The commands of a transaction have one level together.
    {.row = {.name = "consistency",
             .arity = -1,
             .flags = kFlagLoading | kFlagStale | kFlagFast | kFlagNoMulti,
             .acl = kAclConnection,
             .summary = "Sets or tells how many replicas this connection's commands wait for.",
             .since = "0.1.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "[R read-level] [W write-level]"},
     .run = ChangeConsistency},
    {.row = {.name = "owners",
             .arity = 2,
             .flags = kFlagStale | kFlagFast,
             .acl = kAclKeyspace,
             .summary = "Returns a key's slot, its vnode, and the nodes that hold it, in the order "
                        "of preference.",
             .since = "0.1.0",
             .group = "generic",
             .complexity = "O(N) where N is the number of replicas.",
             .arguments = "key"},
     .run = Owners},
};

}  // namespace

std::span<const SessionCommand> ConsistencyCommands() { return kCommands; }

}  // namespace kindred
