// Any bytes to the parsers of a connection. Whatever comes, they neither crash nor read beyond the
// input; commands do not depend on the portions in which their bytes arrive; and what the reply
// parser takes is as long as it says.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "resp/command_parser.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

constexpr ParserLimits kLimits = {1 << 16, 1 << 10, 1 << 12, 1 << 18};

struct Understood {
  std::vector<std::string> words;  // of all commands, each followed by an end mark
  std::string error;
  bool operator==(const Understood&) const = default;
};

// Feeds `input` as it would arrive: a portion after the other, each in memory of its own size, so
// that a read beyond its end is noticed.
Understood Parse(std::string_view input, size_t portion) {
  Understood all;
  CommandParser parser(kLimits);
  std::string unread;
  for (size_t at = 0; at < input.size(); at += portion) {
    unread += input.substr(at, portion);
    size_t used = 0;
    while (used < unread.size()) {
      const std::string exact(unread.substr(used));
      const ParseStatus status = parser.Parse(exact);
      if (status == ParseStatus::kNeedMore) break;
      if (status == ParseStatus::kError) {
        all.error = "error: " + std::string(parser.error());
        return all;
      }
      CHECK(parser.consumed() > 0 && parser.consumed() <= exact.size());
      for (std::string_view word : parser.args()) all.words.emplace_back(word);
      all.words.emplace_back("(end)");
      used += parser.consumed();
    }
    unread.erase(0, used);
  }
  return all;
}

void ParseAsReply(std::string_view input) {
  ReplyNode node;
  const auto used = ParseReply(input, &node);
  if (!used.ok() || !used->has_value()) return;
  CHECK(**used > 0 && **used <= input.size());
  ReplyNode again;
  const auto same = ParseReply(input.substr(0, **used), &again);
  CHECK(same.ok() && same->has_value() && **same == **used);
}

}  // namespace
}  // namespace kindred

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const kindred::Understood whole = kindred::Parse(input, input.size() + 1);
  CHECK(kindred::Parse(input, data[0] % 7 + 1u) == whole);
  kindred::ParseAsReply(input);
  return 0;
}
