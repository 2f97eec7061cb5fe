#ifndef KINDRED_SERVER_OPTIONS_H_
#define KINDRED_SERVER_OPTIONS_H_

// The one table of options. The command line's flags, the configuration file, CONFIG GET and SET,
// and conf/kindred.toml all derive from it, so that adding an option touches one place. Options
// that Redis has carry Redis's names; some of those have one value only and are there because
// clients ask for them.
//
// Constant data; any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kindred {

enum class OptionType : uint8_t {
  kInteger,
  kBytes,  // A size: 1048576, 1mb, 1m, as in Redis.
  kBool,   // yes or no; true and false in the file.
  kEnum,   // One of `values`.
  kLevel,  // 1..N, ONE, QUORUM, ALL.
  kText,
  kPercentiles,   // server/percentiles.h
  kBufferLimits,  // server/buffer_limits.h; a change names only the classes that it changes.
};

enum class OptionSection : uint8_t { kNetwork, kSecurity, kTls, kCluster, kStorage, kLog };

struct OptionRow {
  std::string_view name;
  std::string_view alias;  // A second name, or empty.
  OptionType type = OptionType::kText;
  std::string_view default_text;
  int64_t min = 0;  // kInteger and kBytes: both bounds are allowed.
  int64_t max = 0;
  std::string_view values;  // kEnum: separated by "|".
  OptionSection section = OptionSection::kNetwork;
  bool run_time = false;  // CONFIG SET may change it.
  std::string_view doc;   // One sentence.
};

// In the order of the configuration file.
std::span<const OptionRow> OptionRows();

// By name or alias, in any case; null if there is none.
const OptionRow* FindOption(std::string_view name);

// The option's name that is most like `name`, for messages about unknown options.
std::string_view NearestOption(std::string_view name);

// "Network", ...
std::string_view SectionTitle(OptionSection section);

// Why `row` does not take `text`, in the words of Redis's CONFIG SET ("argument must be ..."), or
// nothing if it does.
std::optional<std::string> WhyRefused(const OptionRow& row, std::string_view text);

// The number that `text` stands for: integers and sizes as they are, yes is 1 and no is 0, others
// are 0. REQUIRES: !WhyRefused(row, text)
int64_t OptionNumber(const OptionRow& row, std::string_view text);

// Redis's sizes: digits and one of b, k, kb, m, mb, g, gb in any case; a "k" is 1000 and a "kb"
// 1024 bytes.
std::optional<int64_t> ParseBytes(std::string_view text);

}  // namespace kindred

#endif  // KINDRED_SERVER_OPTIONS_H_
