// The numbers that the core works with. The server's configuration table sets them; the simulator
// draws some of them.
#ifndef KINDRED_NODE_SETTINGS_H_
#define KINDRED_NODE_SETTINGS_H_

#include <cstddef>
#include <cstdint>

namespace kindred {

// The rules of section "Guarded writes" in docs/architecture.md. All hold in every server; the
// simulator leaves them out one at a time to show that its checkers notice.
struct Rules {
  bool ack_after_sync = true;  // an ack leaves only when what it depends on is durable
  bool new_actor_after_crash = true;
  bool grants = true;               // 1: guarded dots only below a granted time
  bool quorum_base = true;          // 2: the first touch of a key reads a quorum
  bool granters_base = true;        // 2: only those count that have granted to who reads
  bool notice_broken_grant = true;  // 2: a grant that was broken makes keys stale
  bool guard = true;                // 3: replicas refuse what was computed from less than they know
  bool own_copy_last = true;        // 4
  bool links_once = true;           // 5: in order and at most once
  bool confirm_undecided = true;    // 6: a read never answers an undecided version as it is
  bool spread_decided_only = true;  // 6: repair copies only decided versions
  bool whole_groups = true;         // the writes of a group travel in one message
  bool conclude_groups = true;      // a group of unknown outcome is concluded as a whole
  bool run_once = true;             // of two nodes that were sent a command one runs it
  bool keep_order = true;           // a command that was not run does not take its turn too late
  // Reads that are vouched for.
  bool step_under_grant = true;    // records join a step only where all have granted to the primary
  bool heed_changes = true;        // a change at who vouches ends the step
  bool heed_behind = true;         // a key whose write is on its way here is read plainly
  bool vouched_after_read = true;  // the word was given after the read began
  bool recall_overtaken = true;    // an early reply is recalled if its record has changed
  // Not a rule that anything depends on: without it every replica runs what it is asked, so that
  // several are primary all the time.
  bool first_alive_is_primary = true;
};

struct Settings {
  uint32_t stripes = 32;  // a flush holds all their locks, of which ThreadSanitizer follows 64
  uint32_t loops = 1;
  size_t cache_bytes = 256u << 20;  // for all stripes together
  size_t value_bytes_max = 512u << 20;
  uint32_t databases = 16;
  uint64_t request_timeout_ms = 1000;
  uint64_t hedge_ms_min = 10;   // a hedge is never sent sooner
  uint64_t hedge_ms_max = 100;  // nor later
  uint64_t heartbeat_ms = 250;
  uint64_t suspect_after_ms = 600;  // without a word on a link
  uint64_t grant_ms = 2000;         // how far ahead guarded times are asked for, at most,
  uint64_t grant_first_ms = 100;    // and after a take-over
  uint64_t grant_tenure_ms = 100;   // so long a vnode is left to who has taken it from us
  uint64_t max_clock_drift_ms = 60000;
  uint32_t batch_ops_max = 512;      // operations on one key that travel as one version
  uint32_t waiting_ops_max = 10000;  // operations that wait for one key; more are refused
  bool active_expiry = true;         // the sweeper runs
  Rules rules;
};

}  // namespace kindred

#endif  // KINDRED_NODE_SETTINGS_H_
