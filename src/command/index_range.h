#ifndef KINDRED_COMMAND_INDEX_RANGE_H_
#define KINDRED_COMMAND_INDEX_RANGE_H_

// The "start end" of GETRANGE, BITCOUNT and BITPOS: both ends are in it, negative ones count from
// the behind, and what lies outside is brought to the nearest end. Pure functions, any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace kindred {

struct IndexRange {
  uint64_t first = 0;
  uint64_t last = 0;  // in it

  uint64_t Count() const { return last - first + 1; }
};

// Nothing if no element of `length` is in it. Invariant of the result: first <= last < length.
inline std::optional<IndexRange> ResolveRange(int64_t start, int64_t end, uint64_t length) {
  const int64_t size = static_cast<int64_t>(length);
  start = std::max<int64_t>(start < 0 ? start + size : start, 0);
  end = std::clamp<int64_t>(end < 0 ? end + size : end, 0, std::max<int64_t>(size - 1, 0));
  if (size == 0 || start > end) return std::nullopt;
  return IndexRange{static_cast<uint64_t>(start), static_cast<uint64_t>(end)};
}

// GETRANGE and BITCOUNT, but not BITPOS, call a range empty whose negative ends are in the wrong
// order, even where both would be brought to the first element.
inline bool IsBackward(int64_t start, int64_t end) { return start < 0 && end < 0 && start > end; }

}  // namespace kindred

#endif  // KINDRED_COMMAND_INDEX_RANGE_H_
