#ifndef KINDRED_SERVER_TOML_LINE_H_
#define KINDRED_SERVER_TOML_LINE_H_

// One line of a configuration file, in the part of TOML that options need:
//
//   line  = [ name "=" value ] [ "#" comment ]
//   name  = letters, digits, "-", "_"
//   value = basic string in "", literal string in '', or a bare word (a number, true, false)
//
// Pure functions.

#include <string>
#include <string_view>

namespace kindred {

struct TomlLine {
  bool empty = true;  // Nothing but space and a comment.
  std::string name;
  std::string value;    // Without quotes and escapes.
  std::string comment;  // From its "#" on; empty if there is none.
};

// Returns what is wrong with the line, or nothing if `*line` is it.
std::string ParseTomlLine(std::string_view text, TomlLine* line);

// `text` as a basic string. REQUIRES: no control characters in it.
std::string TomlString(std::string_view text);

}  // namespace kindred

#endif  // KINDRED_SERVER_TOML_LINE_H_
