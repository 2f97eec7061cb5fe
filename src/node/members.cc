#include "node/members.h"

#include <algorithm>
#include <utility>

#include "node/node.h"
#include "topology/planner.h"

namespace kindred {
namespace {
constexpr uint64_t kJoinMs = 5000;    // a join that takes longer is given up
constexpr uint64_t kFrozenMs = 6000;  // a member thaws by itself when it hears no more
}  // namespace

// --- heartbeats

template <typename AnyHeartbeat>
void Members::Tell(uint64_t id, AnyHeartbeat* heartbeat, const Turn& turn) {
  heartbeat->id = id;
  heartbeat->epoch = turn.view->epoch();
  heartbeat->clock = shared_.clock().last();
  heartbeat->decided = shared_.clock().decided(shared_.store().durable());
  heartbeat->flushed = shared_.flushed();
  heartbeat->roster = shared_.told_roster();
}

template <typename AnyHeartbeat>
void Members::Learn(Peer from, const AnyHeartbeat& heartbeat, const Turn& turn) {
  if (!turn.view->IsMember(from)) return;
  if (!shared_.clock().Hear(heartbeat.clock, turn.now_ms)) return;
  shared_.clock().Learn(heartbeat.decided);
  for (uint8_t db = 0; db < std::min(heartbeat.flushed.size(), Stripe::kDatabases); ++db) {
    node_.LearnFlush(db, heartbeat.flushed[db], turn);
  }
  if (heartbeat.epoch > turn.view->epoch()) {
    turn.out->sends.push_back({from, node_.loop(), TopologyAsk{++last_id_}});
  }
  // One loop asks for all.
  if (node_.loop() == 0 && heartbeat.roster.has_value() &&
      *heartbeat.roster > shared_.roster().roster->version()) {
    turn.out->sends.push_back({from, 0, RosterAsk{++last_id_}});
  }
}

void Members::SendHeartbeat(Peer peer, const Turn& turn) {
  Heartbeat heartbeat;
  Tell(++last_id_, &heartbeat, turn);
  turn.out->sends.push_back({peer, node_.loop(), std::move(heartbeat)});
}

void Members::On(Peer from, LinkId link, Heartbeat message, const Turn& turn) {
  Learn(from, message, turn);
  HeartbeatSeen seen;
  Tell(message.id, &seen, turn);
  turn.out->answers.push_back({link, 0, std::move(seen)});
}

void Members::On(Peer from, LinkId, HeartbeatSeen message, const Turn& turn) {
  Learn(from, message, turn);
}

void Members::On(Peer, LinkId, DecidedNews message, const Turn&) {
  shared_.clock().Learn(message.decided);
}

void Members::OnLinkUp(Peer peer, const Turn& turn) {
  SendHeartbeat(peer, turn);
  if (join_state_ != JoinState::kAsking || peer != seed_) return;
  join_ask_ = ++last_id_;
  const Topology& topology = turn.view->topology();
  const auto index = topology.IndexOf(shared_.self_id());
  turn.out->sends.push_back({peer, node_.loop(), JoinAsk{join_ask_, topology.nodes()[*index]}});
}

void Members::OnLinkDown(Peer peer, const Turn& turn) {
  if (running_.has_value() && running_->open.contains(peer)) {
    EndJoin("a member could not be reached; every member has to be up when a node joins", turn);
  }
  for (auto it = passed_on_.begin(); it != passed_on_.end();) {
    if (it->second.to != peer) {
      ++it;
      continue;
    }
    turn.out->answers.push_back(
        {it->second.link, 0,
         JoinTell{it->second.ask_id, "the member that runs joins could not be reached", {}, {}}});
    it = passed_on_.erase(it);
  }
}

void Members::TellMembers(const Message& message, const Turn& turn) {
  for (Peer peer : turn.view->members()) {
    if (peer == kSelf || !turn.view->link_up(peer)) continue;
    turn.out->sends.push_back({peer, node_.loop(), message});
  }
}

void Members::OnTick(const Turn& turn) {
  if (turn.now_ms >= next_heartbeat_ms_) {
    next_heartbeat_ms_ = turn.now_ms + shared_.settings().heartbeat_ms;
    for (Peer peer : turn.view->members()) {
      if (peer != kSelf && turn.view->link_up(peer)) SendHeartbeat(peer, turn);
    }
  }
  if (node_.loop() == 0 && shared_.TakeGuardedSent()) {
    TellMembers(DecidedNews{shared_.clock().decided(shared_.store().durable())}, turn);
  }
  if (node_.loop() == 0 && shared_.TakeRosterChanged()) {
    TellMembers(RosterTell{0, shared_.roster().roster->Encode()}, turn);
  }
  if (running_.has_value() && turn.now_ms >= running_->deadline_ms) {
    EndJoin("the members did not answer in time; nothing was changed", turn);
  }
  if (frozen_until_ms_ != 0 && turn.now_ms >= frozen_until_ms_) {
    frozen_until_ms_ = 0;
    shared_.SetFrozen(false);
  }
}

// --- topology

void Members::On(Peer, LinkId link, TopologyAsk message, const Turn& turn) {
  turn.out->answers.push_back({link, 0, TopologyTell{message.id, turn.view->topology().Encode()}});
}

void Members::On(Peer, LinkId, TopologyTell message, const Turn&) {
  const auto topology = Topology::Decode(message.topology);
  if (topology.ok() && topology->IndexOf(shared_.self_id()).has_value()) shared_.Install(*topology);
}

void Members::On(Peer, LinkId link, Install message, const Turn& turn) {
  const auto topology = Topology::Decode(message.topology);
  if (!topology.ok() || !topology->IndexOf(shared_.self_id()).has_value()) return;
  const uint64_t after = shared_.Install(*topology);
  frozen_until_ms_ = 0;
  turn.out->answers.push_back({link, after, Installed{message.id, shared_.view()->epoch()}});
}

// --- the roster

void Members::On(Peer from, LinkId link, RosterAsk message, const Turn& turn) {
  if (!turn.view->IsMember(from)) return;
  turn.out->answers.push_back({link, 0, RosterTell{message.id, shared_.roster().roster->Encode()}});
}

void Members::On(Peer from, LinkId, RosterTell message, const Turn& turn) {
  Roster roster;
  if (!turn.view->IsMember(from) || !Roster::Decode(message.roster, &roster)) return;
  // A version from a clock that is far ahead would win for as long.
  if (shared_.clock().Hear(roster.time(), turn.now_ms)) shared_.TakeRoster(std::move(roster));
}

// --- joining

uint64_t Members::KeysHere() const {
  std::vector<uint32_t> vnodes(shared_.view()->topology().vnode_count());
  for (uint32_t vnode = 0; vnode < vnodes.size(); ++vnode) vnodes[vnode] = vnode;
  int64_t keys = 0;
  for (const Counts::Number& number : shared_.CountKeys(vnodes)) keys += number.keys;
  return static_cast<uint64_t>(std::max<int64_t>(keys, 0));
}

void Members::Join(Peer seed, const Turn& turn) {
  seed_ = seed;
  if (turn.view->members().size() > 1) {
    join_state_ = JoinState::kMember;
    return;
  }
  if (KeysHere() > 0) {
    join_state_ = JoinState::kRefused;
    join_error_ =
        "this node holds keys already, and data cannot be moved yet; join with an empty directory";
    return;
  }
  join_state_ = JoinState::kAsking;
}

void Members::On(Peer from, LinkId link, JoinAsk message, const Turn& turn) {
  const auto lowest = turn.view->PeerOfNode(0);  // nodes are sorted by id
  if (lowest == kSelf) return StartJoin(link, std::move(message), turn);
  if (!turn.view->link_up(lowest) || turn.view->IsMember(from)) {
    turn.out->answers.push_back(
        {link, 0,
         JoinTell{
             message.id, "the member that runs joins could not be reached; try again", {}, {}}});
    return;
  }
  const uint64_t id = ++last_id_;
  passed_on_[id] = {link, message.id, lowest};
  message.id = id;
  turn.out->sends.push_back({lowest, node_.loop(), std::move(message)});
}

void Members::StartJoin(LinkId link, JoinAsk ask, const Turn& turn) {
  const auto refuse = [&](const char* why) {
    turn.out->answers.push_back({link, 0, JoinTell{ask.id, why, {}, {}}});
  };
  const Topology& topology = turn.view->topology();
  if (ask.node.id.size() != 40 || ask.node.weight == 0)
    return refuse("the joining node does not say who it is");
  if (topology.IndexOf(ask.node.id).has_value()) {
    turn.out->answers.push_back(
        {link, 0, JoinTell{ask.id, {}, topology.Encode(), shared_.roster().roster->Encode()}});
    return;
  }
  if (running_.has_value()) return refuse("another node is joining at this moment; try again");
  running_.emplace();
  running_->link = link;
  running_->ask_id = ask.id;
  running_->joiner = std::move(ask.node);
  running_->deadline_ms = turn.now_ms + kJoinMs;
  shared_.SetFrozen(true);
  running_->keys = KeysHere();
  for (Peer peer : turn.view->members()) {
    if (peer == kSelf) continue;
    if (!turn.view->link_up(peer)) {
      return EndJoin("a member is down; every member has to be up when a node joins", turn);
    }
    running_->open.insert(peer);
    turn.out->sends.push_back({peer, node_.loop(), Freeze{++last_id_, true}});
  }
  if (running_->open.empty()) OnFrozenEverywhere(turn);
}

void Members::On(Peer, LinkId link, Freeze message, const Turn& turn) {
  shared_.SetFrozen(message.on);
  frozen_until_ms_ = message.on ? turn.now_ms + kFrozenMs : 0;
  turn.out->answers.push_back(
      {link, shared_.last_sequence(), Frozen{message.id, turn.view->epoch(), KeysHere()}});
}

void Members::On(Peer from, LinkId, Frozen message, const Turn& turn) {
  if (!running_.has_value() || !running_->installing.empty() || running_->open.erase(from) == 0)
    return;
  running_->keys += message.keys;
  if (running_->open.empty()) OnFrozenEverywhere(turn);
}

void Members::OnFrozenEverywhere(const Turn& turn) {
  if (running_->keys > 0) {
    return EndJoin(
        "the cluster holds keys already, and data cannot be moved yet; nodes can join an empty "
        "cluster only",
        turn);
  }
  const auto next = PlanJoin(turn.view->topology(), running_->joiner);
  if (!next.ok()) return EndJoin(std::string(next.status().message()), turn);
  running_->installing = next->Encode();
  for (Peer peer : turn.view->members()) {
    if (peer == kSelf) continue;
    running_->open.insert(peer);
    turn.out->sends.push_back({peer, node_.loop(), Install{++last_id_, running_->installing}});
  }
  running_->after = shared_.Install(*next);
  if (running_->open.empty()) EndJoin({}, turn);
}

void Members::On(Peer from, LinkId, Installed, const Turn& turn) {
  if (!running_.has_value() || running_->installing.empty() || running_->open.erase(from) == 0)
    return;
  if (running_->open.empty()) EndJoin({}, turn);
}

void Members::EndJoin(const std::string& error, const Turn& turn) {
  // Once the next topology is installed anywhere it stands; whoever missed it learns of it by
  // heartbeats.
  const bool installed = !running_->installing.empty();
  JoinTell tell{running_->ask_id, installed ? std::string() : error,
                installed ? running_->installing : std::string(),
                installed ? shared_.roster().roster->Encode() : std::string()};
  turn.out->answers.push_back({running_->link, running_->after, std::move(tell)});
  running_.reset();
  if (installed) return;
  shared_.SetFrozen(false);
  for (Peer peer : turn.view->members()) {
    if (peer != kSelf && turn.view->link_up(peer)) {
      turn.out->sends.push_back({peer, node_.loop(), Freeze{++last_id_, false}});
    }
  }
}

void Members::On(Peer, LinkId, JoinTell message, const Turn& turn) {
  const auto passed = passed_on_.find(message.id);
  if (passed != passed_on_.end()) {
    const PassedOn to = passed->second;
    passed_on_.erase(passed);
    message.id = to.ask_id;
    turn.out->answers.push_back({to.link, 0, std::move(message)});
    return;
  }
  if (join_state_ != JoinState::kAsking || message.id != join_ask_) return;
  const auto topology = Topology::Decode(message.topology);
  Roster roster;
  const bool understood = topology.ok() && Roster::Decode(message.roster, &roster);
  if (!message.error.empty() || !understood) {
    join_state_ = JoinState::kRefused;
    join_error_ = message.error.empty() ? "the member's answer is not understood" : message.error;
    return;
  }
  // First, as a member tells the others its roster, and they would take it for the later one.
  shared_.AdoptRoster(std::move(roster));
  shared_.Install(*topology);
  join_state_ = JoinState::kMember;
}

}  // namespace kindred
