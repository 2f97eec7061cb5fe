#include "resp/double_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/check.h"

namespace kindred {
namespace {

// Whole numbers within these bounds are printed as integers.
constexpr double kIntegerMax = 4611686018427387903.0;

// Value = 0.d1d2d3... x 10^point, the fewest digits that read back as the same number.
struct Digits {
  char text[20];
  int count = 0;
  int point = 0;
};

Digits ShortestDigits(double positive) {
  char buffer[kDoubleTextMax];
  const auto printed =
      std::to_chars(buffer, buffer + sizeof(buffer), positive, std::chars_format::scientific);
  CHECK(printed.ec == std::errc());
  Digits digits;
  const char* p = buffer;
  for (; p < printed.ptr && *p != 'e'; ++p) {
    if (*p != '.') digits.text[digits.count++] = *p;
  }
  int exponent = 0;
  p += p[1] == '+' ? 2 : 1;
  std::from_chars(p, printed.ptr, exponent);
  digits.point = exponent + 1;
  return digits;
}

char* PutZeros(char* out, int count) {
  while (count-- > 0) *out++ = '0';
  return out;
}

char* PutDigits(char* out, const Digits& digits, int from, int to) {
  for (int i = from; i < to; ++i) *out++ = digits.text[i];
  return out;
}

char* PutPlain(char* out, const Digits& digits) {
  if (digits.point <= 0) {
    *out++ = '0';
    *out++ = '.';
    out = PutZeros(out, -digits.point);
    return PutDigits(out, digits, 0, digits.count);
  }
  if (digits.point >= digits.count) {
    out = PutDigits(out, digits, 0, digits.count);
    return PutZeros(out, digits.point - digits.count);
  }
  out = PutDigits(out, digits, 0, digits.point);
  *out++ = '.';
  return PutDigits(out, digits, digits.point, digits.count);
}

char* PutScientific(char* out, char* end, const Digits& digits) {
  const int exponent = digits.point - 1;
  out = PutDigits(out, digits, 0, 1);
  if (digits.count > 1) {
    *out++ = '.';
    out = PutDigits(out, digits, 1, digits.count);
  }
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  return std::to_chars(out, end, std::abs(exponent)).ptr;
}

// Redis's choice between the two notations (that of its fpconv library).
bool IsPlain(const Digits& digits) {
  const int zeros = digits.point - digits.count;  // Behind the digits, or negative: decimals.
  const int exponent = std::abs(digits.point - 1);
  if (zeros >= 0) return exponent < digits.count + 7;
  return zeros > -7 || exponent < 4;
}

}  // namespace

std::string_view DoubleText(double value, char (&buffer)[kDoubleTextMax]) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";

  char* const end = buffer + sizeof(buffer);
  char* out = buffer;
  if (std::abs(value) <= kIntegerMax && value == std::trunc(value)) {
    out = std::to_chars(out, end, static_cast<int64_t>(value)).ptr;
  } else {
    if (value < 0) *out++ = '-';
    const Digits digits = ShortestDigits(std::abs(value));
    out = IsPlain(digits) ? PutPlain(out, digits) : PutScientific(out, end, digits);
  }
  return {buffer, static_cast<size_t>(out - buffer)};
}

}  // namespace kindred
