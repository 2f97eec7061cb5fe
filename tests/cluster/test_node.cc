#include "tests/cluster/test_node.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "store/keys.h"
#include "topology/slot.h"

namespace kindred {
namespace {
constexpr uint64_t kIndexBits = 8;
}  // namespace

TestNode::TestNode(size_t index, NodeInfo info, Settings settings, uint64_t seed, Outside outside)
    : index_(index),
      info_(std::move(info)),
      settings_(settings),
      random_(seed),
      outside_(std::move(outside)),
      store_(seed + 1) {}

void TestNode::Start(uint64_t now_ms) {
  CHECK(!up());
  ++life_;
  BootOptions options;
  options.self = info_;
  options.replicas = 3;
  options.vnodes = 8;
  options.new_actor_after_crash = settings_.rules.new_actor_after_crash;
  auto booted = Boot(store_, options, now_ms, random_);
  CHECK(booted.ok());
  store_.Sync();
  id_ = booted->identity.self.id;
  shared_ = std::make_unique<Shared>(settings_, store_, booted->identity);
  node_ = std::make_unique<Node>(*shared_, 0, random_.Next());
}

void TestNode::Install(const Topology& topology) {
  shared_->Install(topology);
  store_.Sync();
}

void TestNode::Crash() {
  store_.Crash(random_);
  node_.reset();
  shared_.reset();
  gated_.clear();
  done_.clear();
  early_.clear();
  loads_.clear();
  scans_.clear();
}

void TestNode::StopCleanly() {
  store_.Commit(CleanShutdownBatch(shared_->clock().last()));
  store_.Sync();
  Crash();
}

void TestNode::Submit(const Request& request, uint64_t now_ms, Done done) {
  std::string reply;
  Request mine = request;
  mine.connection = ++submitted_ % 4 < kEarlyOfFour ? 1 : 0;
  const Submitted submitted = node_->Submit(mine, &reply, now_ms);
  OnSubmitted(submitted, std::move(reply), std::move(done), now_ms);
}

void TestNode::SubmitGroup(const GroupRequest& request, uint64_t now_ms, Done done) {
  std::string reply;
  const Submitted submitted = node_->SubmitGroup(request, &reply, now_ms);
  OnSubmitted(submitted, std::move(reply), std::move(done), now_ms);
}

void TestNode::OnSubmitted(const Submitted& submitted, std::string reply, Done done,
                           uint64_t now_ms) {
  const bool early = submitted.word != 0;
  const uint64_t id = submitted.done && !early ? ++last_immediate_ : submitted.id;
  done_[id] = std::move(done);
  if (early) {
    early_[id] = {submitted.word, submitted.after, std::move(reply)};
  } else if (submitted.done) {
    gated_.emplace(submitted.after, Gated{Gated::What::kReply, id, std::move(reply), {}});
  }
  Flush(now_ms);
}

// Those that stand may leave when what they depend on is durable.
void TestNode::TakeEarly(Outbox& out) {
  for (const Outbox::Recall& recall : out.recalls) CHECK(early_.erase(recall.request) == 1);
  for (auto each = early_.begin(); each != early_.end();) {
    EarlyReply& early = each->second;
    if (early.word > out.heard) {
      ++each;
      continue;
    }
    gated_.emplace(early.after,
                   Gated{Gated::What::kReply, each->first, std::move(early.reply), {}});
    each = early_.erase(each);
  }
}

void TestNode::OnRequestMessage(size_t from, uint64_t link, Message message, uint64_t now_ms) {
  node_->OnMessage(PeerAt(from), (link << kIndexBits) | (from + 1), std::move(message), now_ms);
  Flush(now_ms);
}

void TestNode::OnAnswerMessage(size_t from, Message message, uint64_t now_ms) {
  node_->OnMessage(PeerAt(from), 0, std::move(message), now_ms);
  Flush(now_ms);
}

void TestNode::OnLinkUp(size_t peer, uint64_t now_ms) {
  node_->OnLinkUp(PeerAt(peer), now_ms);
  Flush(now_ms);
}

void TestNode::OnLinkDown(size_t peer, uint64_t now_ms) {
  node_->OnLinkDown(PeerAt(peer), now_ms);
  Flush(now_ms);
}

void TestNode::OnTick(uint64_t now_ms) {
  node_->OnTick(now_ms);
  Flush(now_ms);
}

void TestNode::Sync(uint64_t now_ms) {
  store_.Sync();
  if (!up()) return;
  Release(now_ms);
  if (std::any_of(scans_.begin(), scans_.end(),
                  [&](const auto& s) { return s.after <= store_.durable(); })) {
    RunLoads(now_ms);
  }
}

void TestNode::RunLoads(uint64_t now_ms) {
  std::vector<std::string> loads;
  loads.swap(loads_);
  for (const std::string& key : loads) {
    std::string value;
    const Found found = store_.Load(Column::kRecords, key, &value);
    node_->OnLoaded(key, found, value, now_ms);
  }
  std::vector<Outbox::Scan> scans;
  scans.swap(scans_);
  for (Outbox::Scan& scan : scans) {
    if (scan.after > store_.durable()) {
      scans_.push_back(std::move(scan));
      continue;
    }
    const Column column = scan.expiry ? Column::kExpiry : Column::kRecords;
    node_->OnScanned(scan.ticket,
                     store_.Scan({column, scan.from, scan.until, scan.entries_max, 1 << 20}),
                     now_ms);
  }
  Flush(now_ms);
}

void TestNode::EndTurn(uint64_t now_ms) {
  node_->EndTurn(now_ms);
  Flush(now_ms);
}

// What the core wants to happen.
void TestNode::Flush(uint64_t now_ms) {
  if (node_->WantsEndTurn()) {
    outside_.turn != nullptr ? outside_.turn() : node_->EndTurn(now_ms);
  }
  Outbox out;
  std::swap(out, node_->outbox());
  CHECK(out.handovers.empty());  // there is one loop
  for (Outbox::Send& send : out.sends) {
    if (IndexOf(send.to) != index_) outside_.request(IndexOf(send.to), std::move(send.message));
  }
  for (const Outbox::Sync& sync : out.syncs) {
    gated_.emplace(sync.after, Gated{Gated::What::kSync, sync.round, {}, {}});
  }
  for (Outbox::Answer& answer : out.answers) {
    gated_.emplace(answer.after,
                   Gated{Gated::What::kAnswer, answer.link, {}, std::move(answer.message)});
  }
  TakeEarly(out);
  for (Outbox::Reply& reply : out.replies) {
    gated_.emplace(reply.after,
                   Gated{Gated::What::kReply, reply.request, std::move(reply.bytes), {}});
  }
  // What waits for a sync is looked at again with that.
  const bool wants_load = !out.loads.empty() || !out.scans.empty();
  for (Outbox::Load& load : out.loads) loads_.push_back(std::move(load.key));
  for (Outbox::Scan& scan : out.scans) scans_.push_back(std::move(scan));
  if (wants_load) outside_.load();
  Release(now_ms);
}

void TestNode::Release(uint64_t now_ms) {
  while (!gated_.empty()) {
    const auto first = gated_.begin();
    if (settings_.rules.ack_after_sync && first->first > store_.durable()) return;
    Gated item = std::move(first->second);
    gated_.erase(first);
    Leave(std::move(item), now_ms);
  }
}

void TestNode::Leave(Gated item, uint64_t now_ms) {
  if (item.what == Gated::What::kSync) {
    node_->OnSynced(item.where, now_ms);
    return Flush(now_ms);
  }
  if (item.what == Gated::What::kReply) {
    const auto found = done_.find(item.where);
    CHECK(found != done_.end());  // answered once
    const Done done = std::move(found->second);
    done_.erase(found);
    return done(item.reply);
  }
  const uint64_t link = item.where;
  outside_.answer((link & ((1u << kIndexBits) - 1)) - 1, link >> kIndexBits,
                  std::move(item.message));
}

size_t TestNode::IndexOf(Peer peer) {
  const auto id = shared_->IdOf(peer);
  const auto found = std::find(ids_.begin(), ids_.end(), id.value());
  CHECK(found != ids_.end());
  return static_cast<size_t>(found - ids_.begin());
}

std::string TestNode::StoredRecord(std::string_view key, uint8_t db) {
  store_.Sync();
  std::string value;
  const std::string record_key = RecordKeyOf({KeySlot(key), Hash32(key), db, key});
  return store_.Load(Column::kRecords, record_key, &value) == Found::kFound ? value : std::string();
}

}  // namespace kindred
