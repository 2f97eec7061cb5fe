#ifndef KINDRED_BASE_BYTES_H_
#define KINDRED_BASE_BYTES_H_

// The primitives of every stored format and every message between nodes. A writer appends to a
// string that its owner keeps; a reader walks over bytes that its owner keeps alive. Fixed-size
// numbers are big-endian, so that the order of the bytes is the order of the numbers.
//
//   varint := 1 to 10 bytes, 7 bits each, lowest first, the high bit set on all but the last
//   bytes  := varint(length) length*octet
//
// A reader never throws and never reads past its end: what is malformed makes it fail for good,
// and from then on everything reads as zero or empty. So a decoder reads all its fields and asks
// ok() once.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kindred {

class ByteWriter {
 public:
  explicit ByteWriter(std::string* out) : out_(out) {}

  void U8(uint8_t value);
  void U16(uint16_t value);
  void U32(uint32_t value);
  void U64(uint64_t value);
  void Varint(uint64_t value);
  void Bytes(std::string_view value);
  void Raw(std::string_view value);

 private:
  std::string* out_;
};

class ByteReader {
 public:
  // The views returned by Bytes() and Raw() point into `input` and live as long as it.
  explicit ByteReader(std::string_view input) : rest_(input) {}

  uint8_t U8();
  uint16_t U16();
  uint32_t U32();
  uint64_t U64();
  // Refuses a varint longer than 10 bytes, one beyond 64 bits, and one that is longer than needed:
  // every number has exactly one encoding.
  uint64_t Varint();
  std::string_view Bytes();
  std::string_view Raw(size_t size);

  // Makes the reader fail: for a decoder that finds a field's value impossible.
  void Fail();

  bool ok() const { return ok_; }
  // Everything was read, and nothing was malformed.
  bool AtEnd() const { return ok_ && rest_.empty(); }
  size_t remaining() const { return rest_.size(); }

 private:
  uint64_t BigEndian(size_t size);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace kindred

#endif  // KINDRED_BASE_BYTES_H_
