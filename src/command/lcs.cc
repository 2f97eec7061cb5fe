#include "command/lcs.h"

#include <algorithm>

namespace kindred {
namespace {

// at(i, j): the length for the first i bytes of `a` and the first j of `b`.
class Table {
 public:
  Table(std::string_view a, std::string_view b)
      : width_(b.size() + 1), lengths_((a.size() + 1) * width_) {
    for (size_t i = 1; i <= a.size(); ++i) {
      const uint32_t* above = &lengths_[(i - 1) * width_];
      uint32_t* row = &lengths_[i * width_];
      for (size_t j = 1; j <= b.size(); ++j) {
        row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : std::max(above[j], row[j - 1]);
      }
    }
  }

  uint32_t at(size_t i, size_t j) const { return lengths_[i * width_ + j]; }

 private:
  const size_t width_;
  std::vector<uint32_t> lengths_;
};

}  // namespace

// Back from the ends. Equal bytes are taken at once, and of two ways that are as good the one that
// drops a byte of `b`: that is what decides which of several subsequences it is.
Lcs FindLcs(std::string_view a, std::string_view b) {
  const Table table(a, b);
  Lcs found;
  bool in_match = false;
  size_t i = a.size();
  size_t j = b.size();
  while (i > 0 && j > 0) {
    if (a[i - 1] != b[j - 1]) {
      in_match = false;
      if (table.at(i - 1, j) > table.at(i, j - 1)) {
        --i;
      } else {
        --j;
      }
      continue;
    }
    --i;
    --j;
    found.text.push_back(a[i]);
    if (in_match) {
      --found.matches.back().a.first;
      --found.matches.back().b.first;
    } else {
      found.matches.push_back({{i, i}, {j, j}});
    }
    in_match = true;
  }
  std::reverse(found.text.begin(), found.text.end());
  return found;
}

}  // namespace kindred
