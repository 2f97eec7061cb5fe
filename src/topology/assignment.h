#ifndef KINDRED_TOPOLOGY_ASSIGNMENT_H_
#define KINDRED_TOPOLOGY_ASSIGNMENT_H_

// Which nodes hold which vnode, so that everyone's counts are exactly the given shares and few
// replicas move. The planner's second step. Pure functions.
//
// Moves that help at once come first, and as a rule they are all. What they leave open is filled
// along augmenting paths, as in a maximum flow: a vnode without a choice takes over a replica from
// another one that has a choice, or that knows another one that has. A path exists whenever the
// shares can be met at all, so no order of the first moves can lead astray.

#include <cstdint>
#include <vector>

#include "topology/shares.h"

namespace kindred {

// The nodes of each vnode; the first replica at the front.
using Assignment = std::vector<std::vector<uint16_t>>;

struct AssignmentInput {
  uint32_t replicas_per_vnode;
  std::vector<uint16_t> domains;  // as in SharesInput
  Shares shares;
  Assignment now;               // of all vnodes; may be short, or against the domains
  std::vector<uint32_t> order;  // the vnodes, in the order in which they are considered for moves
};

// REQUIRES: shares as ComputeShares returns them
Assignment Assign(const AssignmentInput& input);

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_ASSIGNMENT_H_
