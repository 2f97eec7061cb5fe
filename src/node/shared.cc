#include "node/shared.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "node/boot.h"
#include "store/keys.h"
#include "topology/planner.h"
#include "topology/slot.h"

namespace kindred {

constexpr uint64_t kLogSlowMs = 2000;  // so long a log is taken to be slow after it has been

Shared::Shared(const Settings& settings, Store& store, const Identity& identity)
    : settings_(settings),
      store_(store),
      self_(identity.self),
      clock_(identity.actor, identity.clock, settings.max_clock_drift_ms + settings.grant_ms),
      changes_(identity.clock),
      active_expiry_(settings.active_expiry),
      topology_(std::make_shared<const Topology>(identity.topology)),
      peer_ids_({identity.self.id}),
      liveness_(settings.loops, settings.suspect_after_ms),
      roster_(std::make_shared<const Roster>(identity.roster)) {
  for (uint32_t i = 0; i < settings_.stripes; ++i) {
    stripes_.push_back(std::make_unique<StripeAndPrimary>(
        store, settings_.cache_bytes / settings_.stripes, *this, i));
  }
  for (uint8_t db = 0; db < Stripe::kDatabases; ++db) {
    flushed_[db] = identity.flushed[db];
    flush_clocks_[db] = identity.clock;
    for (auto& each : stripes_) each->stripe.RestoreFlushed(db, identity.flushed[db]);
  }
  for (const auto& [vnode, grant] : identity.grants) {
    stripes_[StripeOf(vnode)]->stripe.grants().Restore(vnode, grant);
  }
  for (const UndecidedGroup& group : identity.groups) {
    const auto parts = SplitRecordKey(group->items.front().key);
    stripes_[StripeOf(topology_->VnodeOf(parts->slot))]->stripe.RestoreGroup(group);
  }
  const Counts counts = store.LoadCounts();
  for (const auto& [where, number] : counts.all()) {
    stripes_[StripeOf(topology_->VnodeOf(where.first))]->stripe.RestoreCounts(
        {where.first, where.second, static_cast<int32_t>(number.keys),
         static_cast<int32_t>(number.with_expiry), false});
  }
  std::lock_guard lock(mutex_);
  RebuildViewLocked();
}

std::shared_ptr<const ClusterView> Shared::view() const {
  std::lock_guard lock(mutex_);
  return view_;
}

Peer Shared::PeerOf(std::string_view node_id) {
  std::lock_guard lock(mutex_);
  return PeerOfLocked(node_id);
}

Peer Shared::PeerOfLocked(std::string_view node_id) {
  const auto found = std::find(peer_ids_.begin(), peer_ids_.end(), node_id);
  if (found != peer_ids_.end()) return static_cast<Peer>(found - peer_ids_.begin());
  peer_ids_.emplace_back(node_id);
  return static_cast<Peer>(peer_ids_.size() - 1);
}

std::optional<std::string> Shared::IdOf(Peer peer) const {
  std::lock_guard lock(mutex_);
  if (peer >= peer_ids_.size()) return std::nullopt;
  return peer_ids_[peer];
}

void Shared::RebuildViewLocked() {
  const auto peer_of = [this](const NodeInfo& node) { return PeerOfLocked(node.id); };
  for (const NodeInfo& node : topology_->nodes()) peer_of(node);
  std::vector<ClusterView::PeerState> states(peer_ids_.size());
  for (Peer peer = 0; peer < states.size(); ++peer) {
    states[peer] = {peer == kSelf || liveness_.alive(peer),
                    peer == kSelf || liveness_.link_up(peer)};
  }
  const uint64_t version = view_version_.load(std::memory_order_relaxed) + 1;
  view_ =
      std::make_shared<const ClusterView>(topology_, peer_of, std::move(states), frozen_, version);
  steps_.OnView(version);
  view_version_.store(version, std::memory_order_release);
}

void Shared::OnLinkUp(Peer peer, uint32_t lane, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (liveness_.OnUp(peer, lane, now_ms)) RebuildViewLocked();
}

void Shared::OnLinkDown(Peer peer, uint32_t lane) {
  std::lock_guard lock(mutex_);
  if (liveness_.OnDown(peer, lane)) RebuildViewLocked();
}

std::vector<Shared::PeerLink> Shared::links() const {
  std::lock_guard lock(mutex_);
  std::vector<PeerLink> links;
  for (Peer peer : view_->members()) {
    if (peer != kSelf && liveness_.link_up(peer)) {
      links.push_back({peer, liveness_.link_up_since_ms(peer)});
    }
  }
  return links;
}

void Shared::OnHeard(Peer peer, uint32_t lane, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (liveness_.OnHeard(peer, lane, now_ms)) RebuildViewLocked();
}

void Shared::OnLivenessTick(uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (liveness_.OnTick(now_ms)) RebuildViewLocked();
}

void Shared::WatchLog(uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (store_.durable() >= watched_sequence_) {
    watched_sequence_ = store_.last_sequence();
    watched_since_ms_ = now_ms;
  } else if (now_ms > watched_since_ms_ + settings_.hedge_ms_max) {
    log_slow_until_ms_.store(now_ms + kLogSlowMs, std::memory_order_relaxed);
  }
}

uint64_t Shared::Install(const Topology& topology) {
  std::lock_guard lock(mutex_);
  if (topology.epoch() <= topology_->epoch()) return 0;
  frozen_ = false;
  return InstallLocked(topology);
}

uint64_t Shared::InstallLocked(const Topology& topology) {
  Topology fitted = PlanTlsPorts(topology, self_);
  for (const auto& [id, node] : told_) fitted = PlanTlsPorts(fitted, node);
  topology_ = std::make_shared<const Topology>(std::move(fitted));
  RebuildViewLocked();
  return store_.Commit(TopologyBatch(*topology_));
}

void Shared::OnTlsPorts(const NodeInfo& node) {
  std::lock_guard lock(mutex_);
  const auto index = topology_->IndexOf(node.id);
  if (!index.has_value()) return;
  told_[node.id] = node;
  const NodeInfo& known = topology_->nodes()[*index];
  const bool same =
      known.tls_port == node.tls_port && known.tls_cluster_port == node.tls_cluster_port;
  if (!same) InstallLocked(*topology_);
}

void Shared::SetFrozen(bool frozen) {
  std::lock_guard lock(mutex_);
  if (frozen_ == frozen) return;
  frozen_ = frozen;
  RebuildViewLocked();
}

Shared::FlushedUpTo Shared::Flush(uint16_t dbs, uint64_t time, uint64_t now_ms) {
  std::lock_guard flushing(flush_mutex_);
  FlushedUpTo result{0, store_.last_sequence()};
  std::vector<uint8_t> behind;
  for (uint8_t db = 0; db < Stripe::kDatabases; ++db) {
    if (((dbs >> db) & 1) == 0) continue;
    if (time <= flushed(db)) {
      result.clock = std::max(result.clock, flush_clocks_[db]);
    } else {
      behind.push_back(db);
      // Durable before anything shows it: the stripes' batches are queued behind it.
      result.after = store_.Commit(FlushedBatch(db, time));
    }
  }
  if (behind.empty()) return result;
  std::vector<std::unique_lock<std::mutex>> locks;
  for (auto& each : stripes_) locks.emplace_back(each->stripe.mutex());
  const uint64_t clock = clock_.last();
  clock_.Hear(time, now_ms);
  for (uint8_t db : behind) {
    flush_clocks_[db] = clock;
    for (auto& each : stripes_) {
      result.after = std::max(result.after, each->stripe.Flush(db, time));
    }
    flushed_[db].store(time, std::memory_order_release);
  }
  result.clock = std::max(result.clock, clock);
  return result;
}

std::vector<uint64_t> Shared::flushed() const {
  std::vector<uint64_t> all;
  for (const auto& time : flushed_) all.push_back(time.load(std::memory_order_acquire));
  return all;
}

Shared::RosterSnapshot Shared::roster() const {
  std::lock_guard lock(mutex_);
  return {roster_, roster_generation_.load(std::memory_order_relaxed)};
}

std::optional<RosterVersion> Shared::told_roster() const {
  std::lock_guard lock(mutex_);
  if (topology_->nodes().size() <= 1 || roster_->time() == 0) return std::nullopt;
  return roster_->version();
}

uint64_t Shared::StoreRosterLocked(Roster roster) {
  roster_ = std::make_shared<const Roster>(std::move(roster));
  roster_generation_.fetch_add(1, std::memory_order_release);
  return store_.Commit(RosterBatch(*roster_));
}

std::optional<uint64_t> Shared::ChangeRoster(uint64_t generation, std::string text,
                                             uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (generation != roster_generation_.load(std::memory_order_relaxed)) return std::nullopt;
  const uint64_t time = std::max(clock_.Name(now_ms), roster_->time() + 1);
  const uint64_t sequence = StoreRosterLocked(Roster(time, std::move(text)));
  roster_changed_.store(true, std::memory_order_relaxed);
  return sequence;
}

void Shared::TakeRoster(Roster roster) {
  std::lock_guard lock(mutex_);
  if (roster.version() > roster_->version()) StoreRosterLocked(std::move(roster));
}

void Shared::AdoptRoster(Roster roster) {
  std::lock_guard lock(mutex_);
  const bool alone = topology_->nodes().size() <= 1;
  if (alone ? roster != *roster_ : roster.version() > roster_->version()) {
    StoreRosterLocked(std::move(roster));
  }
}

std::vector<Counts::Number> Shared::CountKeys(const std::vector<uint32_t>& vnodes) {
  std::vector<Counts::Number> totals(Stripe::kDatabases);
  std::vector<bool> wanted(view()->topology().vnode_count());
  for (uint32_t vnode : vnodes) {
    if (vnode < wanted.size()) wanted[vnode] = true;
  }
  const auto view_now = view();
  for (auto& each : stripes_) {
    std::lock_guard lock(each->stripe.mutex());
    for (const auto& [where, number] : each->stripe.counts().all()) {
      if (!wanted[view_now->topology().VnodeOf(where.first)]) continue;
      totals[where.second].keys += number.keys;
      totals[where.second].with_expiry += number.with_expiry;
    }
  }
  return totals;
}

void Shared::set_far_keys(const std::vector<Counts::Number>& by_db) {
  std::lock_guard lock(mutex_);
  far_keys_ = by_db;
}

std::vector<Counts::Number> Shared::far_keys() const {
  std::lock_guard lock(mutex_);
  return far_keys_;
}

}  // namespace kindred
