#include "server/percentiles.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace kindred {

std::optional<std::string> ParsePercentiles(std::string_view text,
                                            std::vector<double>* percentiles) {
  percentiles->clear();
  const absl::string_view list(text.data(), text.size());
  for (absl::string_view word : absl::StrSplit(list, ' ', absl::SkipEmpty())) {
    double number = 0;
    if (!absl::SimpleAtod(word, &number)) {
      return "Invalid latency-tracking-info-percentiles parameters";
    }
    if (!(number >= 0 && number <= 100)) {
      return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
    }
    percentiles->push_back(number);
  }
  return std::nullopt;
}

std::string PercentilesText(const std::vector<double>& percentiles) {
  return fmt::format("{}", fmt::join(percentiles, " "));
}

}  // namespace kindred
