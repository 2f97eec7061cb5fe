// What all loops of one process share: the settings, the store, the stripes, the cluster view, the
// clock and the knowledge of which guarded versions are decided. Made once, by the edge or the
// simulator, before the first Node.
//
// Threads: a stripe has its own lock, which guards its primary as well; the clock has its own; the
// cluster's state is guarded by mutex_, and read through the view, an immutable snapshot.
#ifndef KINDRED_NODE_SHARED_H_
#define KINDRED_NODE_SHARED_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "membership/liveness.h"
#include "membership/roster.h"
#include "node/cluster_view.h"
#include "node/dot_clock.h"
#include "node/primary.h"
#include "node/settings.h"
#include "node/steps.h"
#include "replica/changes.h"
#include "replica/stripe.h"
#include "store/store.h"

namespace kindred {

// What a node is after its start: read from its directory or drawn (node/boot.h).
struct Identity {
  NodeInfo self;
  Topology topology;
  uint64_t actor = 0;
  uint64_t clock = 0;  // no time up to this is named again
  std::array<uint64_t, Stripe::kDatabases> flushed{};
  std::vector<std::pair<uint32_t, Grant>> grants;  // by vnode
  std::vector<UndecidedGroup> groups;
  Roster roster;
};

class Shared {
 public:
  // A stripe's replica and primary, under the stripe's lock.
  struct StripeAndPrimary {
    StripeAndPrimary(Store& store, size_t cache_bytes, Shared& shared, uint32_t index)
        : stripe(store, cache_bytes), primary(stripe, shared, index) {}
    Stripe stripe;
    Primary primary;
  };

  // `store` outlives it.
  Shared(const Settings& settings, Store& store, const Identity& identity);
  Shared(const Shared&) = delete;

  const Settings& settings() const { return settings_; }
  Store& store() { return store_; }
  uint64_t last_sequence() const { return store_.last_sequence(); }
  DotClock& clock() { return clock_; }
  uint64_t actor() const { return clock_.actor(); }
  const std::string& self_id() const { return self_.id; }

  uint32_t StripeOf(uint32_t vnode) const { return vnode % settings_.stripes; }
  StripeAndPrimary& stripe(uint32_t index) { return *stripes_[index]; }
  uint32_t stripes() const { return settings_.stripes; }
  // Which loop's links carry the writes of a stripe.
  uint32_t LaneOf(uint32_t stripe) const { return stripe % settings_.loops; }

  // The latest snapshot; `version` is cheap to compare first.
  std::shared_ptr<const ClusterView> view() const;
  uint64_t view_version() const { return view_version_.load(std::memory_order_acquire); }

  // What other replicas may not know of, and which records are in step with theirs.
  Changes& changes() { return changes_; }
  Steps& steps() { return steps_; }
  void NoteChange(uint32_t vnode) {
    changes_.Note(vnode);
    steps_.Leave(vnode);
  }

  // The entry's record is the same at `from`, which has taken it as a guarded write or sent it as
  // one, when its standing was this. It is in step if that is all whose word it takes.
  void JoinStepAfterWrite(CachedRecord& entry, uint32_t vnode, const ClusterView& view, Peer from,
                          const Standing& standing) {
    const auto vouchers = view.VouchersOf(vnode);
    if (vouchers.size() != 1 || vouchers.front() != from) return;
    const std::pair<Peer, Standing> told[] = {{from, standing}};
    if (const auto step = steps_.Join(vnode, view.version(), told)) entry.in_step = *step;
  }

  // Numbers a node: by its id once that is known.
  Peer PeerOf(std::string_view node_id);
  std::optional<std::string> IdOf(Peer peer) const;

  // Liveness, as links tell it.
  void OnLinkUp(Peer peer, uint32_t lane, uint64_t now_ms);
  void OnLinkDown(Peer peer, uint32_t lane);
  void OnHeard(Peer peer, uint32_t lane, uint64_t now_ms);
  void OnLivenessTick(uint64_t now_ms);

  // The members to which all of our links are up, and since when they are.
  struct PeerLink {
    Peer peer = kSelf;
    uint64_t since_ms = 0;
  };
  std::vector<PeerLink> links() const;

  // Installs a topology with a larger epoch, stored in the same step; returns the batch's sequence,
  // 0 if it is not newer.
  uint64_t Install(const Topology& topology);
  // A node has said, on a link, which ports of TLS it has: if it is a member they hold from now on,
  // whatever a topology says that was made before.
  void OnTlsPorts(const NodeInfo& node);
  void SetFrozen(bool frozen);

  // Raises the flush watermark of these databases, a bit set, in all stripes at one moment. Until
  // then nothing later than `clock` was named or taken here: if that is not above the watermark,
  // then whatever was computed from what the flush ends has a dot that it ends as well.
  struct FlushedUpTo {
    uint64_t clock = 0;
    uint64_t after = 0;  // the sequence to wait for
  };
  FlushedUpTo Flush(uint16_t dbs, uint64_t time, uint64_t now_ms);
  std::vector<uint64_t> flushed() const;
  uint64_t flushed(uint8_t db) const { return flushed_[db].load(std::memory_order_acquire); }

