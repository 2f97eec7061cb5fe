#include "base/glob.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kindred {

namespace {

// Redis compares ranges as signed chars, so that bytes from 0x80 sort before the others.
int Fold(char c, bool ignore_case) {
  if (ignore_case && c >= 'A' && c <= 'Z') return c - 'A' + 'a';
  return static_cast<signed char>(c);
}

// What one element of a pattern, anything but a star, makes of one byte.
struct Element {
  bool matches;
  size_t size;  // how many bytes of the pattern it takes
};

Element MatchClass(std::string_view pattern, char c, bool ignore_case) {
  size_t i = 1;
  bool negated = i < pattern.size() && pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    size_t left = pattern.size() - i;
    if (pattern[i] == '\\' && left >= 2) {
      ++i;
      found |= pattern[i] == c;
    } else if (left >= 3 && pattern[i + 1] == '-') {
      // The ends are put in order before their case is folded, as Redis does it.
      char low = pattern[i];
      char high = pattern[i + 2];
      if (static_cast<signed char>(low) > static_cast<signed char>(high)) std::swap(low, high);
      int folded = Fold(c, ignore_case);
      found |= folded >= Fold(low, ignore_case) && folded <= Fold(high, ignore_case);
      i += 2;
    } else {
      found |= Fold(pattern[i], ignore_case) == Fold(c, ignore_case);
    }
  }
  size_t size = std::min(i + 1, pattern.size());
  return {.matches = found != negated, .size = size};
}

Element MatchElement(std::string_view pattern, char c, bool ignore_case) {
  switch (pattern[0]) {
    case '?':
      return {.matches = true, .size = 1};
    case '[':
      return MatchClass(pattern, c, ignore_case);
    case '\\':
      if (pattern.size() >= 2) {
        return {.matches = Fold(pattern[1], ignore_case) == Fold(c, ignore_case), .size = 2};
      }
      [[fallthrough]];
    default:
      return {.matches = Fold(pattern[0], ignore_case) == Fold(c, ignore_case), .size = 1};
  }
}

}  // namespace

bool GlobMatch(std::string_view pattern, std::string_view text, bool ignore_case) {
  // Every element but a star takes exactly one byte. So when something after a star fails, only
  // that star needs to take one byte more: what an earlier one might take instead, it can, too.
  size_t p = 0;
  size_t t = 0;
  size_t after_star = std::string_view::npos;
  size_t star_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_end = t;
      continue;
    }
    if (p < pattern.size()) {
      Element element = MatchElement(pattern.substr(p), text[t], ignore_case);
      if (element.matches) {
        p += element.size;
        ++t;
        continue;
      }
    }
    if (after_star == std::string_view::npos) return false;
    p = after_star;
    t = ++star_end;
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace kindred
