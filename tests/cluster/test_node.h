// One node of a simulated cluster: the real core over a disk in memory that forgets, when it
// crashes, what was not synced. What the edge does for a server (gates, loads, scans, the way of
// messages) is done here for one loop, in virtual time and in one thread.
//
// Owned by whoever runs the cluster, which also owns the network, the clocks and the moments of
// syncs.
#ifndef KINDRED_TESTS_CLUSTER_TEST_NODE_H_
#define KINDRED_TESTS_CLUSTER_TEST_NODE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "node/boot.h"
#include "node/node.h"
#include "store/memory_store.h"

namespace kindred {

class TestNode {
 public:
  // What leaves the node. A link is named by who opened it and how many he had opened before: an
  // answer to a link that is gone finds nobody.
  struct Outside {
    std::function<void(size_t to, Message message)> request;  // on our link to `to`
    std::function<void(size_t to, uint64_t link, Message message)>
        answer;                  // on the link that `to` opened
    std::function<void()> load;  // loads or scans want to be run, some time
    std::function<void()> turn;  // EndTurn is wanted, some time; none: after each input
  };
  using Done = std::function<void(const std::string& reply)>;

  TestNode(size_t index, NodeInfo info, Settings settings, uint64_t seed, Outside outside);

  // Boots from the disk. `first`: the topology of the first start, once all nodes' ids are known.
  void Start(uint64_t now_ms);
  void Install(const Topology& topology);
  // The process dies: what was not synced is lost, and nobody is told.
  void Crash();
  // Ends in order: the next start keeps the actor.
  void StopCleanly();
  bool up() const { return node_ != nullptr; }
  uint64_t life() const { return life_; }
  const std::string& id() const { return id_; }

  // How the cluster knows the others; ids in the order of indexes.
  void SetIds(const std::vector<std::string>& ids) { ids_ = ids; }

  // `done` gets the reply when it may leave; never, if the node crashes before.
  void Submit(const Request& request, uint64_t now_ms, Done done);
  void SubmitGroup(const GroupRequest& request, uint64_t now_ms, Done done);
  void OnRequestMessage(size_t from, uint64_t link, Message message, uint64_t now_ms);
  void OnAnswerMessage(size_t from, Message message, uint64_t now_ms);
  void OnLinkUp(size_t peer, uint64_t now_ms);
  void OnLinkDown(size_t peer, uint64_t now_ms);
  void OnTick(uint64_t now_ms);
  void Sync(uint64_t now_ms);      // all that is queued becomes durable
  void RunLoads(uint64_t now_ms);  // loads and scans that were asked for
  void EndTurn(uint64_t now_ms);

  Node& node() { return *node_; }
  Shared& shared() { return *shared_; }
  MemoryStore& store() { return store_; }
  // What the disk holds of a key, as its bytes; empty: nothing. Syncs first.
  std::string StoredRecord(std::string_view key, uint8_t db = 0);

 private:
  struct Gated {
    enum class What { kReply, kAnswer, kSync } what;
    uint64_t where;  // the request, the link, or the round
    std::string reply;
    Message message;
  };
  using Gates = std::multimap<uint64_t, Gated>;  // by sequence
  struct EarlyReply {
    uint64_t word = 0;
    uint64_t after = 0;
    std::string reply;
  };
  // So many of the single commands of clients take early replies, of four; the others wait.
  static constexpr uint64_t kEarlyOfFour = 3;
  void OnSubmitted(const Submitted& submitted, std::string reply, Done done, uint64_t now_ms);
  void TakeEarly(Outbox& out);
  void Flush(uint64_t now_ms);
  void Release(uint64_t now_ms);
  void Leave(Gated item, uint64_t now_ms);
  Peer PeerAt(size_t index) { return shared_->PeerOf(ids_[index]); }
  size_t IndexOf(Peer peer);

  const size_t index_;
  const NodeInfo info_;
  const Settings settings_;
  Random random_;
  Outside outside_;
  MemoryStore store_;
  std::string id_;
  std::vector<std::string> ids_;
  uint64_t life_ = 0;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Node> node_;
  Gates gated_;
  std::map<uint64_t, Done> done_;         // by request
  std::map<uint64_t, EarlyReply> early_;  // likewise
  uint64_t submitted_ = 0;
  uint64_t last_immediate_ =
      1ull << 62;  // requests that were answered at once are numbered from here
  std::vector<std::string> loads_;
  std::vector<Outbox::Scan> scans_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_CLUSTER_TEST_NODE_H_
