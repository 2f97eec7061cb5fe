// How a node starts and stops: what it is, is read from the `meta` column of its store, or drawn on
// the first start.
//
//   meta  identity      -> [1][node id][actor u64]
//         topology      -> Topology::Encode
//         clean         -> [1][clock u64]: the mark of a clean shutdown; the actor lives on, and
//                          names no time up to that one
//         flushed/[db]  -> [1][time u64]
//         grant/[vnode] -> Grant
//         roster        -> Roster::Encode
//
// A node that starts without the clean-shutdown mark draws a new actor, because it may have told
// others about writes that its own disk has lost. The caller waits until the start's batch is
// durable before it serves.
#ifndef KINDRED_NODE_BOOT_H_
#define KINDRED_NODE_BOOT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "node/shared.h"

namespace kindred {

struct BootOptions {
  NodeInfo self;  // the id is ignored: it is the stored one, or drawn
  uint32_t replicas = 3;
  uint32_t vnodes = 1024;
  bool new_actor_after_crash = true;  // left out by the simulator alone
};

struct Booted {
  Identity identity;
  uint64_t sequence = 0;  // of the start's batch
  bool first_start = false;
  bool was_clean = false;
};

// REQUIRES: worker thread or before the loops run: it loads from the disk. Errors are one sentence
// for the user.
absl::StatusOr<Booted> Boot(Store& store, const BootOptions& options, uint64_t now_ms,
                            Random& random);

// The last batch of a clean shutdown, when nothing can be named any more.
Batch CleanShutdownBatch(uint64_t clock);

Batch TopologyBatch(const Topology& topology);
Batch FlushedBatch(uint8_t db, uint64_t time);
Batch RosterBatch(const Roster& roster);

// An actor's upper half names the node: the first eight digits of its id.
uint64_t DrawActor(const std::string& node_id, Random& random);

}  // namespace kindred

#endif  // KINDRED_NODE_BOOT_H_
