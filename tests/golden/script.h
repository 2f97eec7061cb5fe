#ifndef KINDRED_TESTS_GOLDEN_SCRIPT_H_
#define KINDRED_TESTS_GOLDEN_SCRIPT_H_

// A golden script: blocks with an empty line between them. A block is comments, or commands with
// the recorded outcome below a line of four dashes:
//
//   # What this is about.
//   A: SET k v
//   ----
//   A answers SET k v: OK
//
// Pure functions.

#include <string>
#include <string_view>
#include <vector>

namespace kindred {

struct ScriptBlock {
  std::vector<std::string> lines;  // comments and commands, as they stand
  bool has_commands = false;
  std::string outcome;  // each line with its end
};

std::vector<ScriptBlock> ParseScript(std::string_view text);
std::string FormatScript(const std::vector<ScriptBlock>& blocks);

// The script as it would be recorded now: the same words, and what comes of them in a new
// conversation.
std::string Replay(std::string_view script);

// What differs, line by line: " " in both, "-" only in `before`, "+" only in `after`. Empty if
// nothing does.
std::string Diff(std::string_view before, std::string_view after);

}  // namespace kindred

#endif  // KINDRED_TESTS_GOLDEN_SCRIPT_H_
