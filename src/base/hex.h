#ifndef KINDRED_BASE_HEX_H_
#define KINDRED_BASE_HEX_H_

// Lower-case hexadecimal, as in node ids. Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kindred {

inline std::string HexEncode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char byte : bytes) {
    text += kDigits[static_cast<uint8_t>(byte) >> 4];
    text += kDigits[static_cast<uint8_t>(byte) & 0xf];
  }
  return text;
}

// nullopt for an odd length and for anything but 0-9 and a-f.
inline std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  int high = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return std::nullopt;
    }
    if (i % 2 == 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high << 4 | digit);
    }
  }
  return bytes;
}

}  // namespace kindred

#endif  // KINDRED_BASE_HEX_H_
