#include "topology/topology.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"

namespace kindred {

namespace {

constexpr uint8_t kFormatWithoutTls = 1;
constexpr uint8_t kFormatWithTls = 2;

bool AnyHasTls(const std::vector<NodeInfo>& nodes) {
  return std::ranges::any_of(
      nodes, [](const NodeInfo& node) { return node.tls_port != 0 || node.tls_cluster_port != 0; });
}

void WriteNode(const NodeInfo& node, uint8_t version, ByteWriter* writer) {
  writer->Bytes(node.id);
  writer->Bytes(node.host);
  writer->U16(node.port);
  writer->U16(node.cluster_port);
  writer->U16(node.peer_port);
  writer->U16(node.http_port);
  writer->Bytes(node.zone);
  writer->Varint(node.weight);
  if (version == kFormatWithoutTls) return;
  writer->U16(node.tls_port);
  writer->U16(node.tls_cluster_port);
}

// A varint for a field of 32 bits.
uint32_t ReadVarint32(ByteReader* reader) {
  uint64_t value = reader->Varint();
  if (value > UINT32_MAX) reader->Fail();
  return reader->ok() ? static_cast<uint32_t>(value) : 0;
}

NodeInfo ReadNode(uint8_t version, ByteReader* reader) {
  NodeInfo node;
  node.id = reader->Bytes();
  node.host = reader->Bytes();
  node.port = reader->U16();
  node.cluster_port = reader->U16();
  node.peer_port = reader->U16();
  node.http_port = reader->U16();
  node.zone = reader->Bytes();
  node.weight = ReadVarint32(reader);
  if (version == kFormatWithoutTls) return node;
  node.tls_port = reader->U16();
  node.tls_cluster_port = reader->U16();
  return node;
}

bool IdBefore(const NodeInfo& a, const NodeInfo& b) { return a.id < b.id; }

bool AllDifferent(std::span<const uint16_t> indexes) {
  for (size_t i = 0; i < indexes.size(); ++i) {
    if (std::ranges::count(indexes.subspan(i), indexes[i]) != 1) return false;
  }
  return true;
}

}  // namespace

Topology::Topology(uint64_t epoch, uint32_t replicas_wanted, uint32_t vnode_count,
                   std::vector<NodeInfo> nodes, std::vector<uint16_t> replicas)
    : epoch_(epoch),
      replicas_wanted_(replicas_wanted),
      vnode_count_(vnode_count),
      nodes_(std::move(nodes)),
      replicas_(std::move(replicas)) {
  CHECK(Valid());
}

bool Topology::Valid() const {
  if (vnode_count_ < 1 || vnode_count_ > kSlots || nodes_.size() > kNodesMax) return false;
  for (const NodeInfo& node : nodes_) {
    if (node.weight < 1 || node.weight > kWeightMax) return false;
  }
  for (size_t i = 1; i < nodes_.size(); ++i) {
    if (!IdBefore(nodes_[i - 1], nodes_[i])) return false;
  }
  if (replicas_.size() != size_t{vnode_count_} * replicas_per_vnode()) return false;
  for (uint16_t index : replicas_) {
    if (index >= nodes_.size()) return false;
  }
  for (uint32_t vnode = 0; vnode < vnode_count_; ++vnode) {
    if (!AllDifferent(ReplicasOf(vnode))) return false;
  }
  return true;
}

uint32_t Topology::replicas_per_vnode() const {
  return std::min(replicas_wanted_, static_cast<uint32_t>(nodes_.size()));
}

std::optional<size_t> Topology::IndexOf(std::string_view id) const {
  auto found = std::ranges::lower_bound(nodes_, id, {}, &NodeInfo::id);
  if (found == nodes_.end() || found->id != id) return std::nullopt;
  return static_cast<size_t>(found - nodes_.begin());
}

std::pair<uint16_t, uint16_t> Topology::SlotsOf(uint32_t vnode) const {
  CHECK(vnode < vnode_count_);
  // The smallest slot with slot * vnode_count / kSlots == vnode.
  auto first_slot = [this](uint32_t v) { return (v * kSlots + vnode_count_ - 1) / vnode_count_; };
  return {static_cast<uint16_t>(first_slot(vnode)),
          static_cast<uint16_t>(first_slot(vnode + 1) - 1)};
}

std::span<const uint16_t> Topology::ReplicasOf(uint32_t vnode) const {
  CHECK(vnode < vnode_count_);
  size_t count = replicas_per_vnode();
  return std::span(replicas_).subspan(vnode * count, count);
}

std::vector<uint16_t> Topology::PreferenceList(uint32_t vnode) const {
  std::vector<uint16_t> list;
  list.reserve(nodes_.size());
  std::vector<bool> listed(nodes_.size());
  auto add = [&](uint16_t index) {
    if (!listed[index]) list.push_back(index);
    listed[index] = true;
  };
  for (uint32_t step = 0; step < vnode_count_ && list.size() < nodes_.size(); ++step) {
    for (uint16_t index : ReplicasOf((vnode + step) % vnode_count_)) add(index);
  }
  // A node of very little weight may hold nothing at all.
  for (size_t index = 0; index < nodes_.size(); ++index) add(static_cast<uint16_t>(index));
  return list;
}

std::string Topology::Encode() const {
  std::string bytes;
  ByteWriter writer(&bytes);
  const uint8_t version = AnyHasTls(nodes_) ? kFormatWithTls : kFormatWithoutTls;
  writer.U8(version);
  writer.Varint(epoch_);
  writer.Varint(replicas_wanted_);
  writer.Varint(vnode_count_);
  writer.Varint(nodes_.size());
  for (const NodeInfo& node : nodes_) WriteNode(node, version, &writer);
  for (uint16_t index : replicas_) writer.U16(index);
  return bytes;
}

absl::StatusOr<Topology> Topology::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint8_t version = reader.U8();
  if (version != kFormatWithoutTls && version != kFormatWithTls) {
    return absl::InvalidArgumentError("a topology in a format that this version does not know");
  }
  Topology topology;
  topology.epoch_ = reader.Varint();
  topology.replicas_wanted_ = ReadVarint32(&reader);
  topology.vnode_count_ = ReadVarint32(&reader);
  uint32_t node_count = ReadVarint32(&reader);
  for (uint32_t i = 0; i < node_count && reader.ok(); ++i) {
    topology.nodes_.push_back(ReadNode(version, &reader));
  }
  // What is left is the replicas: two bytes each, so the input's own size bounds this.
  while (reader.remaining() > 0) topology.replicas_.push_back(reader.U16());
  const bool fits = (version == kFormatWithTls) == AnyHasTls(topology.nodes_);
  if (!reader.AtEnd() || !fits || !topology.Valid()) {
    return absl::InvalidArgumentError("a malformed topology");
  }
  return topology;
}

}  // namespace kindred
