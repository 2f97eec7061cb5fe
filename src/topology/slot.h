#ifndef KINDRED_TOPOLOGY_SLOT_H_
#define KINDRED_TOPOLOGY_SLOT_H_

// Slots, the 16384 positions of the ring, and which one a key belongs to: as in Redis Cluster, so
// that cluster-aware clients compute the same. Pure functions.

#include <cstdint>
#include <string_view>

#include "base/crc16.h"

namespace kindred {

inline constexpr uint32_t kSlots = 16384;

// The part of a key that decides its slot: what stands between the first '{' and the first '}'
// after it, or the whole key if there is no such pair or nothing in between.
constexpr std::string_view HashTag(std::string_view key) {
  size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

constexpr uint16_t KeySlot(std::string_view key) {
  return static_cast<uint16_t>(Crc16(HashTag(key)) % kSlots);
}

}  // namespace kindred

#endif  // KINDRED_TOPOLOGY_SLOT_H_
