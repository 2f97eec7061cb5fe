// Membership: heartbeats on every link, the topology and its epochs, the roster of users and its
// versions, and how a node joins.
//
// A join: the joiner asks any member; a member passes it to the one with the lowest id, which runs
// one join at a time: it freezes writes at every member, sees that there are no keys, deals the
// vnodes anew (epoch + 1) and installs that at all of them and at the joiner. Whoever sees a larger
// epoch in a heartbeat asks for the topology; so it is with a later roster. Moving data, and
// agreement on epochs by consensus, come later; until then a cluster that holds keys takes no new
// member.
//
// Owned by its loop's Node; joins are run by loop 0's alone.
#ifndef KINDRED_NODE_MEMBERS_H_
#define KINDRED_NODE_MEMBERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/operation.h"

namespace kindred {

class Node;
class Shared;

class Members {
 public:
  enum class JoinState : uint8_t { kNone, kAsking, kMember, kRefused };

  Members(Node& node, Shared& shared) : node_(node), shared_(shared) {}

  void Join(Peer seed, const Turn& turn);
  JoinState join_state() const { return join_state_; }
  const std::string& join_error() const { return join_error_; }  // one sentence, when kRefused

  template <typename M>
  void OnMessage(Peer from, LinkId link, M message, const Turn& turn) {
    On(from, link, std::move(message), turn);
  }
  void OnLinkUp(Peer peer, const Turn& turn);
  void OnLinkDown(Peer peer, const Turn& turn);
  void OnTick(const Turn& turn);
  void SendHeartbeat(Peer peer, const Turn& turn);

 private:
  // A join that this node runs.
  struct Running {
    LinkId link = 0;      // where the answer goes, or
    uint64_t ask_id = 0;  // its number there
    NodeInfo joiner;
    std::set<Peer> open;  // members that have not answered the present step
    uint64_t keys = 0;
    uint64_t deadline_ms = 0;
    std::string installing;  // the next topology; empty while freezing
    uint64_t after = 0;
  };
  // An ask that was passed on to the member that runs joins.
  struct PassedOn {
    LinkId link = 0;
    uint64_t ask_id = 0;
    Peer to = kSelf;
  };

  void On(Peer from, LinkId link, Heartbeat message, const Turn& turn);
  void On(Peer from, LinkId link, HeartbeatSeen message, const Turn& turn);
  void On(Peer from, LinkId link, DecidedNews message, const Turn& turn);
  void On(Peer from, LinkId link, TopologyAsk message, const Turn& turn);
  void On(Peer from, LinkId link, TopologyTell message, const Turn& turn);
  void On(Peer from, LinkId link, JoinAsk message, const Turn& turn);
  void On(Peer from, LinkId link, JoinTell message, const Turn& turn);
  void On(Peer from, LinkId link, Freeze message, const Turn& turn);
  void On(Peer from, LinkId link, Frozen message, const Turn& turn);
  void On(Peer from, LinkId link, Install message, const Turn& turn);
  void On(Peer from, LinkId link, Installed message, const Turn& turn);
  void On(Peer from, LinkId link, RosterAsk message, const Turn& turn);
  void On(Peer from, LinkId link, RosterTell message, const Turn& turn);

  template <typename AnyHeartbeat>
  void Learn(Peer from, const AnyHeartbeat& heartbeat, const Turn& turn);
  template <typename AnyHeartbeat>
  void Tell(uint64_t id, AnyHeartbeat* heartbeat, const Turn& turn);
  void TellMembers(const Message& message, const Turn& turn);
  void StartJoin(LinkId link, JoinAsk ask, const Turn& turn);
  void OnFrozenEverywhere(const Turn& turn);
  void EndJoin(const std::string& error, const Turn& turn);
  uint64_t KeysHere() const;

  Node& node_;
  Shared& shared_;
  uint64_t last_id_ = 0;
  uint64_t next_heartbeat_ms_ = 0;
  uint64_t frozen_until_ms_ = 0;
  JoinState join_state_ = JoinState::kNone;
  std::string join_error_;
  Peer seed_ = kSelf;
  uint64_t join_ask_ = 0;
  std::optional<Running> running_;
  std::map<uint64_t, PassedOn> passed_on_;
};

}  // namespace kindred

#endif  // KINDRED_NODE_MEMBERS_H_
