#ifndef KINDRED_BASE_CRC64_H_
#define KINDRED_BASE_CRC64_H_

// CRC64 in the Jones variant (polynomial 0xad93d23594c935a9, start 0, everything reflected), which
// ends the payloads of Redis's DUMP. Eight bytes a step ("slicing by 8"), as payloads can be
// hundreds of megabytes. Pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kindred {

namespace crc64_internal {

using Tables = std::array<std::array<uint64_t, 256>, 8>;

// tables[k][b]: what byte b does to the checksum with k bytes behind it.
constexpr Tables MakeTables() {
  constexpr uint64_t kReflectedPolynomial = 0x95ac9329ac4bc9b5;
  Tables tables{};
  for (uint64_t i = 0; i < 256; ++i) {
    uint64_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1) != 0 ? crc >> 1 ^ kReflectedPolynomial : crc >> 1;
    }
    tables[0][i] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t i = 0; i < 256; ++i) {
      const uint64_t before = tables[k - 1][i];
      tables[k][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

inline constexpr Tables kTables = MakeTables();

}  // namespace crc64_internal

constexpr uint64_t Crc64(std::string_view bytes) {
  using crc64_internal::kTables;
  uint64_t crc = 0;
  while (bytes.size() >= 8) {
    uint64_t word = crc;
    for (size_t i = 0; i < 8; ++i) word ^= uint64_t{static_cast<uint8_t>(bytes[i])} << 8 * i;
    crc = 0;
    for (size_t i = 0; i < 8; ++i) crc ^= kTables[7 - i][word >> 8 * i & 0xff];
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) {
    crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<uint8_t>(byte)) & 0xff];
  }
  return crc;
}

// The check value of the variant, as every catalogue of CRCs gives it.
static_assert(Crc64("123456789") == 0xe9c6d914c4b8d9ca);

}  // namespace kindred

#endif  // KINDRED_BASE_CRC64_H_
