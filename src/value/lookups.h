// How often a command looked for a key to read it, and found it or not: keyspace_hits and
// keyspace_misses of INFO. A command that only changes its keys does not count, as in Redis.
#ifndef KINDRED_VALUE_LOOKUPS_H_
#define KINDRED_VALUE_LOOKUPS_H_

#include <cstdint>

namespace kindred {

struct Lookups {
  uint64_t hits = 0;
  uint64_t misses = 0;

  void Add(bool found) { ++(found ? hits : misses); }
  void Add(const Lookups& other) {
    hits += other.hits;
    misses += other.misses;
  }
  bool operator==(const Lookups&) const = default;
};

}  // namespace kindred

#endif  // KINDRED_VALUE_LOOKUPS_H_
