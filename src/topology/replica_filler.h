#ifndef KINDRED_TOPOLOGY_REPLICA_FILLER_H_
#define KINDRED_TOPOLOGY_REPLICA_FILLER_H_

// One run of the search in topology/assignment.h for the sets of replicas, without regard to which
// of them is the first. Plain data with one owner, used once.

#include <cstdint>
#include <optional>
#include <vector>

#include "topology/assignment.h"

namespace kindred {

class ReplicaFiller {
 public:
  // `pins` has one node per vnode that is and stays among its replicas, or is empty. REQUIRES: no
  // node is pinned more often than its share of replicas. `input` outlives the filler.
  ReplicaFiller(const AssignmentInput& input, const std::vector<uint16_t>& pins);

  // The replicas of each vnode; a pinned one at the front.
  Assignment Fill();

 private:
  // How the search came to a vnode: `node` is what it would hand to vnode `to`.
  struct Step {
    uint32_t to;
    uint16_t node;
  };

  void KeepWhatMayStay();
  void MoveDirectly();
  void DropSurplus();
  void FillOpen(uint32_t vnode);
  void Visit(uint32_t from, std::vector<bool>* tried, std::vector<std::optional<Step>>* steps,
             std::vector<uint32_t>* queue) const;

  bool Pinned(uint32_t vnode, uint16_t node) const {
    return !pins_.empty() && pins_[vnode] == node;
  }
  bool HasDomain(uint32_t vnode, uint16_t domain) const;
  std::optional<uint16_t> MostWanting(uint32_t vnode, std::optional<uint16_t> instead_of) const;
  void Add(uint32_t vnode, uint16_t node);
  void Remove(uint32_t vnode, uint16_t node);

  const AssignmentInput& input_;
  const std::vector<uint16_t>& pins_;
  size_t domain_count_;
  Assignment sets_;
  std::vector<uint32_t> counts_;  // of each node
};

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_REPLICA_FILLER_H_
