#include "node/cluster_view.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "base/check.h"

namespace kindred {

ClusterView::ClusterView(std::shared_ptr<const Topology> topology,
                         const std::function<Peer(const NodeInfo&)>& peer_of,
                         std::vector<PeerState> states, bool frozen, uint64_t version)
    : topology_(std::move(topology)),
      states_(std::move(states)),
      version_(version),
      frozen_(frozen) {
  for (const NodeInfo& node : topology_->nodes()) members_.push_back(peer_of(node));
  stride_ = topology_->ReplicasOf(0).size();
  for (uint32_t vnode = 0; vnode < topology_->vnode_count(); ++vnode) {
    const auto nodes = topology_->ReplicasOf(vnode);
    CHECK(nodes.size() == stride_);
    for (uint16_t node : nodes) replicas_.push_back(members_[node]);
    Peer primary = members_[nodes[0]];
    for (uint16_t node : topology_->PreferenceList(vnode)) {
      if (!alive(members_[node])) continue;
      primary = members_[node];
      break;
    }
    primaries_.push_back(primary);
    AddAsked(nodes);
    AddVouchers(vnode);
  }
}

void ClusterView::AddAsked(std::span<const uint16_t> nodes) {
  const size_t self =
      static_cast<size_t>(std::find(members_.begin(), members_.end(), kSelf) - members_.begin());
  absl::InlinedVector<uint16_t, 8> order(nodes.begin(), nodes.end());
  std::sort(order.begin(), order.end(), [&](uint16_t a, uint16_t b) {
    return (a + members_.size() - self) % members_.size() <
           (b + members_.size() - self) % members_.size();
  });
  for (uint16_t node : order) {
    if (members_[node] != kSelf) asked_.push_back(members_[node]);
  }
  asked_begin_.push_back(asked_.size());
}

void ClusterView::AddVouchers(uint32_t vnode) {
  const auto may_vouch = [this](Peer peer) { return alive(peer) && link_up(peer); };
  const Peer primary = primaries_[vnode];
  absl::InlinedVector<Peer, 4> vouchers;
  if (primary != kSelf) vouchers.push_back(primary);
  for (Peer peer : AskedFor(vnode)) {
    if (peer != primary && may_vouch(peer)) vouchers.push_back(peer);
  }
  // A replica that is alive, as this node is, comes before all that are none.
  const bool primary_vouches = primary == kSelf || may_vouch(primary);
  const size_t need = Majority() - 1;
  if (IsReplica(vnode) && primary_vouches && vouchers.size() >= need) {
    vouchers_.insert(vouchers_.end(), vouchers.begin(),
                     vouchers.begin() + static_cast<std::ptrdiff_t>(need));
  }
  vouchers_begin_.push_back(vouchers_.size());
}

bool ClusterView::IsMember(Peer peer) const {
  return std::find(members_.begin(), members_.end(), peer) != members_.end();
}

size_t ClusterView::NodeIndexOf(Peer peer) const {
  const auto found = std::find(members_.begin(), members_.end(), peer);
  CHECK(found != members_.end());
  return static_cast<size_t>(found - members_.begin());
}

uint32_t ClusterView::AliveReplicasOf(uint32_t vnode) const {
  const auto replicas = ReplicasOf(vnode);
  return static_cast<uint32_t>(
      std::count_if(replicas.begin(), replicas.end(), [&](Peer p) { return alive(p); }));
}

std::optional<Peer> ClusterView::FirstAliveOf(uint32_t vnode) const {
  const auto replicas = ReplicasOf(vnode);
  const auto first =
      std::find_if(replicas.begin(), replicas.end(), [&](Peer p) { return alive(p); });
  return first == replicas.end() ? std::nullopt : std::optional(*first);
}

}  // namespace kindred
