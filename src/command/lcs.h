#ifndef KINDRED_COMMAND_LCS_H_
#define KINDRED_COMMAND_LCS_H_

// The longest common subsequence of two strings, by the textbook's table of all pairs of
// beginnings. Where there are several, it is the one that Redis finds. Pure functions, any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "command/index_range.h"

namespace kindred {

struct Lcs {
  // A run of bytes that follow each other in both strings.
  struct Match {
    IndexRange a;
    IndexRange b;
  };
  std::string text;
  std::vector<Match> matches;  // the last one first
};

// The memory that FindLcs takes for its table, which is also the measure of its time.
inline uint64_t LcsTableBytes(std::string_view a, std::string_view b) {
  return (a.size() + 1) * (b.size() + 1) * sizeof(uint32_t);
}

// REQUIRES: both are shorter than 2^30 bytes.
Lcs FindLcs(std::string_view a, std::string_view b);

}  // namespace kindred

#endif  // KINDRED_COMMAND_LCS_H_
