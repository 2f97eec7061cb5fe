#ifndef KINDRED_TOPOLOGY_SHARES_H_
#define KINDRED_TOPOLOGY_SHARES_H_

// How many replicas and first replicas each node shall have: fair shares by weight, made whole
// numbers. The planner's first step; topology/assignment.h is the second. Pure function.

#include <cstdint>
#include <vector>

namespace kindred {

struct SharesInput {
  uint32_t vnodes;
  uint32_t replicas_per_vnode;
  // Of each node:
  std::vector<uint32_t> weights;
  // ... the domain: two replicas of a vnode are never in the same one. A zone, or the node itself.
  std::vector<uint16_t> domains;
  // ... what it holds now: where fair shares leave a choice, it goes to who holds more.
  std::vector<uint32_t> replicas_now;
  std::vector<uint32_t> firsts_now;
};

struct Shares {
  // Of each node. They sum up to vnodes * replicas_per_vnode and to vnodes; no domain's replicas
  // are more than the vnodes, no node's firsts more than its replicas.
  std::vector<uint32_t> replicas;
  std::vector<uint32_t> firsts;
};

// REQUIRES: at least replicas_per_vnode domains, numbered from 0; no weight is 0
Shares ComputeShares(const SharesInput& input);

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_SHARES_H_
