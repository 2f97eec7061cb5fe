#include "node/node.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "store/keys.h"
#include "topology/slot.h"

namespace kindred {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

constexpr uint64_t kIndexMask = Primary::kRoundBit - 1;
// In one go. Who waits for one that is left out is refused when his time is over.
constexpr size_t kConclusionsMax = 1000;
constexpr uint64_t kProbeMs = 50;  // so often a peer is asked whether it is there

uint64_t& AtPeer(std::vector<uint64_t>& by_peer, Peer peer) {
  if (peer >= by_peer.size()) by_peer.resize(peer + 1u);
  return by_peer[peer];
}

}  // namespace

Node::Node(Shared& shared, uint32_t loop, uint64_t seed)
    : shared_(shared),
      loop_(loop),
      coordinator_(*this, shared, loop),
      keyspace_(*this, shared, seed),
      members_(*this, shared),
      sweeper_(*this, shared),
      far_counts_(shared) {}

const ClusterView& Node::view() {
  const uint64_t version = shared_.view_version();
  if (version != view_version_) {
    view_ = shared_.view();
    view_version_ = version;
  }
  return *view_;
}

Turn Node::TurnAt(uint64_t now_ms) { return {now_ms, &view(), &outbox_}; }

Submitted Node::Submit(const Request& request, std::string* reply, uint64_t now_ms) {
  ReplyWriter writer(reply, request.protocol);
  if (request.row->check != nullptr && !request.row->check(request.args, writer)) {
    return {true, 0, 0};
  }
  const Turn turn = TurnAt(now_ms);
  const Submitted submitted = request.row->kind == RowKind::kKeyspace
                                  ? keyspace_.Submit(request, turn)
                                  : coordinator_.Submit(request, reply, turn);
  return Settled(submitted, reply, turn);
}

Submitted Node::SubmitGroup(const GroupRequest& request, std::string* reply, uint64_t now_ms) {
  const Turn turn = TurnAt(now_ms);
  return Settled(coordinator_.SubmitGroup(request, turn), reply, turn);
}

Submitted Node::Settled(const Submitted& submitted, std::string* reply, const Turn& turn) {
  if (submitted.done) return submitted;
  SettleHandovers(turn);
  // What could be answered within this turn is the last reply.
  if (outbox_.replies.empty() || outbox_.replies.back().request != submitted.id) return submitted;
  const Outbox::Reply& last = outbox_.replies.back();
  const Submitted settled{true, last.after, 0, last.lookups};
  reply->append(last.bytes);
  outbox_.replies.pop_back();
  return settled;
}

void Node::Abandon(uint64_t id) {
  coordinator_.Abandon(id);
  keyspace_.Abandon(id);
}

Peer Node::RouteOf(std::string_view key) {
  const ClusterView& now = view();
  return now.PrimaryOf(now.topology().VnodeOf(KeySlot(key)));
}

void Node::OnMessage(Peer from, LinkId link, Message&& message, uint64_t now_ms) {
  if (link == 0) {
    shared_.OnHeard(from, loop_, now_ms);
    AtPeer(heard_ms_, from) = now_ms;
  }
  const Turn turn = TurnAt(now_ms);
  Dispatch(from, link, std::move(message), turn);
  SettleHandovers(turn);
}

