#include "base/hash.h"

#include <xxhash.h>

namespace kindred {

uint64_t Hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

uint32_t Hash32(std::string_view bytes) { return static_cast<uint32_t>(Hash64(bytes) >> 32); }

}  // namespace kindred
