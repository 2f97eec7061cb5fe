#ifndef KINDRED_SERVER_CLUSTER_REPLIES_H_
#define KINDRED_SERVER_CLUSTER_REPLIES_H_

// How the ring looks to clients that know Redis Cluster. Every vnode's primary is published as the
// master of its slots and the other replicas as its replicas, so that such clients send each
// command to where it runs. All of it follows from the cluster view alone: nodes that see the same
// view answer the same, but for the word "myself", and for the ports: a client that speaks TLS is
// sent to ports that do. A node without such a port is told with a port of 0, as in Redis. Where a
// client goes wrong it costs a hop, never a MOVED.
//
// Pure functions; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "node/cluster_view.h"
#include "node/shared.h"
#include "resp/reply_writer.h"

namespace kindred {

// Neighbouring slots with the same nodes in the same roles.
struct SlotRange {
  uint16_t first = 0;
  uint16_t last = 0;  // Included.
  // Indexes into topology().nodes(): the published master, then its replicas. While the first
  // replica is away the first live one stands before it, as its primary does.
  std::vector<uint16_t> nodes;
};
std::vector<SlotRange> SlotRangesOf(const ClusterView& view);

// A view without nodes, of a node that is not a member of anything, gives empty replies. `tls`: for
// a client that speaks TLS; shards have both ports.
void WriteClusterSlots(const ClusterView& view, bool tls, ReplyWriter& reply);
void WriteClusterShards(const ClusterView& view, ReplyWriter& reply);
std::string ClusterNodesText(const ClusterView& view, bool tls, uint64_t now_ms);
// Our own links to the members that can be reached.
void WriteClusterLinks(const ClusterView& view, const std::vector<Shared::PeerLink>& links,
                       ReplyWriter& reply);
std::string ClusterInfoText(const ClusterView& view);

// The id of the shard whose master the node is: 40 hex digits made from the node's id.
std::string ShardIdOf(const std::string& node_id);

// OWNERS: slot, vnode, and the replicas in preference order, with the ports of the face that the
// client is at.
struct ClientPort {
  bool cluster_face = false;
  bool tls = false;
};
void WriteOwners(const ClusterView& view, std::string_view key, ClientPort at, ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_SERVER_CLUSTER_REPLIES_H_