void Node::Dispatch(Peer from, LinkId link, Message&& message, const Turn& turn) {
  std::visit(
      Overloaded{
          [&](Ask& m) { OnAskMessage(from, link, m, turn); },
          [&](VouchAsk& m) { OnVouchAsk(from, m, turn); },
          [&](Vouch& m) {
            for (size_t db = 0; db < m.flushed.size() && db < Stripe::kDatabases; ++db) {
              LearnFlush(static_cast<uint8_t>(db), m.flushed[db], turn);
            }
            coordinator_.OnVouch(from, std::move(m), turn);
          },
          [&](Guarded& m) { OnGuardedMessage(from, link, m, turn); },
          [&](Replicate& m) { OnReplicateMessage(link, m, turn); },
          [&](Prepare& m) { OnPrepareMessage(link, std::move(m), turn); },
          [&](AskGroup& m) { OnAskGroupMessage(link, m, turn); },
          [&](GuardedGroup& m) {
            OnGuardedGroupMessage(from, link, std::make_shared<const GuardedGroup>(std::move(m)),
                                  turn);
          },
          [&](GroupDecided& m) { OnGroupDecided(m); },
          [&](TellGroup& m) {
            for (const Tell& item : m.items) LearnFlush(item.db, item.flushed, turn);
            WithPrimary(m.id,
                        [&](Primary& primary) { primary.OnTellGroup(from, std::move(m), turn); });
          },
          [&](Tell& m) {
            LearnFlush(m.db, m.flushed, turn);
            if ((m.id & Primary::kRoundBit) == 0)
              return coordinator_.OnTell(from, std::move(m), turn);
            WithPrimary(m.id, [&](Primary& primary) { primary.OnTell(from, std::move(m), turn); });
          },
          [&](Prepared& m) {
            WithPrimary(m.id, [&](Primary& primary) { primary.OnPrepared(from, m, turn); });
          },
          [&](Ack& m) {
            WithPrimary(m.id, [&](Primary& primary) { primary.OnAck(from, m, turn); });
          },
          [&](Nack& m) {
            LearnFlush(m.db, m.flushed, turn);
            WithPrimary(m.id, [&](Primary& primary) { primary.OnNack(from, m, turn); });
          },
          [&](Forward& m) { coordinator_.OnForward(link, std::move(m), turn); },
          [&](ForwardGroup& m) { coordinator_.OnForwardGroup(link, std::move(m), turn); },
          [&](Forwarded& m) { coordinator_.OnForwarded(std::move(m), turn); },
          [&](ScanAsk& m) { keyspace_.OnScanAsk(link, std::move(m), turn); },
          [&](ScanTell& m) { keyspace_.OnScanTell(from, std::move(m), turn); },
          [&](CountAsk& m) { keyspace_.OnCountAsk(link, m, turn); },
          [&](CountTell& m) {
            keyspace_.OnCountTell(from, m, turn);
            far_counts_.OnCountTell(from, m);
          },
          [&](Flush& m) { keyspace_.OnFlush(link, m, turn); },
          [&](Flushed& m) { keyspace_.OnFlushed(from, m, turn); },
          [&](auto& m) { members_.OnMessage(from, link, std::move(m), turn); },
      },
      message);
}

template <typename Act>
void Node::WithPrimary(uint64_t round, const Act& act) {
  const uint64_t index = round & kIndexMask;
  if (index >= shared_.stripes()) return;
  Shared::StripeAndPrimary& place = shared_.stripe(static_cast<uint32_t>(index));
  std::lock_guard lock(place.stripe.mutex());
  act(place.primary);
}

// The stripes whose time this loop keeps.
template <typename Act>
void Node::ForOwnStripes(const Act& act) {
  for (uint32_t index = loop_; index < shared_.stripes(); index += shared_.settings().loops) {
    Shared::StripeAndPrimary& place = shared_.stripe(index);
    std::lock_guard lock(place.stripe.mutex());
    act(place.primary);
  }
}

// Operations end as handovers, because another loop may have asked; ours are taken here. So are
// conclusions, whose records have to be found first.
void Node::SettleHandovers(const Turn& turn) {
  size_t conclusions = 0;
  do {
    for (size_t i = 0; i < outbox_.handovers.size(); ++i) {
      if (outbox_.handovers[i].loop != loop_) continue;
      Outbox::Handover handover = std::move(outbox_.handovers[i]);
      coordinator_.OnHandover(std::move(handover), turn);
    }
    std::erase_if(outbox_.handovers, [this](const Outbox::Handover& h) { return h.loop == loop_; });
    for (const Outbox::Conclusion& each : std::exchange(outbox_.conclusions, {})) {
      if (++conclusions <= kConclusionsMax) Conclude(each.groups, turn);
    }
  } while (!outbox_.conclusions.empty() || HasOwnHandover());
}

bool Node::HasOwnHandover() const {
  return std::ranges::any_of(outbox_.handovers,
                             [this](const Outbox::Handover& h) { return h.loop == loop_; });
}

void Node::OnHandover(Outbox::Handover handover, uint64_t now_ms) {
  const Turn turn = TurnAt(now_ms);
  coordinator_.OnHandover(std::move(handover), turn);
  SettleHandovers(turn);
}

// --- links, disk, time

void Node::OnLinkUp(Peer peer, uint64_t now_ms) {
  shared_.OnLinkUp(peer, loop_, now_ms);
  shared_.steps().WantToHear(peer);
  const Turn turn = TurnAt(now_ms);
  ForOwnStripes([](Primary& primary) { primary.OnLinkUp(); });
  members_.OnLinkUp(peer, turn);
  SettleHandovers(turn);
}

void Node::OnLinkDown(Peer peer, uint64_t now_ms) {
  shared_.OnLinkDown(peer, loop_);
  shared_.changes().OnLinkDown(peer, loop_);
  shared_.steps().Forget(peer);
  const Turn turn = TurnAt(now_ms);
  coordinator_.OnLinkDown(peer, turn);
  keyspace_.OnLinkDown(peer, turn);
  members_.OnLinkDown(peer, turn);
  SettleHandovers(turn);
}

