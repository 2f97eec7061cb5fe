// A faulty world for a cluster of real cores, in virtual time and in one thread: a network that
// delays, loses and cuts (one way, too), links that break, processes that crash, pause and come
// back, disks that forget what was not synced, clocks that are wrong. One seed draws all of it, so
// that any run can be repeated exactly.
//
// Two phases: faults, in which nothing wrong may be answered, and healing, after which everything
// must have converged.
#ifndef KINDRED_TESTS_SIM_WORLD_H_
#define KINDRED_TESTS_SIM_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "node/settings.h"
#include "tests/cluster/test_node.h"

namespace kindred {

struct WorldOptions {
  Rules rules;         // the sabotaged variants leave one out
  bool trace = false;  // prints every event
  bool links_repeat = false;
  // Three nodes of which each runs what it is asked: who is primary changes with every command.
  bool duels = false;
  // Clients mostly run groups of commands (groups.h). Off, a seed's world is what it was without.
  bool groups = false;
  // Clients mostly send INCRs without waiting for answers (pipelines.h). Off, likewise.
  bool pipelines = false;
  // Clients mostly read, and often. Off, likewise.
  bool readers = false;
};

class World {
 public:
  World(uint64_t seed, const WorldOptions& options);

  // Microseconds of virtual time.
  uint64_t now_us() const { return now_us_; }
  Random& random() { return random_; }
  size_t size() const { return nodes_.size(); }
  bool duels() const { return options_.duels; }
  bool groups() const { return options_.groups; }
  bool pipelines() const { return options_.pipelines; }
  bool readers() const { return options_.readers; }
  // A node for a client's next command.
  size_t DrawNode(uint32_t client);
  TestNode& node(size_t index) { return *nodes_[index]; }
  bool can_serve(size_t index) const {
    return nodes_[index]->up() && paused_until_us_[index] <= now_us_;
  }

  // Runs `what` so much later. Whoever schedules it is still there then.
  void After(uint64_t delay_us, std::function<void()> what);
  void RunUntil(uint64_t time_us);

  // A client's command at a node, RESP2. `done` gets the reply; nobody, if the node dies before.
  void Command(size_t index, std::vector<std::string> args, const Consistency& consistency,
               uint64_t timeout_ms, std::function<void(const std::string& reply)> done,
               uint8_t db = 0);

  // Several commands as one; more than one of them are a MULTI.
  void CommandGroup(size_t index, const std::vector<std::vector<std::string>>& commands,
                    const Consistency& consistency, uint64_t timeout_ms,
                    std::function<void(const std::string& reply)> done);

  // Faults go on until this is called; then all of them end.
  void Heal();

  // Sees every message that is sent, and every node that crashes.
  std::function<void(const Message&)> on_message;
  std::function<void(size_t index)> on_crash;

  uint64_t trace_hash() const { return trace_hash_; }
  void Trace(std::string_view what);

 private:
  struct Link {           // from one node to another: requests go, answers come back
    uint64_t number = 0;  // how many there have been
    bool up = false;
    uint64_t last_request_us = 0, last_answer_us = 0;
  };

  uint64_t NowMs(size_t index) const;
  Link& LinkOf(size_t from, size_t to) { return links_[from * nodes_.size() + to]; }
  bool Lost(size_t from, size_t to);
  void Deliver(size_t opener, size_t to_or_from, bool answer, uint64_t number,
               const Message& message);
  void SendOn(size_t opener, size_t other, bool answer, uint64_t number, const Message& message);
  void WhenRunning(size_t index, std::function<void()> what);
  void BringUp(size_t from, size_t to);
  void BreakLink(size_t from, size_t to, bool noticed_late);
  void BootCluster();

  void TickNode(size_t index);
  void SyncNode(size_t index);
  void DrawFault();
  void CrashNode(size_t index);
  void StartNode(size_t index);

  Random random_;
  const WorldOptions options_;
  uint64_t now_us_ = 0;
  uint64_t order_ = 0;
  std::map<std::pair<uint64_t, uint64_t>, std::function<void()>> events_;
  std::vector<std::unique_ptr<TestNode>> nodes_;
  std::vector<int64_t> skew_ms_;
  std::vector<uint64_t> paused_until_us_;
  std::vector<Link> links_;
  std::vector<bool> cut_;  // from * size + to
  bool healed_ = false;
  uint64_t trace_hash_ = 0;

  // What this seed's world is like.
  double loss_ = 0;
  uint64_t delay_max_us_ = 1000;
  uint64_t sync_max_us_ = 4000;
  uint64_t fault_every_us_ = 0;  // on average; 0: no faults
  double crash_weight_ = 0, cut_weight_ = 0, pause_weight_ = 0, reset_weight_ = 0,
         doubt_weight_ = 0;
  uint64_t turn_max_us_ = 1;
  size_t slow_disk_ = SIZE_MAX;  // whose syncs take long
  double favour_ = 0;            // how often a client goes to the first node
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_WORLD_H_
