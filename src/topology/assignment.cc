#include "topology/assignment.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "topology/replica_filler.h"

namespace kindred {

namespace {

constexpr uint16_t kNobody = UINT16_MAX;

// Chooses the first among the replicas of each vnode, kNobody where the shares do not allow any.
// Who was first stays first where possible.
class FirstChooser {
 public:
  FirstChooser(const AssignmentInput& input, const Assignment& sets)
      : input_(input), sets_(sets), firsts_(sets.size(), kNobody), counts_(input.domains.size()) {}

  std::vector<uint16_t> Choose() {
    for (uint32_t vnode : input_.order) KeepFirst(vnode);
    for (uint32_t vnode : input_.order) {
      if (firsts_[vnode] == kNobody) TakeWanting(vnode);
    }
    for (uint32_t vnode : input_.order) {
      if (firsts_[vnode] == kNobody) FillByChain(vnode);
    }
    return std::move(firsts_);
  }

 private:
  bool Wanting(uint16_t node) const { return counts_[node] < input_.shares.firsts[node]; }

  void KeepFirst(uint32_t vnode) {
    if (input_.now[vnode].empty()) return;
    uint16_t first = input_.now[vnode].front();
    if (!Wanting(first) || std::ranges::count(sets_[vnode], first) == 0) return;
    firsts_[vnode] = first;
    ++counts_[first];
  }

  void TakeWanting(uint32_t vnode) {
    auto wanting = std::ranges::find_if(sets_[vnode], [&](uint16_t node) { return Wanting(node); });
    if (wanting == sets_[vnode].end()) return;
    firsts_[vnode] = *wanting;
    ++counts_[*wanting];
  }

  // The shortest chain from the vnode to a node with too few: each vnode on it takes as its first
  // the one that the next vnode gives up.
  void FillByChain(uint32_t vnode) {
    std::vector<std::optional<uint32_t>> taker(sets_.size());
    std::vector<bool> tried(counts_.size());
    std::vector<uint32_t> queue = {vnode};
    for (size_t next = 0; next < queue.size(); ++next) {
      for (uint16_t node : sets_[queue[next]]) {
        if (Wanting(node)) return Take(vnode, queue[next], node, taker);
        if (tried[node]) continue;
        tried[node] = true;
        for (uint32_t other : input_.order) {
          if (other == vnode || taker[other] || firsts_[other] != node) continue;
          taker[other] = queue[next];
          queue.push_back(other);
        }
      }
    }
  }

  void Take(uint32_t vnode, uint32_t last, uint16_t node,
            const std::vector<std::optional<uint32_t>>& taker) {
    ++counts_[node];
    while (last != vnode) {
      node = std::exchange(firsts_[last], node);
      last = *taker[last];
    }
    firsts_[vnode] = node;
  }

  const AssignmentInput& input_;
  const Assignment& sets_;
  std::vector<uint16_t> firsts_;
  std::vector<uint32_t> counts_;
};

// Deals the vnodes without a first to the nodes with too few, replicas of theirs or not.
void DealRest(const AssignmentInput& input, std::vector<uint16_t>* firsts) {
  std::vector<uint32_t> counts(input.domains.size());
  for (uint16_t first : *firsts) {
    if (first != kNobody) ++counts[first];
  }
  uint16_t node = 0;
  for (uint32_t vnode : input.order) {
    if ((*firsts)[vnode] != kNobody) continue;
    while (counts[node] >= input.shares.firsts[node]) ++node;
    (*firsts)[vnode] = node;
    ++counts[node];
  }
}

}  // namespace

Assignment Assign(const AssignmentInput& input) {
  Assignment sets = ReplicaFiller(input, {}).Fill();
  std::vector<uint16_t> firsts = FirstChooser(input, sets).Choose();
  if (std::ranges::count(firsts, kNobody) > 0) {
    // The sets that moved least have no choice of firsts that fits. The other way round there
    // always is one: firsts by the shares, and then the other replicas around them.
    DealRest(input, &firsts);
    AssignmentInput around = input;
    around.now = std::move(sets);
    return ReplicaFiller(around, firsts).Fill();
  }
  for (uint32_t vnode = 0; vnode < sets.size(); ++vnode) {
    auto first = std::ranges::find(sets[vnode], firsts[vnode]);
    CHECK(first != sets[vnode].end());
    std::iter_swap(sets[vnode].begin(), first);
  }
  return sets;
}

}  // namespace kindred