void Node::OnSynced(uint64_t round, uint64_t now_ms) {
  const Turn turn = TurnAt(now_ms);
  WithPrimary(round, [&](Primary& primary) { primary.OnSynced(round, turn); });
  SettleHandovers(turn);
}

void Node::OnLoaded(const std::string& key, Found found, std::string_view value, uint64_t now_ms) {
  const Turn turn = TurnAt(now_ms);
  {
    Stripe& stripe = shared_.stripe(shared_.StripeOf(VnodeOfRecordKey(key))).stripe;
    std::lock_guard lock(stripe.mutex());
    stripe.OnLoaded(key, found, value);
  }
  const auto waiting = loading_.find(key);
  if (waiting == loading_.end()) return;
  const std::vector<Deferred> deferred = std::move(waiting->second);
  loading_.erase(waiting);
  for (const Deferred& again : deferred) again(turn);
  SettleHandovers(turn);
}

void Node::OnScanned(uint64_t ticket, std::vector<Entry> entries, uint64_t now_ms) {
  const Turn turn = TurnAt(now_ms);
  if (ticket == Sweeper::kTicket) {
    sweeper_.OnScanned(std::move(entries), turn);
  } else {
    keyspace_.OnScanned(ticket, std::move(entries), turn);
  }
  SettleHandovers(turn);
}

void Node::OnTick(uint64_t now_ms) {
  shared_.OnLivenessTick(now_ms);
  if (loop_ == 0) shared_.WatchLog(now_ms);
  const Turn turn = TurnAt(now_ms);
  coordinator_.OnTick(turn);
  TickDelayedPrepares(turn);
  TickGroups(turn);
  ForOwnStripes([&](Primary& primary) { primary.OnTick(turn); });
  keyspace_.OnTick(turn);
  members_.OnTick(turn);
  if (loop_ == 0) sweeper_.OnTick(turn);
  SettleHandovers(turn);
}

void Node::EndTurn(uint64_t now_ms) { coordinator_.EndTurn(TurnAt(now_ms)); }

// --- for the parts of the node

void Node::LearnFlush(uint8_t db, uint64_t time, const Turn& turn) {
  if (db >= Stripe::kDatabases || time <= shared_.flushed(db)) return;
  if (!shared_.clock().MayHear(time, turn.now_ms)) return;
  shared_.Flush(static_cast<uint16_t>(1u << db), time, turn.now_ms);
}

void Node::Locate(std::string_view key, uint8_t db, std::string* record_key, uint32_t* vnode) {
  const uint16_t slot = KeySlot(key);
  MakeRecordKey({slot, Hash32(key), db, key}, record_key);
  *vnode = view_->topology().VnodeOf(slot);
}

uint32_t Node::VnodeOfRecordKey(std::string_view record_key) {
  const auto parts = SplitRecordKey(record_key);
  CHECK(parts.has_value());
  return view_->topology().VnodeOf(parts->slot & (kSlots - 1));
}

CachedRecord* Node::FindUnlessLoading(Stripe& stripe, const std::string& key) {
  return IsLoading(key) ? nullptr : stripe.Find(key);
}

void Node::DeferUntilLoaded(std::string key, Deferred again) {
  std::vector<Deferred>& waiting = loading_[key];
  if (waiting.empty()) outbox_.loads.push_back({std::move(key)});
  waiting.push_back(std::move(again));
}

uint64_t Node::HedgeMs(Peer peer) const {
  const Settings& settings = shared_.settings();
  const double slow = peer < slow_ms_.size() ? slow_ms_[peer] : 0;
  return std::clamp(static_cast<uint64_t>(slow) + 1, settings.hedge_ms_min, settings.hedge_ms_max);
}

void Node::Probe(Peer peer, const Turn& turn) {
  uint64_t& probed_ms = AtPeer(probed_ms_, peer);
  if (turn.now_ms < probed_ms + kProbeMs) return;
  probed_ms = turn.now_ms;
  members_.SendHeartbeat(peer, turn);
}

// A quantile by small steps: up by 99 when an answer was slower, down by one when it was not.
void Node::NoteLatency(Peer peer, uint64_t ms) {
  if (peer >= slow_ms_.size()) slow_ms_.resize(peer + 1u, 1.0);
  double& slow = slow_ms_[peer];
  const double step = std::max(slow, 1.0) * 0.002;
  slow += static_cast<double>(ms) > slow ? 99 * step : -step;
}

}  // namespace kindred
