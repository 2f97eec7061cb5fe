#ifndef KINDRED_TESTS_UNIT_NODE_NODE_FIXTURE_H_
#define KINDRED_TESTS_UNIT_NODE_NODE_FIXTURE_H_

// One node of the core over a disk in memory, without an edge: the test is its client, its disk's
// moments and, where it has peers, the peers. One thread, virtual time.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "command/families.h"
#include "command/table.h"
#include "node/boot.h"
#include "node/node.h"
#include "resp/reply_parser.h"
#include "store/memory_store.h"
#include "topology/planner.h"

namespace kindred {

inline NodeInfo InfoAt(uint16_t port) {
  NodeInfo info;
  info.host = "127.0.0.1";
  info.port = port;
  info.cluster_port = static_cast<uint16_t>(port + 100);
  info.peer_port = static_cast<uint16_t>(port + 200);
  info.http_port = static_cast<uint16_t>(port + 300);
  return info;
}

using Words = std::vector<std::string>;

class NodeFixture : public testing::Test {
 protected:
  static constexpr uint64_t kStartMs = 1'700'000'000'000;

  // A node that is alone, or the first of a cluster whose other members the test plays: peers 1 and
  // 2, with links up.
  void Start(size_t members) {
    Random random(7);
    BootOptions options;
    options.self = InfoAt(7001);
    options.vnodes = 8;
    auto booted = Boot(store_, options, now_ms_, random);
    ASSERT_TRUE(booted.ok());
    shared_ = std::make_unique<Shared>(settings_, store_, booted->identity);
    Topology topology = booted->identity.topology;
    for (size_t i = 1; i < members; ++i) {
      NodeInfo peer = InfoAt(static_cast<uint16_t>(7001 + i));
      peer.id = std::string(40, static_cast<char>('0' + i));
      peer_ids_.push_back(peer.id);
      topology = *PlanJoin(topology, peer);
    }
    shared_->Install(topology);
    node_ = std::make_unique<Node>(*shared_, 0, 1);
    for (const std::string& id : peer_ids_) node_->OnLinkUp(shared_->PeerOf(id), now_ms_);
    store_.Sync();
    node_->outbox() = {};
  }

  // Runs a command that needs no other node.
  ReplyNode Run(const Words& words, uint8_t db = 0) {
    std::string reply;
    const Submitted submitted = Submit(words, &reply, db);
    for (int turns = 0; !submitted.done && reply.empty(); ++turns) {
      CHECK(turns < 10'000);
      for (Outbox::Reply& each : ServeDisk().replies) {
        if (each.request == submitted.id) reply = std::move(each.bytes);
      }
    }
    ReplyNode parsed;
    const auto length = ParseReply(reply, &parsed);
    EXPECT_TRUE(length.ok() && *length == reply.size()) << reply;
    return parsed;
  }

  Submitted Submit(const Words& words, std::string* reply, uint8_t db = 0) {
    static const CommandTable table(DataCommandFamilies());
    const std::vector<std::string_view> args(words.begin(), words.end());
    Request request;
    request.row = table.Find(args[0]);
    CHECK(request.row != nullptr);
    request.args = args;
    request.db = db;
    request.consistency = &consistency_;
    request.deadline_ms = now_ms_ + 1000;
    request.connection = connection_;
    return node_->Submit(request, reply, now_ms_);
  }

  // Syncs, serves what the node wants from its disk, and returns what else it wanted.
  Outbox ServeDisk() {
    store_.Sync();
    Outbox out;
    std::swap(out, node_->outbox());
    for (const Outbox::Load& load : out.loads) {
      std::string value;
      const Found found = store_.Load(Column::kRecords, load.key, &value);
      node_->OnLoaded(load.key, found, value, now_ms_);
    }
    for (const Outbox::Scan& scan : out.scans) {
      const Column column = scan.expiry ? Column::kExpiry : Column::kRecords;
      node_->OnScanned(scan.ticket, store_.Scan({column, scan.from, scan.until, scan.entries_max}),
                       now_ms_);
    }
    return out;
  }

  // The messages of one type that the node wants to send, with to whom.
  template <typename M>
  static std::vector<std::pair<Peer, M>> SentIn(const Outbox& out) {
    std::vector<std::pair<Peer, M>> sent;
    for (const Outbox::Send& send : out.sends) {
      if (const M* message = std::get_if<M>(&send.message)) sent.emplace_back(send.to, *message);
    }
    return sent;
  }
  template <typename M>
  std::vector<std::pair<Peer, M>> Sent() {
    return SentIn<M>(ServeDisk());
  }

  // A peer's answer to one of our requests.
  void Answer(Peer from, Message message) {
    node_->OnMessage(from, 0, std::move(message), now_ms_);
  }

  uint64_t now_ms_ = kStartMs;
  Settings settings_;
  Consistency consistency_;
  uint64_t connection_ = 0;  // of Submit; not 0: early replies are taken
  MemoryStore store_;
  std::vector<std::string> peer_ids_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Node> node_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_NODE_NODE_FIXTURE_H_
