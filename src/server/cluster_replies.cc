#include "server/cluster_replies.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/hex.h"
#include "fmt/format.h"

namespace kindred {
namespace {

bool Alive(const ClusterView& view, size_t node) { return view.alive(view.members()[node]); }

std::vector<uint16_t> RolesOf(const ClusterView& view, uint32_t vnode) {
  std::span<const uint16_t> replicas = view.topology().ReplicasOf(vnode);
  std::vector<uint16_t> nodes(replicas.begin(), replicas.end());
  auto live = std::find_if(nodes.begin(), nodes.end(),
                           [&view](uint16_t node) { return Alive(view, node); });
  if (live != nodes.end()) std::rotate(nodes.begin(), live, live + 1);
  return nodes;
}

// redis-py and node-redis take a node for good to be what they first meet it as, a primary or a
// replica, and ask only primaries for DBSIZE and SCAN. So the first slot of each primary comes
// first, and names as replicas only nodes that were primaries before it. It is a range of its own
// because redis-py, when it reads from replicas in turn, counts on all of a primary's slots having
// equally many.
std::vector<SlotRange> PrimariesFirst(std::vector<SlotRange> ranges) {
  std::vector<SlotRange> first, rest;
  std::set<uint16_t> met;
  for (SlotRange& range : ranges) {
    if (!met.insert(range.nodes[0]).second) {
      rest.push_back(std::move(range));
      continue;
    }
    SlotRange known = range;
    std::erase_if(known.nodes, [&met](uint16_t node) { return !met.contains(node); });
    const bool whole = known.nodes == range.nodes || range.first == range.last;
    if (!whole) {
      known.last = known.first;
      ++range.first;
      rest.push_back(std::move(range));
    }
    first.push_back(std::move(known));
  }
  std::move(rest.begin(), rest.end(), std::back_inserter(first));
  return first;
}

uint16_t PortFor(ClientPort at, const NodeInfo& node) {
  if (at.tls) return at.cluster_face ? node.tls_cluster_port : node.tls_port;
  return at.cluster_face ? node.cluster_port : node.port;
}

uint16_t ClusterPortFor(bool tls, const NodeInfo& node) { return PortFor({true, tls}, node); }

void WriteEndpoint(const NodeInfo& node, bool tls, ReplyWriter& reply) {
  reply.Array(4);
  reply.Bulk(node.host);
  reply.Integer(ClusterPortFor(tls, node));
  reply.Bulk(node.id);
  reply.Map(0);  // No further endpoints.
}

void WriteShardNode(const ClusterView& view, size_t index, bool master, ReplyWriter& reply) {
  const NodeInfo& node = view.topology().nodes()[index];
  auto field = [&reply](std::string_view name, std::string_view value) {
    reply.Bulk(name);
    reply.Bulk(value);
  };
  auto port = [&reply](std::string_view name, uint16_t number) {
    if (number == 0) return;
    reply.Bulk(name);
    reply.Integer(number);
  };
  reply.Map(6u + (node.cluster_port != 0 ? 1 : 0) + (node.tls_cluster_port != 0 ? 1 : 0));
  field("id", node.id);
  port("port", node.cluster_port);
  port("tls-port", node.tls_cluster_port);
  field("ip", node.host);
  field("endpoint", node.host);
  field("role", master ? "master" : "replica");
  reply.Bulk("replication-offset");
  reply.Integer(0);
  field("health", Alive(view, index) ? "online" : "fail");
}

// Of each node the slots that it is the master of, as CLUSTER NODES writes them. Ranges that differ
// in their replicas only are one here.
std::vector<std::string> SlotsOfMasters(const ClusterView& view) {
  std::vector<std::string> slots(view.topology().nodes().size());
  const std::vector<SlotRange> ranges = SlotRangesOf(view);
  for (size_t i = 0; i < ranges.size(); ++i) {
    const uint16_t master = ranges[i].nodes[0];
    const uint16_t first = ranges[i].first;
    while (i + 1 < ranges.size() && ranges[i + 1].nodes[0] == master) ++i;
    const uint16_t last = ranges[i].last;
    slots[master] += first == last ? fmt::format(" {}", first) : fmt::format(" {}-{}", first, last);
  }
  return slots;
}

}  // namespace

std::vector<SlotRange> SlotRangesOf(const ClusterView& view) {
  std::vector<SlotRange> ranges;
  if (view.topology().nodes().empty()) return ranges;
  for (uint32_t vnode = 0; vnode < view.topology().vnode_count(); ++vnode) {
    auto [first, last] = view.topology().SlotsOf(vnode);
    std::vector<uint16_t> nodes = RolesOf(view, vnode);
    if (!ranges.empty() && ranges.back().nodes == nodes) {
      ranges.back().last = last;
    } else {
      ranges.push_back({first, last, std::move(nodes)});
    }
  }
  return ranges;
}

void WriteClusterSlots(const ClusterView& view, bool tls, ReplyWriter& reply) {
  std::vector<SlotRange> ranges = PrimariesFirst(SlotRangesOf(view));
  reply.Array(ranges.size());
  for (const SlotRange& range : ranges) {
    reply.Array(2 + range.nodes.size());
    reply.Integer(range.first);
    reply.Integer(range.last);
    for (uint16_t node : range.nodes) WriteEndpoint(view.topology().nodes()[node], tls, reply);
  }
}

void WriteClusterShards(const ClusterView& view, ReplyWriter& reply) {
  // A shard is what has the same nodes in the same roles.
  std::map<std::vector<uint16_t>, std::vector<SlotRange>> shards;
  for (SlotRange& range : SlotRangesOf(view)) shards[range.nodes].push_back(std::move(range));
  reply.Array(shards.size());
  for (const auto& [nodes, ranges] : shards) {
    reply.Map(2);
    reply.Bulk("slots");
    reply.Array(2 * ranges.size());
    for (const SlotRange& range : ranges) {
      reply.Integer(range.first);
      reply.Integer(range.last);
    }
    reply.Bulk("nodes");
    reply.Array(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) WriteShardNode(view, nodes[i], i == 0, reply);
  }
}

std::string ClusterNodesText(const ClusterView& view, bool tls, uint64_t now_ms) {
  const std::vector<NodeInfo>& nodes = view.topology().nodes();
  const std::vector<std::string> slots = SlotsOfMasters(view);
  std::string text;
  for (size_t i = 0; i < nodes.size(); ++i) {
    bool myself = view.members()[i] == kSelf;
    bool alive = Alive(view, i);
    text += fmt::format("{} {}:{}@{} {}master{} - 0 {} {} {}{}\n", nodes[i].id, nodes[i].host,
                        ClusterPortFor(tls, nodes[i]), nodes[i].peer_port, myself ? "myself," : "",
                        alive ? "" : ",fail", myself ? 0 : now_ms, view.epoch(),
                        alive ? "connected" : "disconnected", slots[i]);
  }
  return text;
}

void WriteClusterLinks(const ClusterView& view, const std::vector<Shared::PeerLink>& links,
                       ReplyWriter& reply) {
  reply.Array(links.size());
  for (const Shared::PeerLink& link : links) {
    const auto member = std::find(view.members().begin(), view.members().end(), link.peer);
    const auto index = static_cast<size_t>(member - view.members().begin());
    reply.Map(6);
    reply.Bulk("direction");
    reply.Bulk("to");
    reply.Bulk("node");
    reply.Bulk(member == view.members().end() ? "" : view.topology().nodes()[index].id);
    reply.Bulk("create-time");
    reply.Integer(static_cast<int64_t>(link.since_ms));
    reply.Bulk("events");
    reply.Bulk("rw");
    reply.Bulk("send-buffer-allocated");
    reply.Integer(0);
    reply.Bulk("send-buffer-used");
    reply.Integer(0);
  }
}

std::string ClusterInfoText(const ClusterView& view) {
  uint32_t slots = 0;
  uint32_t ok = 0;
  std::set<uint16_t> masters;
  for (const SlotRange& range : SlotRangesOf(view)) {
    uint32_t size = range.last - range.first + 1u;
    slots += size;
    auto alive = std::count_if(range.nodes.begin(), range.nodes.end(),
                               [&view](uint16_t node) { return Alive(view, node); });
    if (static_cast<size_t>(alive) >= view.Majority()) ok += size;
    masters.insert(range.nodes[0]);
  }
  return fmt::format(
      "cluster_state:{}\r\n"
      "cluster_slots_assigned:{}\r\n"
      "cluster_slots_ok:{}\r\n"
      "cluster_slots_pfail:0\r\n"
      "cluster_slots_fail:{}\r\n"
      "cluster_known_nodes:{}\r\n"
      "cluster_size:{}\r\n"
      "cluster_current_epoch:{}\r\n"
      "cluster_my_epoch:{}\r\n"
      "cluster_stats_messages_sent:0\r\n"
      "cluster_stats_messages_received:0\r\n"
      "total_cluster_links_buffer_limit_exceeded:0\r\n",
      ok == kSlots ? "ok" : "fail", slots, ok, slots - ok, view.topology().nodes().size(),
      masters.size(), view.epoch(), view.epoch());
}

std::string ShardIdOf(const std::string& node_id) {
  std::string bytes;
  ByteWriter writer(&bytes);
  for (uint64_t seed = 1; seed <= 3; ++seed) writer.U64(Hash64(node_id, seed));
  return HexEncode(std::string_view(bytes).substr(0, 20));
}

void WriteOwners(const ClusterView& view, std::string_view key, ClientPort at, ReplyWriter& reply) {
  uint16_t slot = KeySlot(key);
  uint32_t vnode = view.topology().VnodeOf(slot);
  std::span<const uint16_t> replicas;
  if (!view.topology().nodes().empty()) replicas = view.topology().ReplicasOf(vnode);
  reply.Map(3);
  reply.Bulk("slot");
  reply.Integer(slot);
  reply.Bulk("vnode");
  reply.Integer(vnode);
  reply.Bulk("replicas");
  reply.Array(replicas.size());
  for (uint16_t index : replicas) {
    const NodeInfo& node = view.topology().nodes()[index];
    reply.Map(4);
    reply.Bulk("id");
    reply.Bulk(node.id);
    reply.Bulk("host");
    reply.Bulk(node.host);
    reply.Bulk("port");
    reply.Integer(PortFor(at, node));
    reply.Bulk("state");
    reply.Bulk(Alive(view, index) ? "alive" : "suspect");
  }
}

}  // namespace kindred
