#include "base/bytes.h"

namespace kindred {

void ByteWriter::LongVarint(uint64_t value) {
  while (value >= 0x80) {
    out_->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out_->push_back(static_cast<char>(value));
}

uint64_t ByteReader::LongVarint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = U8();
    if (!ok_) return 0;
    // The tenth byte has room for one bit only.
    if (shift == 63 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      // A last byte of zero adds nothing: the same number has a shorter encoding.
      if (byte == 0 && shift > 0) break;
      return value;
    }
  }
  Fail();
  return 0;
}

}  // namespace kindred
