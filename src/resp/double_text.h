#ifndef KINDRED_RESP_DOUBLE_TEXT_H_
#define KINDRED_RESP_DOUBLE_TEXT_H_

// A double as Redis 7.2 prints it in replies: "inf", "-inf", "nan", whole numbers without a point,
// and else the shortest digits that read back as the same number, plain or as 1.5e-10.
//
// Pure functions, any thread.

#include <cstddef>
#include <string_view>

namespace kindred {

inline constexpr size_t kDoubleTextMax = 40;

// Writes to `buffer`; the view is into it, or to a constant.
std::string_view DoubleText(double value, char (&buffer)[kDoubleTextMax]);

}  // namespace kindred

#endif  // KINDRED_RESP_DOUBLE_TEXT_H_
