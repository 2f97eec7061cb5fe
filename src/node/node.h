// The top of the deterministic core: one object for each loop, which routes that loop's requests,
// messages, ticks and disk events, and leaves what should happen in its outbox. What all loops
// share is in node/shared.h.
//
// Owned by its loop; every method is called by that loop alone.
#ifndef KINDRED_NODE_NODE_H_
#define KINDRED_NODE_NODE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "message/outbox.h"
#include "node/coordinator.h"
#include "node/far_counts.h"
#include "node/held_records.h"
#include "node/keyspace.h"
#include "node/members.h"
#include "node/request.h"
#include "node/shared.h"
#include "node/sweeper.h"

namespace kindred {

class Node {
 public:
  // `shared` outlives the node.
  Node(Shared& shared, uint32_t loop, uint64_t seed);

  // A client's command. If it can be answered at once the reply is appended to `reply`.
  Submitted Submit(const Request& request, std::string* reply, uint64_t now_ms);

  // Commands on these keys are about to come: has their memory at hand. A hint.
  static constexpr size_t kKeysAheadMax = 16;
  void LookAhead(std::span<const std::string_view> keys, uint8_t db);

  // Several commands as one. REQUIRES: they have keys, and all keys are in one slot.
  Submitted SubmitGroup(const GroupRequest& request, std::string* reply, uint64_t now_ms);

  // The session that waited for request `id` is gone; its reply is not wanted any more.
  void Abandon(uint64_t id);

  // Where a write to this key would run now. Writes of one connection to one key stay in order as
  // long as it is the same peer.
  Peer RouteOf(std::string_view key);

  // Inputs from the edge. `link` is where an answer goes; for answers on our own links it is 0.
  void OnMessage(Peer from, LinkId link, Message&& message, uint64_t now_ms);
  void OnLinkUp(Peer peer, uint64_t now_ms);    // our link of this loop to `peer` is ready
  void OnLinkDown(Peer peer, uint64_t now_ms);  // it broke
  void OnHandover(Outbox::Handover handover, uint64_t now_ms);
  void OnLoaded(const std::string& key, Found found, std::string_view value, uint64_t now_ms);
  void OnScanned(uint64_t ticket, std::vector<Entry> entries, uint64_t now_ms);
  void OnSynced(uint64_t round, uint64_t now_ms);
  void OnTick(uint64_t now_ms);  // every few milliseconds
  // What came since the last call has come: what it asks of others together is asked now.
  void EndTurn(uint64_t now_ms);
  bool WantsEndTurn() const { return coordinator_.WantsEndTurn(); }
  // Every second; of loop 0's node alone.
  void OnSecond(uint64_t now_ms) { far_counts_.OnSecond(TurnAt(now_ms)); }

  // Becomes a member of the cluster that the peer on the other end of our link belongs to. Only
  // loop 0's node, on a node that is alone and holds no keys; what came of it is in members().
  void Join(Peer seed, uint64_t now_ms) { members_.Join(seed, TurnAt(now_ms)); }
  const Members& members() const { return members_; }

  Outbox& outbox() { return outbox_; }
  const ClusterView& view();  // the latest snapshot; good until the next call into the node
  Shared& shared() { return shared_; }
  size_t pending() const { return coordinator_.pending(); }

  // --- for the parts of the node

  using Deferred = std::function<void(const Turn&)>;
  // The record key and vnode of a key. As all here, within a turn: its view is the one of the turn,
  // which another loop may be replacing.
  void Locate(std::string_view key, uint8_t db, std::string* record_key, uint32_t* vnode);
  uint32_t VnodeOfRecordKey(std::string_view record_key);
  // The vnode of all these record keys; nothing if one is none, or they are of several.
  std::optional<uint32_t> CommonVnode(const std::vector<std::string>& record_keys);
  // The key's entry; null if its record has to come from the disk, or others wait for that: then
  // what `later()` gives, a Deferred, runs when it is there, in turn. Only then is it asked for, so
  // that nothing is copied for a record that is here. REQUIRES: the stripe's lock.
  template <typename Later>
  CachedRecord* FindOrDefer(Stripe& stripe, const std::string& key, const Later& later) {
    CachedRecord* entry = FindUnlessLoading(stripe, key);
    if (entry == nullptr) DeferUntilLoaded(std::string(key), later());
    return entry;
  }
  // The same for several keys; the entries stay where they are as long as they are held on to.
  template <typename Later>
  std::optional<HeldRecords> FindAllOrDefer(Stripe& stripe, const std::vector<std::string>& keys,
                                            const Later& later) {
    HeldRecords held;
    for (const std::string& key : keys) {
      CachedRecord* entry = FindOrDefer(stripe, key, later);
      if (entry == nullptr) return {};
      held.Add(entry);
    }
    return held;
  }
  bool IsLoading(std::string_view key) const { return !loading_.empty() && loading_.contains(key); }
  // A peer knows of a flush. REQUIRES: no stripe's lock is held.
  void LearnFlush(uint8_t db, uint64_t time, const Turn& turn);
  // When to stop waiting for a peer's answer and ask another one as well.
  uint64_t HedgeMs(Peer peer) const;
  // When this loop heard of the peer last, over its own link to it; 0: never.
  uint64_t heard_ms(Peer peer) const { return peer < heard_ms_.size() ? heard_ms_[peer] : 0; }
  // Has the peer answer at once, if it does anything at all. Not more often than makes sense.
  void Probe(Peer peer, const Turn& turn);
  void NoteLatency(Peer peer, uint64_t ms);
  // Merges a copy into an entry, whose stripe's lock is held.
  Answered TakeCopy(Stripe& stripe, CachedRecord& entry, const Replicate& replicate);
  uint32_t loop() const { return loop_; }

