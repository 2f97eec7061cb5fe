#ifndef KINDRED_BASE_HASH_H_
#define KINDRED_BASE_HASH_H_

// The hashes that are stored and sent between nodes: XXH3, whose values are the same on every
// machine and in every version of the library since 0.8. Not for secrets. Pure functions.

#include <cstdint>
#include <string_view>

namespace kindred {

uint64_t Hash64(std::string_view bytes, uint64_t seed = 0);

// The upper half of Hash64 with seed 0. A key's place uses it.
uint32_t Hash32(std::string_view bytes);

}  // namespace kindred

#endif  // KINDRED_BASE_HASH_H_
