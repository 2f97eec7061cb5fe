#include "tests/golden/script.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "tests/golden/conversation.h"

namespace kindred {
namespace {

constexpr std::string_view kDashes = "----";
constexpr std::string_view kNothing = "(nothing)\n";

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::vector<ScriptBlock> ParseScript(std::string_view text) {
  std::vector<ScriptBlock> blocks;
  bool in_block = false, in_outcome = false;
  for (const std::string& line : LinesOf(text)) {
    if (line.empty()) {
      in_block = in_outcome = false;
      continue;
    }
    if (!in_block) blocks.emplace_back();
    in_block = true;
    ScriptBlock& block = blocks.back();
    if (in_outcome) {
      block.outcome += line + "\n";
    } else if (line == kDashes) {
      in_outcome = true;
    } else {
      block.has_commands |= line[0] != '#';
      block.lines.push_back(line);
    }
  }
  return blocks;
}

std::string FormatScript(const std::vector<ScriptBlock>& blocks) {
  std::string text;
  for (const ScriptBlock& block : blocks) {
    if (!text.empty()) text += "\n";
    for (const std::string& line : block.lines) text += line + "\n";
    if (block.has_commands) text.append(kDashes).append("\n").append(block.outcome);
  }
  return text;
}

std::string Replay(std::string_view script) {
  Conversation conversation;
  std::vector<ScriptBlock> blocks = ParseScript(script);
  for (ScriptBlock& block : blocks) {
    block.outcome.clear();
    for (const std::string& line : block.lines) {
      if (line[0] != '#') block.outcome += conversation.Run(line);
    }
    if (block.outcome.empty()) block.outcome = kNothing;
  }
  return FormatScript(blocks);
}

std::string Diff(std::string_view before, std::string_view after) {
  if (before == after) return {};
  const std::vector<std::string> a = LinesOf(before), b = LinesOf(after);
  // same[i][j]: the longest common subsequence of a from i and b from j.
  std::vector<std::vector<size_t>> same(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      same[i][j] = a[i] == b[j] ? same[i + 1][j + 1] + 1 : std::max(same[i + 1][j], same[i][j + 1]);
    }
  }
  std::string diff;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      diff += "  " + a[i++] + "\n";
      ++j;
    } else if (j == b.size() || (i < a.size() && same[i + 1][j] >= same[i][j + 1])) {
      diff += "- " + a[i++] + "\n";
    } else {
      diff += "+ " + b[j++] + "\n";
    }
  }
  return diff;
}

}  // namespace kindred
