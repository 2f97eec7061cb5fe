#ifndef KINDRED_TOPOLOGY_TOPOLOGY_H_
#define KINDRED_TOPOLOGY_TOPOLOGY_H_

// The topology: which nodes there are and which of them hold which vnode. A value that never
// changes after it is made, by a planner (topology/planner.h) or by Decode, so any thread may read
// it; a new one has a larger epoch, but for the ports of TLS, which each node tells itself. Nodes
// are named by their index in nodes(), which holds for one epoch only: what outlives an epoch names
// them by id.
//
//   topology := u8(version) varint(epoch) varint(replicas wanted) varint(vnodes)
//               varint(nodes) nodes*node vnodes*(replicas*u16(index))
//   node     := bytes(id) bytes(host) u16(port) u16(cluster port) u16(peer port) u16(http port)
//               bytes(zone) varint(weight) [u16(tls port) u16(tls cluster port)]
//
// where the replicas of a vnode are as many as wanted, or all nodes if there are fewer. Version 2
// has the ports of TLS, and version 1, which is written where no node has any, has not.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "topology/slot.h"

namespace kindred {

inline constexpr size_t kNodesMax = 1000;
inline constexpr uint32_t kWeightMax = 1'000'000;

struct NodeInfo {
  std::string id;  // 40 hex digits
  std::string host;
  uint16_t port = 0;  // 0: no plain face but by TLS, as for the next
  uint16_t cluster_port = 0;
  uint16_t peer_port = 0;
  uint16_t http_port = 0;
  uint16_t tls_port = 0;  // 0: none, as for the next
  uint16_t tls_cluster_port = 0;
  std::string zone;     // empty: none told; all such nodes count as one zone
  uint32_t weight = 1;  // 1..kWeightMax

  bool operator==(const NodeInfo&) const = default;
};

class Topology {
 public:
  // The empty topology, of a node that has not joined anything: epoch 0, no nodes, one vnode.
  Topology() = default;

  // `replicas` has those of each vnode in turn, in preference order.
  // REQUIRES: nodes sorted by id, each id once; vnode_count in 1..kSlots; for each vnode as many
  // replicas as replicas_wanted and nodes allow, all different.
  Topology(uint64_t epoch, uint32_t replicas_wanted, uint32_t vnode_count,
           std::vector<NodeInfo> nodes, std::vector<uint16_t> replicas);

  uint64_t epoch() const { return epoch_; }
  // The N asked for; a vnode has fewer replicas while there are fewer nodes.
  uint32_t replicas_wanted() const { return replicas_wanted_; }
  uint32_t replicas_per_vnode() const;
  uint32_t vnode_count() const { return vnode_count_; }

  // Sorted by id.
  const std::vector<NodeInfo>& nodes() const { return nodes_; }
  std::optional<size_t> IndexOf(std::string_view id) const;

  // Vnodes are runs of neighbouring slots, as equally long as can be.
  uint32_t VnodeOf(uint16_t slot) const { return slot * vnode_count_ / kSlots; }
  // The first and the last slot, both included.
  std::pair<uint16_t, uint16_t> SlotsOf(uint32_t vnode) const;

  // Indexes into nodes(), in preference order. The view lives as long as the topology.
  std::span<const uint16_t> ReplicasOf(uint32_t vnode) const;

  // All nodes: the replicas, then the others in the order in which they appear among the replicas
  // of the following vnodes.
  std::vector<uint16_t> PreferenceList(uint32_t vnode) const;

  std::string Encode() const;
  static absl::StatusOr<Topology> Decode(std::string_view bytes);

  bool operator==(const Topology&) const = default;

 private:
  bool Valid() const;

  uint64_t epoch_ = 0;
  uint32_t replicas_wanted_ = 0;
  uint32_t vnode_count_ = 1;
  std::vector<NodeInfo> nodes_;
  std::vector<uint16_t> replicas_;  // replicas_per_vnode() of each vnode
};

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_TOPOLOGY_H_
