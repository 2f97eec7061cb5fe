// CLUSTER, READONLY, READWRITE, ASKING. On the plain face all of them say what a Redis without
// cluster support says.
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/cluster_replies.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

// Runs the handler on the cluster face only.
template <SessionHandler kRun>
void OnClusterFace(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  if (session.face() == Face::kCluster) {
    kRun(session, args, reply, now_ms);
  } else {
    reply.Error(kClusterDisabled);
  }
}

void Slots(Session& session, Args, ReplyWriter& reply, uint64_t) {
  WriteClusterSlots(session.node().view(), reply);
}

void Shards(Session& session, Args, ReplyWriter& reply, uint64_t) {
  WriteClusterShards(session.node().view(), reply);
}

void Nodes(Session& session, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(ClusterNodesText(session.node().view(), now_ms));
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
     .run = OnClusterFace<Slots>},
    {.row = {.name = "cluster|shards",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the mapping of cluster slots to shards.",
             .since = "7.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of cluster nodes",
             .tips = "nondeterministic_output"},
     .run = OnClusterFace<Shards>},
    {.row = {.name = "cluster|nodes",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the cluster configuration for a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the total number of Cluster nodes",
             .tips = "nondeterministic_output"},
     .run = OnClusterFace<Nodes>},
    {.row = {.name = "cluster|info",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns information about the state of a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = OnClusterFace<Info>},
    {.row = {.name = "cluster|myid",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the ID of a node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = OnClusterFace<MyId>},
    {.row = {.name = "cluster|myshardid",
             .arity = 2,
             .flags = kFlagStale,
             .summary = "Returns the shard ID of a node.",
             .since = "7.2.0",
             .group = "cluster",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = OnClusterFace<MyShardId>},
    {.row = {.name = "cluster|keyslot",
             .arity = 3,
             .flags = kFlagStale,
             .summary = "Returns the hash slot for a key.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(N) where N is the number of bytes in the key",
             .arguments = "key:string"},
     .run = OnClusterFace<KeySlotOf>},
    {.row = {.name = "cluster|countkeysinslot",
             .arity = 3,
             .flags = kFlagStale,
             .summary = "Returns the number of keys in a hash slot.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)",
             .arguments = "slot:integer"},
     .run = OnClusterFace<CountKeysInSlot>,
     .after_all = true},
    {.row = {.name = "readonly",
             .arity = 1,
             .flags = kFastAnyTime,
             .acl = kAclConnection,
             .summary = "Enables read-only queries for a connection to a Redis Cluster replica "
                        "node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = OnClusterFace<Ok>},
    {.row = {.name = "readwrite",
             .arity = 1,
             .flags = kFastAnyTime,
             .acl = kAclConnection,
             .summary = "Enables read-write queries for a connection to a Redis Cluster replica "
                        "node.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = OnClusterFace<Ok>},
    {.row = {.name = "asking",
             .arity = 1,
             .flags = kFlagFast,
             .acl = kAclConnection,
             .summary = "Signals that a cluster client is following an -ASK redirect.",
             .since = "3.0.0",
             .group = "cluster",
             .complexity = "O(1)"},
     .run = OnClusterFace<Ok>},
};

}  // namespace

std::span<const SessionCommand> ClusterCommands() { return kCommands; }

}  // namespace kindred
