#ifndef KINDRED_CAUSAL_DOT_H_
#define KINDRED_CAUSAL_DOT_H_

// A dot names one write event: the actor that made it and the time of that actor's clock. A dot
// never names two values, because an actor's times only grow and an actor whose disk may have
// forgotten some of them is never used again. A plain value; any thread may copy it.

#include <compare>
#include <cstdint>
#include <tuple>

namespace kindred {

struct Dot {
  uint64_t actor = 0;  // one life of one node's storage
  uint64_t time = 0;  // hybrid logical clock: 48 bits of milliseconds, 16 of count; 0 is never used

  // Orders by actor first, as contexts keep them. Which write is newer is NewerThan's question.
  auto operator<=>(const Dot&) const = default;
};

// The order that every node gives to writes that did not see each other: the larger time, then the
// larger actor, is newer.
inline bool NewerThan(const Dot& a, const Dot& b) {
  return std::tie(a.time, a.actor) > std::tie(b.time, b.actor);
}

}  // namespace kindred

#endif  // KINDRED_CAUSAL_DOT_H_
