#ifndef KINDRED_BASE_NUMBER_H_
#define KINDRED_BASE_NUMBER_H_

// Numbers in the text forms that Redis takes and gives, accepted and refused exactly as there:
// clients see the difference between "+1" and "1". Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kindred {

// Redis's string2ll: an optional minus and digits, and nothing that would not be printed back the
// same: no plus, no space, no leading zero, no "-0", nothing beyond 64 bits.
std::optional<int64_t> ParseInt64(std::string_view text);

// Redis's string2ld: whatever strtold takes as a whole (so also exponents, hexadecimal and "inf"),
// except for leading space, NaN, overflow and underflow to zero.
std::optional<long double> ParseLongDouble(std::string_view text);

// Redis's human-friendly form: up to 17 digits after the point, no trailing zeros, no exponent,
// never "-0"; infinities as "inf" and "-inf".
std::string FormatLongDouble(long double value);

}  // namespace kindred

#endif  // KINDRED_BASE_NUMBER_H_
