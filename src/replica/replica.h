// What a replica does with the messages that concern one record, or several as one: takes a guarded
// write or says why not, merges what is unguarded, tells its record. The stripe's lock is held;
// answers leave when their sequence is durable.
#ifndef KINDRED_REPLICA_REPLICA_H_
#define KINDRED_REPLICA_REPLICA_H_

#include <cstdint>
#include <vector>

#include "message/message.h"
#include "replica/stripe.h"

namespace kindred {

struct Answered {
  Message message;
  uint64_t after = 0;  // sequence
  bool taken = false;  // a guarded write, which the records are now
};

// Which checks of a guarded write hold; the simulator leaves them out one at a time.
struct GuardRules {
  bool grants = true;
  bool guard = true;
};

// Whether a replica with this entry may take a version with this dot, computed from `base` and by a
// writer who has concluded these groups.
bool MayTake(Stripe& stripe, const CachedRecord& entry, uint32_t vnode, const Dot& dot,
             const Context& base, const GuardRules& rules, const std::vector<Dot>& concluded = {});

// `clock`: this node's, for the refusal.
Answered OnGuarded(Stripe& stripe, CachedRecord& entry, uint32_t vnode, const Guarded& guarded,
                   uint64_t clock, const GuardRules& rules);

// Takes all items in one batch, or none, and keeps them aside until they are known to be decided.
// `entries`: those of the items.
Answered OnGuardedGroup(Stripe& stripe, const std::vector<CachedRecord*>& entries, uint32_t vnode,
                        const UndecidedGroup& group, uint64_t clock, const GuardRules& rules);

// Refused when it brings a version that a flush has killed.
Answered OnReplicate(Stripe& stripe, CachedRecord& entry, const Replicate& replicate,
                     uint64_t clock);

Answered OnAsk(const Stripe& stripe, const CachedRecord& entry, const Ask& ask);
Answered OnAskGroup(const Stripe& stripe, const std::vector<CachedRecord*>& entries,
                    const AskGroup& ask);

}  // namespace kindred

#endif  // KINDRED_REPLICA_REPLICA_H_
