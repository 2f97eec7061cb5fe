// Names the times of dots for the whole node, and knows which guarded versions are decided: our
// own, because each guarded dot is in flight from when it is named until its write is settled, and
// others', because they tell.
//
// Threads: has its own lock; every loop may call every method.
#ifndef KINDRED_NODE_DOT_CLOCK_H_
#define KINDRED_NODE_DOT_CLOCK_H_

#include <cstdint>
#include <deque>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "base/hybrid_clock.h"
#include "causal/dot.h"
#include "message/message.h"

namespace kindred {

class DotClock {
 public:
  // Dots of `actor` are named after `start`.
  DotClock(uint64_t actor, uint64_t start, uint64_t max_drift_ms);

  uint64_t actor() const { return actor_; }

  // A time for an unguarded dot.
  uint64_t Name(uint64_t now_ms);
  // A time below `until` for a guarded dot, in flight from now on; 0 if there is none.
  uint64_t NameGuarded(uint64_t until, uint64_t now_ms);
  // The guarded write with this time is over. If a majority has taken it, it is decided as soon as
  // `after`, the sequence of this node's own copy, is durable: a copy that a crash could still take
  // back does not count.
  void Settle(uint64_t time, bool decided, uint64_t after);

  // Whether `time` can be heard; one too far ahead of the wall clock is not, and nothing changes.
  bool Hear(uint64_t time, uint64_t now_ms);
  bool MayHear(uint64_t time, uint64_t now_ms) const;
  bool Hear(const Context& context, uint64_t now_ms);
  bool HearRecord(const Record& record, uint64_t now_ms) { return Hear(record.context, now_ms); }

  uint64_t Peek(uint64_t now_ms) const;
  uint64_t last() const;

  // Of our own dots, when `durable` is durable.
  Decided decided(uint64_t durable);
  void Learn(const Decided& decided);  // of another's
  bool IsDecided(const Dot& dot, uint64_t durable);

 private:
  // Exceptions are rare (a write whose outcome nobody knows); when there are more than this, all
  // that is older than the oldest forgotten one counts as undecided.
  static constexpr size_t kExceptionsMax = 128;
  // Other actors' knowledge: each restart of a node brings one.
  static constexpr size_t kActorsMax = 4096;

  struct InFlight {
    uint64_t time;
    bool over;
    uint64_t after;
  };
  Decided DecidedLocked(uint64_t durable);

  const uint64_t actor_;
  mutable std::mutex mutex_;
  HybridClock clock_;
  std::deque<InFlight> in_flight_;  // by time
  Decided own_;                     // `below` is worked out when asked for
  absl::flat_hash_map<uint64_t, Decided> others_;
};

}  // namespace kindred

#endif  // KINDRED_NODE_DOT_CLOCK_H_
