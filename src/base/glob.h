#ifndef KINDRED_BASE_GLOB_H_
#define KINDRED_BASE_GLOB_H_

// The patterns of KEYS and SCAN MATCH, with Redis's rules down to the odd ones. Pure function.
//
//   *      any number of bytes        ?       one byte
//   [abc]  one of them                [^abc]  one that is none of them
//   [a-z]  one in the range, in either order
//   \x     x itself, also within brackets (where it is matched with its case)
//
// A class without its closing bracket ends with the pattern; a backslash at the very end stands
// for itself. The one difference from Redis: "*" matches the empty text, too, so that callers need
// no special case for it.

#include <string_view>

namespace kindred {

// Takes at most pattern.size() * text.size() steps, whatever the pattern.
bool GlobMatch(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace kindred

#endif  // KINDRED_BASE_GLOB_H_
