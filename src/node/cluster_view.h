// Who is a member and who is alive, as this process sees it: an immutable snapshot of the topology
// and of liveness, replaced as a whole when either changes. Loops look at one snapshot a turn.
#ifndef KINDRED_NODE_CLUSTER_VIEW_H_
#define KINDRED_NODE_CLUSTER_VIEW_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "message/outbox.h"
#include "topology/topology.h"

namespace kindred {

class ClusterView {
 public:
  struct PeerState {
    bool alive = false;
    bool link_up = false;
  };
  // `peer_of` numbers a node; `states` are by Peer; `version` grows from view to view.
  ClusterView(std::shared_ptr<const Topology> topology,
              const std::function<Peer(const NodeInfo&)>& peer_of, std::vector<PeerState> states,
              bool frozen, uint64_t version = 0);

  uint64_t version() const { return version_; }

  const Topology& topology() const { return *topology_; }
  std::shared_ptr<const Topology> shared_topology() const { return topology_; }
  uint64_t epoch() const { return topology_->epoch(); }
  bool alive(Peer peer) const {
    return peer == kSelf || (peer < states_.size() && states_[peer].alive);
  }
  bool link_up(Peer peer) const {
    return peer == kSelf || (peer < states_.size() && states_[peer].link_up);
  }

  std::span<const Peer> members() const { return members_; }  // in the order of topology().nodes()
  Peer PeerOfNode(size_t node_index) const { return members_[node_index]; }
  bool IsMember(Peer peer) const;
  size_t NodeIndexOf(Peer peer) const;  // REQUIRES: IsMember(peer)

  // Of a vnode, in preference order.
  std::span<const Peer> ReplicasOf(uint32_t vnode) const {
    return {replicas_.data() + static_cast<size_t>(vnode) * stride_, stride_};
  }
  // The same but for this node, in the order in which it asks them for a record: whoever comes next
  // after it among the members first. So a node asks few others, its questions and their answers
  // travel together, and where clients are spread no node is asked much more than another.
  std::span<const Peer> AskedFor(uint32_t vnode) const {
    return {asked_.data() + asked_begin_[vnode], asked_begin_[vnode + 1] - asked_begin_[vnode]};
  }
  bool IsReplica(uint32_t vnode) const {  // whether this node holds the vnode
    return asked_begin_[vnode + 1] - asked_begin_[vnode] < stride_;
  }
  // Who vouches for this node's records of the vnode: with this node a majority of its replicas,
  // the primary first unless that is this node. Empty: not all that it takes are alive, or this
  // node holds none.
  std::span<const Peer> VouchersOf(uint32_t vnode) const {
    return {vouchers_.data() + vouchers_begin_[vnode],
            vouchers_begin_[vnode + 1] - vouchers_begin_[vnode]};
  }
  // The first live node of the preference list.
  Peer PrimaryOf(uint32_t vnode) const { return primaries_[vnode]; }
  uint32_t AliveReplicasOf(uint32_t vnode) const;
  std::optional<Peer> FirstAliveOf(uint32_t vnode) const;  // of its replicas
  // A strict majority of a vnode's replicas.
  uint32_t Majority() const { return static_cast<uint32_t>(stride_) / 2 + 1; }
  uint32_t replicas() const { return static_cast<uint32_t>(stride_); }

  bool frozen() const { return frozen_; }  // a join is under way: nothing may be written

 private:
  void AddAsked(std::span<const uint16_t> nodes);
  void AddVouchers(uint32_t vnode);

  std::shared_ptr<const Topology> topology_;
  std::vector<PeerState> states_;  // by Peer
  std::vector<Peer> members_;
  std::vector<Peer> replicas_;          // vnode after vnode, `stride_` each
  std::vector<Peer> primaries_;         // by vnode
  std::vector<Peer> asked_;             // vnode after vnode,
  std::vector<size_t> asked_begin_{0};  // from here on
  std::vector<Peer> vouchers_;          // likewise
  std::vector<size_t> vouchers_begin_{0};
  const uint64_t version_;
  size_t stride_ = 0;
  bool frozen_ = false;
};

}  // namespace kindred

#endif  // KINDRED_NODE_CLUSTER_VIEW_H_
