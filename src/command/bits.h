#ifndef KINDRED_COMMAND_BITS_H_
#define KINDRED_COMMAND_BITS_H_

// The bits of a string as Redis numbers them: bit 0 is the highest of the first byte. A field is a
// number in `width` bits from `offset` on, its highest bit first. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "command/index_range.h"

namespace kindred {

// What lies beyond the end is 0.
bool BitAt(std::string_view bytes, uint64_t bit);

// How many bits of `range` are set. REQUIRES: range.last < 8 * bytes.size()
uint64_t CountBits(std::string_view bytes, IndexRange range);

// The first bit of `range` that is `wanted`. REQUIRES: range.last < 8 * bytes.size()
std::optional<uint64_t> FindBit(std::string_view bytes, bool wanted, IndexRange range);

// What lies beyond the end is 0. REQUIRES: 1 <= width <= 64
uint64_t ReadField(std::string_view bytes, uint64_t offset, unsigned width);

// The lowest `width` bits of `value`. REQUIRES: 1 <= width <= 64; the field lies within `bytes`.
void WriteField(std::string* bytes, uint64_t offset, unsigned width, uint64_t value);

}  // namespace kindred

#endif  // KINDRED_COMMAND_BITS_H_
