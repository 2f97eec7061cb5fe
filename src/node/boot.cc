#include "node/boot.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/hybrid_clock.h"
#include "store/keys.h"
#include "topology/planner.h"

namespace kindred {
namespace {

constexpr uint8_t kFormat = 1;
constexpr char kIdentityKey[] = "identity";
constexpr char kTopologyKey[] = "topology";
constexpr char kCleanKey[] = "clean";
constexpr char kFlushedPrefix[] = "flushed/";
constexpr char kRosterKey[] = "roster";

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError("the stored " + std::string(what) +
                             " is damaged or of another version of Kindred");
}

std::string DrawNodeId(Random& random) {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U64(random.Next());
  out.U64(random.Next());
  out.U32(static_cast<uint32_t>(random.Next()));
  return HexEncode(bytes);
}

std::string TimeEntry(uint64_t time) {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.U64(time);
  return bytes;
}

bool ReadTimeEntry(std::string_view bytes, uint64_t* time) {
  ByteReader in(bytes);
  const bool known = in.U8() == kFormat;
  *time = in.U64();
  return known && in.ok() && in.AtEnd();
}

std::string FlushedKey(uint8_t db) {
  std::string key(kFlushedPrefix);
  key.push_back(static_cast<char>(db));
  return key;
}

void PutIdentity(const std::string& id, uint64_t actor, Batch* batch) {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.Bytes(id);
  out.U64(actor);
  batch->Put(Column::kMeta, kIdentityKey, std::move(bytes));
}

// Calls `read` with each entry of `meta` that begins with the prefix; false: it is damaged.
template <typename Read>
absl::Status ReadAll(Store& store, std::string_view prefix, std::string_view what,
                     const Read& read) {
  std::string from(prefix), until = from;
  until.back() = static_cast<char>(until.back() + 1);
  while (true) {
    const auto page = store.Scan({Column::kMeta, from, until, 1000, 1 << 20});
    for (const Entry& entry : page) {
      if (!read(entry)) return Damaged(what);
    }
    if (page.empty()) return absl::OkStatus();
    from = page.back().key + '\0';
  }
}

absl::Status ReadGrants(Store& store, Identity* identity) {
  return ReadAll(store, Grants::kMetaPrefix, "grant", [&](const Entry& entry) {
    auto& [vnode, grant] = identity->grants.emplace_back();
    return Grants::VnodeOfMetaKey(entry.key, &vnode) && Grant::Decode(entry.value, &grant);
  });
}

absl::Status ReadGroups(Store& store, Identity* identity) {
  return ReadAll(store, kUndecidedGroupPrefix, "group of writes", [&](const Entry& entry) {
    auto group = std::make_shared<GuardedGroup>();
    const bool decoded = UndecidedGroups::Decode(entry.value, group.get());
    identity->groups.push_back(std::move(group));
    return decoded;
  });
}

absl::Status ReadFlushed(Store& store, Identity* identity) {
  for (uint8_t db = 0; db < Stripe::kDatabases; ++db) {
    std::string bytes;
    if (store.Load(Column::kMeta, FlushedKey(db), &bytes) != Found::kFound) continue;
    if (!ReadTimeEntry(bytes, &identity->flushed[db])) return Damaged("flush watermark");
  }
  return absl::OkStatus();
}

absl::Status ReadRoster(Store& store, Identity* identity) {
  std::string bytes;
  if (store.Load(Column::kMeta, kRosterKey, &bytes) != Found::kFound) return absl::OkStatus();
  // Not to be overlooked: the first roster lets everybody in.
  return Roster::Decode(bytes, &identity->roster) ? absl::OkStatus() : Damaged("roster of users");
}

void StoreTopology(const Topology& topology, Batch* batch) {
  for (Batch::Change& change : TopologyBatch(topology).changes)
    batch->changes.push_back(std::move(change));
}

// A node that is alone may come back under other addresses; a member's addresses are known to the
// others, but for its ports of TLS, which it tells them on every link.
absl::Status FitAddress(const NodeInfo& wanted, Identity* identity, Batch* batch) {
  Topology& topology = identity->topology;
  const auto index = topology.IndexOf(identity->self.id);
  if (!index.has_value()) return Damaged("topology");
  NodeInfo self = wanted;
  self.id = identity->self.id;
  if (topology.nodes()[*index] == self) return absl::OkStatus();
  topology = PlanTlsPorts(topology, self);
  StoreTopology(topology, batch);
  const NodeInfo& stored = topology.nodes()[*index];
  if (stored == self) return absl::OkStatus();
  if (topology.nodes().size() > 1) {
    return absl::FailedPreconditionError(
        "this directory belongs to a member that its cluster knows as " + stored.host + ":" +
        std::to_string(stored.port) + " (cluster port " + std::to_string(stored.cluster_port) +
        ", peer port " + std::to_string(stored.peer_port) + "); start it with the same addresses");
  }
  auto readdressed = PlanReaddress(topology, self);
  if (!readdressed.ok()) return readdressed.status();
  topology = *std::move(readdressed);
  StoreTopology(topology, batch);
  identity->self = self;
  return absl::OkStatus();
}

Booted FirstStart(Store& store, const BootOptions& options, Random& random) {
  Booted booted;
  booted.first_start = true;
  Identity& identity = booted.identity;
  identity.self = options.self;
  identity.self.id = DrawNodeId(random);
  identity.actor = DrawActor(identity.self.id, random);
  identity.topology = PlanFirst(identity.self, options.replicas, options.vnodes);
  Batch batch = TopologyBatch(identity.topology);
  PutIdentity(identity.self.id, identity.actor, &batch);
  booted.sequence = store.Commit(std::move(batch));
  return booted;
}

}  // namespace