  // The roster, and a number that grows with each change of it and is cheap to compare first.
  struct RosterSnapshot {
    std::shared_ptr<const Roster> roster;
    uint64_t generation = 0;
  };
  RosterSnapshot roster() const;
  uint64_t roster_generation() const { return roster_generation_.load(std::memory_order_acquire); }
  // What others are told of it. Nothing while this node is alone: whom it joins keeps his own.
  std::optional<RosterVersion> told_roster() const;
  // Makes the next version, stored in the same step, unless the roster has changed since
  // `generation`. Returns the batch's sequence.
  std::optional<uint64_t> ChangeRoster(uint64_t generation, std::string text, uint64_t now_ms);
  // Takes another's version if it is later than ours.
  void TakeRoster(Roster roster);
  // As a node that joins: takes the cluster's in the place of our own, even if that is later.
  void AdoptRoster(Roster roster);
  // A version was made here since the last call: the others want to hear it at once.
  bool TakeRosterChanged() { return roster_changed_.exchange(false, std::memory_order_relaxed); }

  // Live keys of these vnodes, by database.
  std::vector<Counts::Number> CountKeys(const std::vector<uint32_t>& vnodes);
  // The same of all vnodes that this node does not hold (node/far_counts.h).
  void set_far_keys(const std::vector<Counts::Number>& by_db);
  std::vector<Counts::Number> far_keys() const;

  // Guarded writes have been sent: the others want to hear which are decided, sooner than by the
  // next heartbeat.
  void NoteGuardedSent() { guarded_sent_.store(true, std::memory_order_relaxed); }
  bool TakeGuardedSent() { return guarded_sent_.exchange(false, std::memory_order_relaxed); }

  // Whether the sweeper runs, and how many expired keys it has buried here.
  void set_active_expiry(bool on) { active_expiry_.store(on, std::memory_order_relaxed); }
  bool active_expiry() const { return active_expiry_.load(std::memory_order_relaxed); }
  void NoteExpired() { expired_keys_.fetch_add(1, std::memory_order_relaxed); }
  uint64_t expired_keys() const { return expired_keys_.load(std::memory_order_relaxed); }

  // A sync of the log has lately taken longer than the longest hedge: what can be had from other
  // replicas is not to wait for it.
  void WatchLog(uint64_t now_ms);
  bool log_is_slow(uint64_t now_ms) const {
    return now_ms < log_slow_until_ms_.load(std::memory_order_relaxed);
  }

  // The disk refuses: nothing can be written until it is well again. Set by the edge.
  void set_disk_failed(bool failed) { disk_failed_.store(failed, std::memory_order_release); }
  bool disk_failed() const { return disk_failed_.load(std::memory_order_acquire); }

 private:
  Peer PeerOfLocked(std::string_view node_id);
  void RebuildViewLocked();
  uint64_t StoreRosterLocked(Roster roster);
  uint64_t InstallLocked(const Topology& topology);

  const Settings settings_;
  Store& store_;
  const NodeInfo self_;
  DotClock clock_;
  Changes changes_;
  Steps steps_;
  std::vector<std::unique_ptr<StripeAndPrimary>> stripes_;
  std::array<std::atomic<uint64_t>, Stripe::kDatabases> flushed_{};
  std::mutex flush_mutex_;                                   // one flush at a time
  std::array<uint64_t, Stripe::kDatabases> flush_clocks_{};  // guarded by flush_mutex_
  std::atomic<bool> disk_failed_{false};
  std::atomic<uint64_t> log_slow_until_ms_{0};
  std::atomic<bool> guarded_sent_{false};
  std::atomic<bool> roster_changed_{false};
  std::atomic<bool> active_expiry_;
  std::atomic<uint64_t> expired_keys_{0};

  mutable std::mutex mutex_;
  std::shared_ptr<const Topology> topology_;  // guarded by mutex_, as all below
  std::shared_ptr<const ClusterView> view_;
  std::vector<std::string> peer_ids_;     // by Peer
  std::map<std::string, NodeInfo> told_;  // by id: nodes as they have told of themselves
  Liveness liveness_;
  bool frozen_ = false;
  uint64_t watched_sequence_ = 0;  // not durable when it was last looked at, since
  uint64_t watched_since_ms_ = 0;
  std::shared_ptr<const Roster> roster_;
  std::vector<Counts::Number> far_keys_ = std::vector<Counts::Number>(Stripe::kDatabases);
  std::atomic<uint64_t> view_version_{0};
  std::atomic<uint64_t> roster_generation_{1};
};

}  // namespace kindred

#endif  // KINDRED_NODE_SHARED_H_
