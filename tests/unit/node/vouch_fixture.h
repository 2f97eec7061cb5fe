#ifndef KINDRED_TESTS_UNIT_NODE_VOUCH_FIXTURE_H_
#define KINDRED_TESTS_UNIT_NODE_VOUCH_FIXTURE_H_

// A node of three: the test plays the two other replicas of every key. One of them is the key's
// primary and vouches for it, unless that is this node.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hybrid_clock.h"
#include "tests/unit/node/node_fixture.h"
#include "topology/slot.h"

namespace kindred {

inline constexpr Peer kNear = 1, kFar = 2;
inline constexpr uint64_t kLife = 100;  // of both peers

class VouchFixture : public NodeFixture {
 protected:
  using Questions = std::vector<std::pair<Peer, VouchAsk>>;
  using Asks = std::vector<std::pair<Peer, Ask>>;

  // Both peers' standings have been heard.
  void SetUp() override {
    settings_.stripes = 1;
    Start(3);
    for (Peer peer : {kNear, kFar}) {
      standing_[peer].life = kLife;
      decided_[peer].actor = ActorOf(peer);
    }
    for (const auto& [peer, question] : EndTurn()) Vouched(peer, question.id);
    ASSERT_EQ(shared_->steps().Known(kNear), standing_[kNear]);
    ASSERT_EQ(shared_->steps().Known(kFar), standing_[kFar]);
  }

  // --- keys

  // The keys of a primary, by number.
  std::string KeyOf(Peer primary, size_t nth = 0) {
    for (int i = 0;; ++i) {
      std::string key = "key" + std::to_string(i);
      if (node_->RouteOf(key) == primary && nth-- == 0) return key;
    }
  }
  std::string RecordKeyOf(const std::string& key) {
    std::string record_key;
    uint32_t vnode = 0;
    node_->Locate(key, 0, &record_key, &vnode);
    return record_key;
  }
  uint32_t VnodeOf(const std::string& key) {
    return node_->view().topology().VnodeOf(KeySlot(key));
  }
  static uint64_t ActorOf(Peer peer) { return 1000u + peer; }

  // --- what the peers do

  void Send(Peer from, Message message) {
    node_->OnMessage(from, from, std::move(message), now_ms_);
    Serve();
  }
  // This node's replica grants the key's vnode to the peer.
  void Grant(const std::string& key, Peer to) {
    const uint64_t from = std::max(TimeOfMs(now_ms_), granted_until_);
    granted_until_ = from + TimeOfMs(1000);
    Send(to, Prepare{1, ActorOf(to), {{VnodeOf(key), from, granted_until_}}});
  }
  // The key's primary writes it, and tells its standing. What this node answers: the ack's.
  std::optional<Standing> Write(const std::string& key, const std::string& value,
                                const std::optional<Standing>& standing) {
    const Peer primary = node_->RouteOf(key);
    Guarded guarded;
    guarded.id = 1;
    guarded.key = RecordKeyOf(key);
    guarded.base = written_[key];
    guarded.version.dot = {ActorOf(primary), TimeOfMs(now_ms_) + ++writes_};
    guarded.version.kind = Kind::kString;
    guarded.version.guarded = true;
    guarded.version.payload = value;
    guarded.standing = standing;
    written_[key].Add(guarded.version.dot);
    Send(primary, guarded);
    for (const Outbox::Answer& answer : std::exchange(answers_, {})) {
      if (const Ack* ack = std::get_if<Ack>(&answer.message)) return ack->standing;
    }
    ADD_FAILURE() << "it was not taken";
    return {};
  }
  // The peer says that it has the same.
  void TellSame(const std::pair<Peer, Ask>& ask, const std::optional<Step>& step = {}) {
    Answer(ask.first, Tell{ask.second.id, true, {}, 0, 0, step});
  }
  Step StepOf(Peer peer, Peer holder) { return {standing_[peer], ActorOf(holder), peer == holder}; }
  Vouch WordOf(Peer peer, uint64_t question) {
    Vouch vouch;
    vouch.id = question;
    vouch.standing = standing_[peer];
    vouch.decided = decided_[peer];
    return vouch;
  }
  void Vouched(Peer peer, uint64_t question) { Send(peer, WordOf(peer, question)); }

  // --- what this node does

  void Serve() {
    Outbox out = ServeDisk();
    while (!out.loads.empty()) {
      Collect(out);
      out = ServeDisk();
    }
    Collect(out);
  }
  void Collect(Outbox& out) {
    for (auto& each : SentIn<Ask>(out)) asks_.push_back(std::move(each));
    for (auto& each : SentIn<VouchAsk>(out)) questions_.push_back(std::move(each));
    for (const auto& recall : out.recalls) recalls_.push_back(recall);
    if (out.heard != 0) heard_ = out.heard;
    for (auto& answer : out.answers) answers_.push_back(std::move(answer));
    for (auto& reply : out.replies) {
      told_.push_back(reply);
      replies_[reply.request] = std::move(reply.bytes);
    }
  }
  uint64_t Get(const std::string& key) {
    std::string reply;
    const Submitted submitted = Submit({"GET", key}, &reply);
    EXPECT_FALSE(submitted.done);
    Serve();
    return submitted.id;
  }
  // Who has been asked for the record since the last call.
  Asks TakeAsks() {
    Serve();
    return std::exchange(asks_, {});
  }
  // Who is asked to vouch.
  Questions EndTurn() {
    node_->EndTurn(now_ms_);
    Serve();
    return std::exchange(questions_, {});
  }
  // Those who are asked again as time passes.
  Questions Wait(uint64_t ms) {
    now_ms_ += ms;
    node_->OnTick(now_ms_);
    Serve();
    return std::exchange(questions_, {});
  }
  std::string ReplyTo(uint64_t read) {
    Serve();
    return replies_[read];
  }

  // --- stories

  // The key has been written, without a standing, so that it is in no step by that.
  void WriteOutOfStep(const std::string& key) {
    Grant(key, node_->RouteOf(key));
    Write(key, "v", {});
  }
  // It is read at another replica, who has the same.
  void ReadPlainly(const std::string& key, const std::optional<Step>& step) {
    const uint64_t read = Get(key);
    const Asks asks = TakeAsks();
    ASSERT_EQ(asks.size(), 1u);
    TellSame(asks[0], step);
    EXPECT_EQ(ReplyTo(read), "$1\r\nv\r\n");
  }
  void PutInStep(const std::string& key) {
    const Peer primary = node_->RouteOf(key);
    WriteOutOfStep(key);
    ReadPlainly(key, StepOf(primary, primary));
  }
  // Whether a read of it waits for somebody's word; it is answered by that.
  bool IsInStep(const std::string& key) {
    const uint64_t read = Get(key);
    const Asks asks = TakeAsks();
    for (const auto& ask : asks) TellSame(ask);
    for (const auto& [peer, question] : EndTurn()) Vouched(peer, question.id);
    EXPECT_NE(ReplyTo(read), "");
    return asks.empty();
  }

  std::map<Peer, Standing> standing_;  // of the peers, now
  std::map<Peer, Decided> decided_;
  std::map<std::string, Context> written_;
  uint64_t granted_until_ = 0;
  uint64_t writes_ = 0;

  Asks asks_;
  Questions questions_;
  std::vector<Outbox::Answer> answers_;
  std::vector<Outbox::Reply> told_;
  std::vector<Outbox::Recall> recalls_;
  uint64_t heard_ = 0;  // the last word
  std::map<uint64_t, std::string> replies_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_NODE_VOUCH_FIXTURE_H_
