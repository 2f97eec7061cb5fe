#ifndef KINDRED_BASE_CRC16_H_
#define KINDRED_BASE_CRC16_H_

// CRC16 in the XMODEM variant (polynomial 0x1021, start 0, nothing reflected), which is what Redis
// Cluster's specification asks for: clients that route by slot compute the same. Pure functions.

#include <array>
#include <cstdint>
#include <string_view>

namespace kindred {

namespace crc16_internal {

constexpr std::array<uint16_t, 256> MakeTable() {
  std::array<uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    table[i] = static_cast<uint16_t>(crc);
  }
  return table;
}

inline constexpr std::array<uint16_t, 256> kTable = MakeTable();

}  // namespace crc16_internal

constexpr uint16_t Crc16(std::string_view bytes) {
  unsigned crc = 0;
  for (char byte : bytes) {
    unsigned index = (crc >> 8 ^ static_cast<uint8_t>(byte)) & 0xff;
    crc = (crc << 8 ^ crc16_internal::kTable[index]) & 0xffff;
  }
  return static_cast<uint16_t>(crc);
}

// The check value of the variant, as every catalogue of CRCs gives it.
static_assert(Crc16("123456789") == 0x31c3);

}  // namespace kindred

#endif  // KINDRED_BASE_CRC16_H_
