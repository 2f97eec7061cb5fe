#include "node/cluster_view.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kindred {

ClusterView::ClusterView(std::shared_ptr<const Topology> topology,
                         const std::function<Peer(const NodeInfo&)>& peer_of,
                         std::vector<PeerState> states, bool frozen)
    : topology_(std::move(topology)), states_(std::move(states)), frozen_(frozen) {
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
  }
}

bool ClusterView::IsMember(Peer peer) const {
  return std::find(members_.begin(), members_.end(), peer) != members_.end();
}

size_t ClusterView::NodeIndexOf(Peer peer) const {
  const auto found = std::find(members_.begin(), members_.end(), peer);
  CHECK(found != members_.end());
  return static_cast<size_t>(found - members_.begin());
}

bool ClusterView::IsReplica(uint32_t vnode) const {
  const auto replicas = ReplicasOf(vnode);
  return std::find(replicas.begin(), replicas.end(), kSelf) != replicas.end();
}

uint32_t ClusterView::AliveReplicasOf(uint32_t vnode) const {
  const auto replicas = ReplicasOf(vnode);
  return static_cast<uint32_t>(
      std::count_if(replicas.begin(), replicas.end(), [&](Peer p) { return alive(p); }));
}

}  // namespace kindred
