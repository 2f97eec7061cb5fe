#ifndef KINDRED_TESTS_GOLDEN_SMALL_CLUSTER_H_
#define KINDRED_TESTS_GOLDEN_SMALL_CLUSTER_H_

// Three nodes of the real core, A, B and C, and everything between them that a script can hold in
// its hands: the messages on their way, the links, the disks, the clock. Nothing is random: all
// messages arrive in the order in which they were sent, disks are synced as soon as there is
// something to sync, and time stands still unless it is told to pass.
//
// One thread; owned by a conversation.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "message/message.h"
#include "node/request.h"
#include "tests/cluster/test_node.h"

namespace kindred {

class SmallCluster {
 public:
  static constexpr size_t kNodes = 3;
  static constexpr uint64_t kStartMs = 1'700'000'000'000;

  // A message on its way. An answer travels back on the link that the asker opened.
  struct Flying {
    size_t from = 0;
    size_t to = 0;
    size_t opener = 0;
    uint64_t link = 0;
    Message message;
  };
  using Observer = std::function<void(const Flying& message, bool lost)>;

  // `joined`: the nodes are a cluster whose links are up; otherwise each is alone.
  SmallCluster(bool joined, Observer observer);
  SmallCluster(const SmallCluster&) = delete;
  SmallCluster& operator=(const SmallCluster&) = delete;

  TestNode& node(size_t index) { return *nodes_[index]; }
  const std::string& id(size_t index) const { return ids_[index]; }
  uint64_t now_ms() const { return now_ms_; }
  bool running(size_t index) const { return nodes_[index]->up() && !paused_[index]; }

  // REQUIRES: running(index)
  void Submit(size_t index, const Request& request, TestNode::Done done);

  // Delivers until nothing more can arrive.
  void RunUntilQuiet();
  // Delivers, or loses, those messages that are on their way from one node to another now.
  void Deliver(size_t from, size_t to);
  void Lose(size_t from, size_t to);
  // One tick of every running node, and what comes of it.
  void Tick(uint64_t later_ms);

  void Cut(size_t a, size_t b);  // both notice at once
  void Heal();
  void Crash(size_t index);
  void StopCleanly(size_t index);
  void Restart(size_t index);  // it is linked to the others when they run on
  void Pause(size_t index);    // its process stands still; its links stay up
  void Resume(size_t index);
  void HoldSync(size_t index);
  void Sync(size_t index);  // and from now on at once again
  void Join(size_t joiner, size_t seed);

 private:
  struct Link {
    uint64_t number = 0;  // how many there have been
    bool up = false;
  };
  using Pairs = std::array<std::array<bool, kNodes>, kNodes>;

  TestNode::Outside OutsideOf(size_t index);
  void InstallTopology();
  void Send(Flying message);
  void Arrive(Flying message);
  // What needs no message: syncs, loads, links to members.
  void Settle();
  void Dial();
  bool Dials(size_t from, size_t to);
  void BreakLink(size_t opener, size_t other);
  void BreakLinksOf(size_t index);

  const Observer observer_;
  uint64_t now_ms_ = kStartMs;
  std::array<std::unique_ptr<TestNode>, kNodes> nodes_;
  std::array<std::string, kNodes> ids_;
  std::array<std::array<Link, kNodes>, kNodes> links_{};  // [opener][other]
  Pairs cut_{};
  Pairs seed_{};  // [joiner][whom it asks]
  std::array<bool, kNodes> paused_{};
  std::array<bool, kNodes> sync_held_{};
  std::array<bool, kNodes> wants_load_{};
  std::deque<Flying> flying_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_GOLDEN_SMALL_CLUSTER_H_
