#include "server/buffer_limits.h"

#include <vector>

#include "absl/strings/str_split.h"
#include "base/number.h"
#include "command/handler_tools.h"
#include "fmt/format.h"
#include "server/options.h"

namespace kindred {
namespace {

constexpr std::string_view kNames[] = {"normal", "slave", "pubsub"};

std::optional<size_t> ClassOf(std::string_view word) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (SameWord(word, kNames[i])) return i;
  }
  if (SameWord(word, "replica")) return 1;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> BufferLimits::Change(std::string_view text) {
  std::vector<std::string> words =
      absl::StrSplit(absl::string_view(text.data(), text.size()), ' ', absl::SkipEmpty());
  if (words.size() % 4 != 0) return "Wrong number of arguments in buffer limit configuration.";
  std::array<BufferLimit, 3> changed = limits_;
  for (size_t i = 0; i < words.size(); i += 4) {
    std::optional<size_t> which = ClassOf(words[i]);
    if (!which) return "Invalid client class specified in buffer limit configuration.";
    std::optional<int64_t> hard = ParseBytes(words[i + 1]);
    std::optional<int64_t> soft = ParseBytes(words[i + 2]);
    std::optional<int64_t> seconds = ParseInt64(words[i + 3]);
    if (!hard || !soft || !seconds || *seconds < 0) {
      return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
    }
    changed[*which] = {static_cast<uint64_t>(*hard), static_cast<uint64_t>(*soft),
                       static_cast<uint64_t>(*seconds)};
  }
  limits_ = changed;
  return std::nullopt;
}

std::string BufferLimits::ToString() const {
  std::string text;
  for (size_t i = 0; i < limits_.size(); ++i) {
    text += fmt::format("{}{} {} {} {}", i == 0 ? "" : " ", kNames[i], limits_[i].hard_bytes,
                        limits_[i].soft_bytes, limits_[i].soft_seconds);
  }
  return text;
}

}  // namespace kindred
