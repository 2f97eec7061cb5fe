#include "command/bits.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace kindred {
namespace {

constexpr size_t kWordBytes = sizeof(uint64_t);

uint64_t WordAt(std::string_view bytes, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, kWordBytes);
  return word;
}

uint64_t CountBytes(std::string_view bytes) {
  uint64_t count = 0;
  size_t at = 0;
  for (; at + kWordBytes <= bytes.size(); at += kWordBytes) {
    count += static_cast<uint64_t>(std::popcount(WordAt(bytes, at)));
  }
  for (; at < bytes.size(); ++at) {
    count += static_cast<uint64_t>(std::popcount(static_cast<uint8_t>(bytes[at])));
  }
  return count;
}

}  // namespace

bool BitAt(std::string_view bytes, uint64_t bit) {
  const uint64_t at = bit / 8;
  return at < bytes.size() && (static_cast<uint8_t>(bytes[at]) >> (7 - bit % 8) & 1) != 0;
}

uint64_t CountBits(std::string_view bytes, IndexRange range) {
  const uint64_t first_byte = range.first / 8;
  const uint64_t last_byte = range.last / 8;
  CHECK(range.first <= range.last && last_byte < bytes.size());
  uint64_t count = CountBytes(bytes.substr(first_byte, last_byte - first_byte + 1));
  // Less the bits of the outermost bytes that are not in it.
  for (uint64_t bit = first_byte * 8; bit < range.first; ++bit) count -= BitAt(bytes, bit);
  for (uint64_t bit = last_byte * 8 + 7; bit > range.last; --bit) count -= BitAt(bytes, bit);
  return count;
}

std::optional<uint64_t> FindBit(std::string_view bytes, bool wanted, IndexRange range) {
  CHECK(range.first <= range.last && range.last / 8 < bytes.size());
  const uint64_t without = wanted ? 0 : ~uint64_t{0};  // a word that has no such bit
  uint64_t bit = range.first;
  while (bit <= range.last) {
    const size_t at = bit / 8;
    const bool at_byte = bit % 8 == 0;
    if (at_byte && at + kWordBytes <= bytes.size() && WordAt(bytes, at) == without) {
      bit += kWordBytes * 8;
    } else if (at_byte && static_cast<uint8_t>(bytes[at]) == static_cast<uint8_t>(without)) {
      bit += 8;
    } else if (BitAt(bytes, bit) == wanted) {
      return bit;
    } else {
      ++bit;
    }
  }
  return std::nullopt;
}

uint64_t ReadField(std::string_view bytes, uint64_t offset, unsigned width) {
  CHECK(width >= 1 && width <= 64);
  uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) value = value << 1 | BitAt(bytes, offset + i);
  return value;
}

void WriteField(std::string* bytes, uint64_t offset, unsigned width, uint64_t value) {
  CHECK(width >= 1 && width <= 64);
  CHECK((offset + width - 1) / 8 < bytes->size());
  for (unsigned i = 0; i < width; ++i) {
    const uint64_t bit = offset + i;
    const unsigned mask = 0x80u >> bit % 8;
    const unsigned byte = static_cast<uint8_t>((*bytes)[bit / 8]);
    const bool on = (value >> (width - 1 - i) & 1) != 0;
    (*bytes)[bit / 8] = static_cast<char>(on ? byte | mask : byte & ~mask);
  }
}

}  // namespace kindred
