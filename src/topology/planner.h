#ifndef KINDRED_TOPOLOGY_PLANNER_H_
#define KINDRED_TOPOLOGY_PLANNER_H_

// The planner: pure functions from a topology to the next one. The same input gives the same plan
// on every machine. A plan promises, in this order:
//
//   1. the replicas of a vnode are on distinct nodes, and on distinct zones if there are at least
//      as many zones as replicas (with fewer zones they do not matter);
//   2. every node's count of replicas, and its count of first replicas, is within 1 of its fair
//      share: of all of them by its weight. No node can hold a vnode twice and, by rule 1, no zone
//      can: a node or zone whose weight asks for more gets every vnode, and the others share the
//      rest by weight;
//   3. few replicas change their node; as a rule only those that the joining node gets.

#include <cstdint>

#include "absl/status/statusor.h"
#include "topology/topology.h"

namespace kindred {

// A cluster of one, epoch 1. REQUIRES: replicas >= 1, vnodes in 1..kSlots
Topology PlanFirst(NodeInfo self, uint32_t replicas, uint32_t vnodes);

// The next epoch, with the joiner. Refuses an id that is a member already, a weight out of range,
// and more nodes than kNodesMax.
absl::StatusOr<Topology> PlanJoin(const Topology& topology, NodeInfo joiner);

// The next epoch, with the new host and ports of the member of this id. Its zone and weight stay,
// as other ones would call for moves.
absl::StatusOr<Topology> PlanReaddress(const Topology& topology, const NodeInfo& node);

// The same epoch, but for the ports of TLS of the member with this node's id: they call for no
// agreement, as each node tells its own. The same topology if there is nothing to change.
Topology PlanTlsPorts(const Topology& topology, const NodeInfo& node);

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_PLANNER_H_
