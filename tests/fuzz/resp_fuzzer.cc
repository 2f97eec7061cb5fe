// Any bytes to the parsers of a connection. Whatever comes, they neither crash nor read beyond the
// input; commands do not depend on the portions in which their bytes arrive; no limit is passed;
// and what the reply parser takes is as long as it says.
//
//   input := portion:u8 stranger:u8 bulk:u8 args:u8 inline:u8 query:u8 bytes
//
// The limits belong to the input: those of a server are further away than an input is long.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "resp/command_parser.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

constexpr size_t kSettingsBytes = 6;
constexpr uint8_t kSmallMax = 191;

struct Settings {
  explicit Settings(const uint8_t* bytes)
      : portion(bytes[0] + size_t{1}),
        stranger(bytes[1] % 2 != 0),
        limits{Limit(bytes[2]), Limit(bytes[3]), Limit(bytes[4]), Limit(bytes[5]) + 1} {}

  // Any small number, or a power of two.
  static size_t Limit(uint8_t byte) {
    return byte <= kSmallMax ? byte : size_t{1} << (byte - kSmallMax - 1);
  }

  size_t portion;
  bool stranger;
  ParserLimits limits;
};

struct Understood {
  std::vector<std::string> words;  // of all commands, each followed by an end mark
  std::string error;
  bool operator==(const Understood&) const = default;
};

void CheckCommand(const CommandParser& parser, std::string_view input, const Settings& settings) {
  const ParserLimits& limits = settings.limits;
  CHECK(parser.consumed() > 0 && parser.consumed() <= input.size());
  CHECK(parser.consumed() <= limits.max_query_bytes);
  const bool inlined = input[0] != '*';
  CHECK(inlined || parser.args().size() <= limits.max_args);
  CHECK(inlined || !settings.stranger || parser.args().size() <= size_t{kStrangersArgsMax});
  for (const std::string_view arg : parser.args()) {
    CHECK(arg.size() <= (inlined ? limits.max_inline_bytes : limits.max_bulk_bytes));
    CHECK(inlined || !settings.stranger || arg.size() <= size_t{kStrangersBulkBytesMax});
  }
}

void CheckError(const CommandParser& parser, std::string_view input, const Settings& settings) {
  if (parser.error().empty()) {
    CHECK(input.size() > settings.limits.max_query_bytes);
  } else {
    CHECK(parser.error().starts_with("Protocol error: "));
  }
}

// Feeds `input` as it would arrive: a portion after the other, each in memory of its own size, so
// that a read beyond its end is noticed.
Understood Parse(std::string_view input, size_t portion, const Settings& settings) {
  Understood all;
  CommandParser parser(settings.limits);
  parser.set_stranger(settings.stranger);
  std::string unread;
  for (size_t at = 0; at < input.size(); at += portion) {
    unread += input.substr(at, portion);
    size_t used = 0;
    while (used < unread.size()) {
      const std::string exact(unread.substr(used));
      const ParseStatus status = parser.Parse(exact);
      if (status == ParseStatus::kNeedMore) break;
      if (status == ParseStatus::kError) {
        CheckError(parser, exact, settings);
        all.error = "error: " + std::string(parser.error());
        return all;
      }
      CheckCommand(parser, exact, settings);
      for (std::string_view word : parser.args()) all.words.emplace_back(word);
      all.words.emplace_back("(end)");
      used += parser.consumed();
    }
    unread.erase(0, used);
    CHECK(unread.size() <= settings.limits.max_query_bytes);
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
  if (size < kindred::kSettingsBytes) return 0;
  const kindred::Settings settings(data);
  const std::string_view input(reinterpret_cast<const char*>(data) + kindred::kSettingsBytes,
                               size - kindred::kSettingsBytes);
  const kindred::Understood whole = kindred::Parse(input, input.size() + 1, settings);
  CHECK(kindred::Parse(input, settings.portion, settings) == whole);
  kindred::ParseAsReply(input);
  return 0;
}