uint64_t DrawActor(const std::string& node_id, Random& random) {
  uint32_t prefix = 0;
  std::from_chars(node_id.data(), node_id.data() + 8, prefix, 16);
  const uint64_t low = random.Next() & 0xffffffffu;
  return (static_cast<uint64_t>(prefix) << 32) | std::max<uint64_t>(low, 1);
}

Batch TopologyBatch(const Topology& topology) {
  Batch batch;
  batch.Put(Column::kMeta, kTopologyKey, topology.Encode());
  return batch;
}

Batch FlushedBatch(uint8_t db, uint64_t time) {
  Batch batch;
  batch.Put(Column::kMeta, FlushedKey(db), TimeEntry(time));
  return batch;
}

Batch RosterBatch(const Roster& roster) {
  Batch batch;
  batch.Put(Column::kMeta, kRosterKey, roster.Encode());
  return batch;
}

Batch CleanShutdownBatch(uint64_t clock) {
  Batch batch;
  batch.Put(Column::kMeta, kCleanKey, TimeEntry(clock));
  return batch;
}

absl::StatusOr<Booted> Boot(Store& store, const BootOptions& options, uint64_t now_ms,
                            Random& random) {
  std::string identity_bytes, topology_bytes, clean_bytes;
  if (store.Load(Column::kMeta, kIdentityKey, &identity_bytes) != Found::kFound) {
    return FirstStart(store, options, random);
  }
  Booted booted;
  Identity& identity = booted.identity;
  identity.self = options.self;
  ByteReader in(identity_bytes);
  const bool known = in.U8() == kFormat;
  identity.self.id = std::string(in.Bytes());
  identity.actor = in.U64();
  if (!known || !in.ok() || identity.self.id.size() != 40) return Damaged("identity");
  if (store.Load(Column::kMeta, kTopologyKey, &topology_bytes) != Found::kFound)
    return Damaged("topology");
  auto topology = Topology::Decode(topology_bytes);
  if (!topology.ok()) return Damaged("topology");
  identity.topology = *std::move(topology);
  if (auto status = ReadFlushed(store, &identity); !status.ok()) return status;
  if (auto status = ReadGrants(store, &identity); !status.ok()) return status;
  if (auto status = ReadGroups(store, &identity); !status.ok()) return status;
  if (auto status = ReadRoster(store, &identity); !status.ok()) return status;

  Batch batch;
  if (auto status = FitAddress(options.self, &identity, &batch); !status.ok()) return status;
  booted.was_clean = store.Load(Column::kMeta, kCleanKey, &clean_bytes) == Found::kFound;
  if (booted.was_clean) {
    if (!ReadTimeEntry(clean_bytes, &identity.clock)) return Damaged("clean-shutdown mark");
    batch.Delete(Column::kMeta, kCleanKey);
  } else if (options.new_actor_after_crash) {
    identity.actor = DrawActor(identity.self.id, random);
    PutIdentity(identity.self.id, identity.actor, &batch);
  }
  for (const auto& [vnode, grant] : identity.grants)
    identity.clock = std::max(identity.clock, grant.since);
  for (uint64_t time : identity.flushed) identity.clock = std::max(identity.clock, time);
  identity.clock = std::max({identity.clock, identity.roster.time(), TimeOfMs(now_ms)});
  booted.sequence = store.Commit(std::move(batch));
  return booted;
}

}  // namespace kindred
