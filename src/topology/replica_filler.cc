#include "topology/replica_filler.h"

#include <algorithm>
#include <functional>

#include "base/check.h"

namespace kindred {

ReplicaFiller::ReplicaFiller(const AssignmentInput& input, const std::vector<uint16_t>& pins)
    : input_(input),
      pins_(pins),
      domain_count_(*std::ranges::max_element(input.domains) + size_t{1}),
      sets_(input.now.size()),
      counts_(input.domains.size()) {}

Assignment ReplicaFiller::Fill() {
  KeepWhatMayStay();
  MoveDirectly();
  DropSurplus();
  for (uint32_t vnode : input_.order) {
    while (sets_[vnode].size() < input_.replicas_per_vnode) FillOpen(vnode);
  }
  return std::move(sets_);
}

void ReplicaFiller::KeepWhatMayStay() {
  for (uint32_t vnode = 0; vnode < sets_.size(); ++vnode) {
    if (!pins_.empty()) Add(vnode, pins_[vnode]);
    for (uint16_t node : input_.now[vnode]) {
      if (sets_[vnode].size() == input_.replicas_per_vnode) break;
      if (!HasDomain(vnode, input_.domains[node])) Add(vnode, node);
    }
  }
}

// Lets each vnode hand replicas of nodes that have too many to nodes that have too few, the largest
// surplus first.
void ReplicaFiller::MoveDirectly() {
  auto surplus = [this](uint16_t node) {
    return int64_t{counts_[node]} - int64_t{input_.shares.replicas[node]};
  };
  for (uint32_t vnode : input_.order) {
    std::vector<uint16_t> nodes = sets_[vnode];
    std::ranges::stable_sort(nodes, std::ranges::greater(), surplus);
    for (uint16_t node : nodes) {
      if (surplus(node) <= 0 || Pinned(vnode, node)) continue;
      std::optional<uint16_t> taker = MostWanting(vnode, node);
      if (!taker) continue;
      Remove(vnode, node);
      Add(vnode, *taker);
    }
  }
}

void ReplicaFiller::DropSurplus() {
  for (uint32_t vnode : input_.order) {
    for (uint16_t node : std::vector<uint16_t>(sets_[vnode])) {
      if (counts_[node] > input_.shares.replicas[node] && !Pinned(vnode, node)) {
        Remove(vnode, node);
      }
    }
  }
}

// Gives `vnode` one replica more, by the shortest chain: somebody on it adds a node that has too
// few, and each one before takes over a replica from the one after.
void ReplicaFiller::FillOpen(uint32_t vnode) {
  if (std::optional<uint16_t> direct = MostWanting(vnode, std::nullopt)) return Add(vnode, *direct);
  std::vector<std::optional<Step>> steps(sets_.size());
  std::vector<bool> tried(domain_count_);
  std::vector<uint32_t> queue = {vnode};
  for (size_t next = 0; next < queue.size(); ++next) {
    uint32_t last = queue[next];
    std::optional<uint16_t> gained = MostWanting(last, std::nullopt);
    if (!gained) {
      Visit(last, &tried, &steps, &queue);
      continue;
    }
    while (last != vnode) {
      Step step = *steps[last];
      Remove(last, step.node);
      Add(last, *gained);
      gained = step.node;
      last = step.to;
    }
    Add(vnode, *gained);
    return;
  }
  // Shares that ComputeShares returns can always be met.
  CHECK(false && "no chain");
}

// Appends to the queue the vnodes that could hand a replica to `from`. Those of one domain are
// found once: who finds them later could not use them any better.
void ReplicaFiller::Visit(uint32_t from, std::vector<bool>* tried,
                          std::vector<std::optional<Step>>* steps,
                          std::vector<uint32_t>* queue) const {
  std::vector<bool> useful(domain_count_);
  for (uint16_t domain = 0; domain < domain_count_; ++domain) {
    useful[domain] = !(*tried)[domain] && !HasDomain(from, domain);
    if (useful[domain]) (*tried)[domain] = true;
  }
  for (uint32_t vnode : input_.order) {
    if (vnode == queue->front() || (*steps)[vnode]) continue;
    for (uint16_t node : sets_[vnode]) {
      if (!useful[input_.domains[node]] || Pinned(vnode, node)) continue;
      (*steps)[vnode] = Step{.to = from, .node = node};
      queue->push_back(vnode);
      break;
    }
  }
}

bool ReplicaFiller::HasDomain(uint32_t vnode, uint16_t domain) const {
  return std::ranges::any_of(sets_[vnode],
                             [&](uint16_t node) { return input_.domains[node] == domain; });
}

// The node that lacks most and may join the vnode's replicas, one of them perhaps taken out.
std::optional<uint16_t> ReplicaFiller::MostWanting(uint32_t vnode,
                                                   std::optional<uint16_t> instead_of) const {
  std::optional<uint16_t> best;
  uint32_t most = 0;
  for (uint16_t node = 0; node < counts_.size(); ++node) {
    uint32_t share = input_.shares.replicas[node];
    if (counts_[node] >= share || share - counts_[node] <= most) continue;
    bool same_domain = instead_of && input_.domains[*instead_of] == input_.domains[node];
    if (!same_domain && HasDomain(vnode, input_.domains[node])) continue;
    best = node;
    most = share - counts_[node];
  }
  return best;
}

void ReplicaFiller::Add(uint32_t vnode, uint16_t node) {
  sets_[vnode].push_back(node);
  ++counts_[node];
}

void ReplicaFiller::Remove(uint32_t vnode, uint16_t node) {
  std::erase(sets_[vnode], node);
  --counts_[node];
}

}  // namespace kindred
