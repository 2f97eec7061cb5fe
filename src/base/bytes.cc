#include "base/bytes.h"

namespace kindred {

namespace {

void AppendBigEndian(std::string* out, uint64_t value, size_t size) {
  char buffer[8];
  for (size_t i = 0; i < size; ++i) {
    buffer[i] = static_cast<char>(value >> (8 * (size - 1 - i)));
  }
  out->append(buffer, size);
}

}  // namespace

void ByteWriter::U8(uint8_t value) { out_->push_back(static_cast<char>(value)); }
void ByteWriter::U16(uint16_t value) { AppendBigEndian(out_, value, 2); }
void ByteWriter::U32(uint32_t value) { AppendBigEndian(out_, value, 4); }
void ByteWriter::U64(uint64_t value) { AppendBigEndian(out_, value, 8); }

void ByteWriter::Varint(uint64_t value) {
  while (value >= 0x80) {
    out_->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out_->push_back(static_cast<char>(value));
}

void ByteWriter::Bytes(std::string_view value) {
  Varint(value.size());
  Raw(value);
}

void ByteWriter::Raw(std::string_view value) { out_->append(value); }

uint64_t ByteReader::BigEndian(size_t size) {
  uint64_t value = 0;
  for (char byte : Raw(size)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

uint8_t ByteReader::U8() { return static_cast<uint8_t>(BigEndian(1)); }
uint16_t ByteReader::U16() { return static_cast<uint16_t>(BigEndian(2)); }
uint32_t ByteReader::U32() { return static_cast<uint32_t>(BigEndian(4)); }
uint64_t ByteReader::U64() { return BigEndian(8); }

uint64_t ByteReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    uint8_t byte = U8();
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

std::string_view ByteReader::Bytes() {
  uint64_t size = Varint();
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  return Raw(static_cast<size_t>(size));
}

std::string_view ByteReader::Raw(size_t size) {
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

void ByteReader::Fail() {
  ok_ = false;
  rest_ = {};
}

}  // namespace kindred