 private:
  Turn TurnAt(uint64_t now_ms);
  Submitted Settled(const Submitted& submitted, std::string* reply, const Turn& turn);
  void Dispatch(Peer from, LinkId link, Message&& message, const Turn& turn);
  void SettleHandovers(const Turn& turn);
  bool HasOwnHandover() const;

  // Requests of peers about single records.
  void OnAskMessage(Peer from, LinkId link, const Ask& ask, const Turn& turn);
  void OnVouchAsk(Peer from, const VouchAsk& ask, const Turn& turn);
  void OnGuardedMessage(Peer from, LinkId link, const Guarded& guarded, const Turn& turn);
  bool HasGranted(const Stripe& stripe, uint32_t vnode, uint64_t actor) const;
  void OnAskGroupMessage(LinkId link, const AskGroup& ask, const Turn& turn);
  void OnGuardedGroupMessage(Peer from, LinkId link, const UndecidedGroup& group, const Turn& turn);
  void OnGroupDecided(const GroupDecided& decided);
  void Conclude(const std::vector<GuardedGroup>& groups, const Turn& turn);
  void TickGroups(const Turn& turn);
  void JoinSteps(Peer from, std::span<CachedRecord* const> entries, uint32_t vnode,
                 const std::optional<Standing>& standing, Message* ack, const Turn& turn);
  void OnReplicateMessage(LinkId link, const Replicate& replicate, const Turn& turn);
  void OnPrepareMessage(LinkId link, Prepare prepare, const Turn& turn);
  bool MayGrantNow(const Prepare& prepare, const Turn& turn);
  void RunDelayedPrepares(LinkId link, uint32_t vnode, const Turn& turn);
  void TickDelayedPrepares(const Turn& turn);
  void AnswerPrepare(LinkId link, const Prepare& prepare, const Turn& turn);
  static void AnswerLink(LinkId link, Answered&& answered, const Turn& turn);
  template <typename Act>
  void WithPrimary(uint64_t round, const Act& act);
  template <typename Act>
  void ForOwnStripes(const Act& act);
  CachedRecord* FindUnlessLoading(Stripe& stripe, const std::string& key);
  void DeferUntilLoaded(std::string key, Deferred again);

  Shared& shared_;
  const uint32_t loop_;
  Outbox outbox_;
  std::shared_ptr<const ClusterView> view_;
  uint64_t view_version_ = UINT64_MAX;
  Coordinator coordinator_;
  Keyspace keyspace_;
  Members members_;
  Sweeper sweeper_;
  FarCounts far_counts_;
  std::map<std::string, std::vector<Deferred>, std::less<>> loading_;
  struct DelayedPrepare {
    LinkId link = 0;
    uint64_t until_ms = 0;
    Prepare prepare;
  };
  uint64_t sweep_groups_ms_ = 0;  // when it is next looked for groups that nobody touches
  std::vector<UndecidedGroup> groups_left_;       // that were there the last time
  std::vector<DelayedPrepare> delayed_prepares_;  // at most kDelayedPreparesMax
  std::vector<uint64_t> heard_ms_, probed_ms_;    // by peer
  std::string key_ahead_;                         // LookAhead's record key
  std::vector<double> slow_ms_;  // by peer: about the 99th percentile of its answers
};

}  // namespace kindred

#endif  // KINDRED_NODE_NODE_H_
