#ifndef KINDRED_RESP_INLINE_ARGUMENTS_H_
#define KINDRED_RESP_INLINE_ARGUMENTS_H_

// The quoting rules of one line that a person typed: an inline command, or a line of a
// configuration file. They are those of Redis: words are separated by white space; "..." may hold
// \n \r \t \b \a \xHH and a backslash before any other byte; '...' only \'. A closing quote must be
// followed by white space or the end of the line.
//
// Pure function, any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kindred {

// Where one argument lies in some string of bytes. An offset, not a pointer: it stays true when
// the bytes move.
struct ArgumentSpan {
  size_t begin = 0;
  size_t length = 0;
};

// Appends the words of `line` to `bytes` without their quotes, and their places in `bytes` to
// `spans`. A line of white space has no words. False: the quotes are not balanced, and what was
// appended means nothing.
// REQUIRES: `line` has no zero byte.
bool SplitInlineArguments(std::string_view line, std::string* bytes,
                          std::vector<ArgumentSpan>* spans);

}  // namespace kindred

#endif  // KINDRED_RESP_INLINE_ARGUMENTS_H_
