#ifndef KINDRED_SERVER_PERCENTILES_H_
#define KINDRED_SERVER_PERCENTILES_H_

// The option latency-tracking-info-percentiles: numbers from 0 to 100, separated by spaces, such as
// "50 99 99.9". Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindred {

// Why `text` is refused, in Redis's words, or nothing: then `*percentiles` are the numbers.
std::optional<std::string> ParsePercentiles(std::string_view text,
                                            std::vector<double>* percentiles);

// "50 99 99.9"
std::string PercentilesText(const std::vector<double>& percentiles);

}  // namespace kindred

#endif  // KINDRED_SERVER_PERCENTILES_H_
