// CLUSTER, READONLY, READWRITE, ASKING. On the plain face all of them say what a Redis without
// cluster support says.
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/cluster_replies.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

void Slots(Session& session, Args, ReplyWriter& reply, uint64_t) {
  WriteClusterSlots(session.node().view(), session.client().tls, reply);
}

void Shards(Session& session, Args, ReplyWriter& reply, uint64_t) {
  WriteClusterShards(session.node().view(), reply);
}

void Nodes(Session& session, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(ClusterNodesText(session.node().view(), session.client().tls, now_ms));
}

void Info(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Verbatim(ClusterInfoText(session.node().view()));
}

void MyId(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Bulk(session.server().shared().self_id());
}

void MyShardId(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Bulk(ShardIdOf(session.server().shared().self_id()));
}

void KeySlotOf(Session&, Args args, ReplyWriter& reply, uint64_t) {
  reply.Integer(KeySlot(args[2]));
}

void CountKeysInSlot(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  int64_t slot = 0;
  if (!ExpectInteger(args[2], &slot, reply)) return;
  if (slot < 0 || slot >= static_cast<int64_t>(kSlots)) {
    reply.Error(kInvalidSlot);
    return;
  }
  Shared& shared = session.server().shared();
  uint32_t vnode = session.node().view().topology().VnodeOf(static_cast<uint16_t>(slot));
  Stripe& stripe = shared.stripe(shared.StripeOf(vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  reply.Integer(stripe.counts().Of(static_cast<uint16_t>(slot), 0).keys);
}

bool CheckGetKeysInSlot(Args args, ReplyWriter& reply) {
  int64_t slot = 0;
  int64_t count = 0;
  if (!ExpectInteger(args[2], &slot, reply) || !ExpectInteger(args[3], &count, reply)) return false;
  if (slot >= 0 && slot < static_cast<int64_t>(kSlots) && count >= 0) return true;
  reply.Error(kInvalidSlotOrNumber);
  return false;
}

void Links(Session& session, Args, ReplyWriter& reply, uint64_t) {
  WriteClusterLinks(session.node().view(), session.server().shared().links(), reply);
}

// Every node is a master of some slots; what it keeps as a replica of others is told by the slots.
void Replicas(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (session.node().view().topology().IndexOf(args[2])) {
    reply.Array(0);
  } else {
    reply.Error(UnknownNode(args[2]));
  }
}

// Nodes do not report each other.
void CountFailureReports(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (session.node().view().topology().IndexOf(args[2])) {
    reply.Integer(0);
  } else {
    reply.Error(UnknownNode(args[2]));
  }
}

constexpr std::string_view kHelp[] = {
    "COUNT-FAILURE-REPORTS <node-id>",
    "    Return number of failure reports for <node-id>.",
    "COUNTKEYSINSLOT <slot>",
    "    Return the number of keys in <slot>.",
    "GETKEYSINSLOT <slot> <count>",
    "    Return key names stored by current node in a slot.",
    "INFO",
    "    Return information about the cluster.",
    "KEYSLOT <key>",
    "    Return the hash slot for <key>.",
    "MYID",
    "    Return the node id.",
    "MYSHARDID",
    "    Return the node's shard id.",
    "NODES",
    "    Return cluster configuration seen by node. Output format:",
    "    <id> <ip:port> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
    "REPLICAS <node-id>",
    "    Return <node-id> replicas.",
    "SLOTS",
    "    Return information about slots range mappings. Each range is made of:",
    "    start, end, master and replicas IP addresses, ports and ids",
    "SHARDS",
    "    Return information about slot range mappings and the nodes associated with them.",
    "LINKS",
    "    Return information about all network links between this node and its peers.",
    "    Output format is an array where each array element is a map containing attributes of a "
    "link",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

// Every node answers for every slot, so there is nothing to be switched.
void Ok(Session&, Args, ReplyWriter& reply, uint64_t) { reply.Simple("OK"); }

constexpr uint32_t kFastAnyTime = kFlagLoading | kFlagStale | kFlagFast;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "cluster",
             .arity = -2,
             .summary = "A container for Redis Cluster commands.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "cluster|slots",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the mapping of cluster slots to nodes.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of Cluster nodes",
             .tips = "nondeterministic_output",
             .deprecated_since = "7.0.0",
             .replaced_by = "`CLUSTER SHARDS`"},
     .run = Slots,
     .cluster_only = true},
    {.row = {.name = "cluster|shards",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the mapping of cluster slots to shards.",
             .since = "7.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of cluster nodes",
             .tips = "nondeterministic_output"},
     .run = Shards,
     .cluster_only = true},
    {.row = {.name = "cluster|nodes",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the cluster configuration for a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of Cluster nodes",
             .tips = "nondeterministic_output"},
     .run = Nodes,
     .cluster_only = true},
    {.row = {.name = "cluster|info",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns information about the state of a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = Info,
     .cluster_only = true},
    {.row = {.name = "cluster|myid",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the ID of a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = MyId,
     .cluster_only = true},
    {.row = {.name = "cluster|myshardid",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the shard ID of a node.",
             .since = "7.2.0",
             .group = "cluster",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = MyShardId,
     .cluster_only = true},
    {.row = {.name = "cluster|keyslot",
             .arity = 3,
             .flags = kFlagStale,
             .summary = "Returns the hash slot for a key.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of bytes in the key",
             .arguments = "key:string"},
     .run = KeySlotOf,
     .cluster_only = true},
    {.row = {.name = "cluster|countkeysinslot",
             .arity = 3,
             .flags = kFlagStale,
             .summary = "Returns the number of keys in a hash slot.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)",
             .arguments = "slot:integer"},
     .run = CountKeysInSlot,
     .after_all = true,
     .cluster_only = true},
    {.row = {.name = "cluster|getkeysinslot",
             .arity = 4,
             .flags = kFlagStale,
             .kind = RowKind::kKeyspace,
             .check = CheckGetKeysInSlot,
             .summary = "Returns the key names in a hash slot.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of requested keys",
             .arguments = "slot:integer count:integer",
             .tips = "nondeterministic_output"},
     .cluster_only = true},
    {.row = {.name = "cluster|links",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns a list of all TCP links to and from peer nodes.",
             .since = "7.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of Cluster nodes",
             .tips = "nondeterministic_output"},
     .run = Links,
     .cluster_only = true},
    {.row = {.name = "cluster|replicas",
             .arity = 3,
             .flags = kFlagAdmin | kFlagStale,
             .summary = "Lists the replica nodes of a master node.",
             .since = "5.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of replicas.",
             .arguments = "node-id",
             .tips = "nondeterministic_output"},
     .run = Replicas,
     .cluster_only = true},
    {.row = {.name = "cluster|slaves",
             .arity = 3,
             .flags = kFlagAdmin | kFlagStale,
             .summary = "Lists the replica nodes of a master node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of replicas.",
             .arguments = "node-id",
             .tips = "nondeterministic_output",
             .deprecated_since = "5.0.0",
             .replaced_by = "`CLUSTER REPLICAS`"},
     .run = Replicas,
     .cluster_only = true},
    {.row = {.name = "cluster|count-failure-reports",
             .arity = 3,
             .flags = kFlagAdmin | kFlagStale,
             .summary = "Returns the number of active failure reports active for a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of failure reports",
             .arguments = "node-id",
             .tips = "nondeterministic_output"},
     .run = CountFailureReports,
     .cluster_only = true},
    {.row = HelpRow("cluster|help", "5.0.0", "cluster"), .run = Help, .cluster_only = true},
    {.row = {.name = "readonly",
             .arity = 1,
             .flags = kFastAnyTime,
             .acl = kAclConnection,
             .summary = "Enables read-only queries for a connection to a Redis Cluster replica "
                        "node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = Ok,
     .cluster_only = true},
    {.row = {.name = "readwrite",
             .arity = 1,
             .flags = kFastAnyTime,
             .acl = kAclConnection,
             .summary = "Enables read-write queries for a connection to a Redis Cluster replica "
                        "node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = Ok,
     .cluster_only = true},
    {.row = {.name = "asking",
             .arity = 1,
             .flags = kFlagFast,
             .acl = kAclConnection,
             .summary = "Signals that a cluster client is following an -ASK redirect.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = Ok,
     .cluster_only = true},
};

}  // namespace

std::span<const SessionCommand> ClusterCommands() { return kCommands; }

}  // namespace kindred
