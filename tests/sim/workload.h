// Clients of a simulated cluster: each issues one command after the other on a few keys, at nodes
// of its choice, and all that they were answered becomes a history for the checkers.
//
//   r*   registers: GET, SET, DEL, SET NX, SET IFEQ, SET GET: linearizable
//   c*   counters: INCR, GET: linearizable, and nothing is counted twice
//   m*   both kinds of writes mixed: only has to converge
//   s*   siblings: SIBLINGS, WITH CONTEXT token SET (siblings.h)
//   m{g} groups of commands (groups.h)
//   t{t} commands alone and in groups (transactions.h)
//   p*   counters of one client each, who does not wait for answers (pipelines.h)
//   f*   in a database of their own, with a FLUSHDB now and then (flushes.h)
#ifndef KINDRED_TESTS_SIM_WORKLOAD_H_
#define KINDRED_TESTS_SIM_WORKLOAD_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/flushes.h"
#include "tests/sim/groups.h"
#include "tests/sim/lincheck.h"
#include "tests/sim/pipelines.h"
#include "tests/sim/siblings.h"
#include "tests/sim/transactions.h"
#include "tests/sim/world.h"

namespace kindred {

class Workload {
 public:
  Workload(World& world, uint32_t clients);

  // No new commands from now on, but for those of ReadEverything.
  void Stop() { stopped_ = true; }
  // One read of every key at a node, as any client's; `all`: at all replicas.
  void ReadEverything(size_t node, bool all);

  std::vector<std::string> Keys() const;
  const std::vector<Op>& history() const { return history_; }
  SiblingsCheck& siblings() { return siblings_; }
  const FlushesCheck& flushes() const { return flushes_; }
  const GroupsCheck& groups() const { return groups_; }
  const Pipelines& pipelines() const { return pipelines_; }
  const Transactions& transactions() const { return transactions_; }
  uint64_t answered() const { return answered_; }
  uint64_t done_writes() const { return done_writes_; }
  size_t open() const { return open_.size() + pipelines_.open() + transactions_.open(); }
  // What a client saw that no server may say; empty: nothing.
  const std::string& wrong() const { return wrong_; }

 private:
  struct Call {
    size_t op = 0;       // in history_, or
    uint64_t event = 0;  // of a siblings write
    size_t node = 0;
    bool sibling_read = false;
    std::string key;
    bool mixed = false;
    uint64_t flushes_event = 0;
    uint64_t groups_event = 0;
  };
  void Step(uint32_t client);
  void Later(uint32_t client);
  size_t OpsMax() const;
  void IssueRead(uint32_t client, size_t node);
  void Issue(uint32_t client, size_t node, Op op, std::vector<std::string> args,
             const Consistency& consistency);
  void IssueSiblings(uint32_t client, size_t node, const std::string& key, Consistency consistency);
  void IssueMixed(uint32_t client, size_t node);
  void IssueFlushes(uint32_t client, size_t node, FlushesCheck::Kind kind);
  FlushesCheck::Kind DrawFlushes();
  void IssueGroup(uint32_t client, size_t node, GroupsCheck::Kind kind);
  GroupsCheck::Kind DrawGroup();
  void OnReply(uint64_t call, const std::string& reply);
  void OnCrash(size_t node);
  void Learn(Op* op, const std::string& reply);

  World& world_;
  const uint32_t clients_;
  bool stopped_ = false;
  uint64_t last_value_ = 0;
  uint64_t last_call_ = 0;
  uint64_t answered_ = 0;
  uint64_t done_writes_ = 0;
  std::vector<Op> history_;
  std::map<uint64_t, Call> open_;
  std::map<uint32_t, std::string> tokens_;  // a client's last token, by client
  SiblingsCheck siblings_;
  FlushesCheck flushes_;
  GroupsCheck groups_;
  Pipelines pipelines_;
  Transactions transactions_;
  std::string wrong_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_WORKLOAD_H_
