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

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace kindred {

// The number whose bytes in memory are those of `value` in big-endian order, and back.
template <std::unsigned_integral T>
constexpr T BigEndian(T value) {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    static_assert(sizeof(T) == 8);
    return __builtin_bswap64(value);
  }
}

class ByteWriter {
 public:
  explicit ByteWriter(std::string* out) : out_(out) {}

  void U8(uint8_t value) { out_->push_back(static_cast<char>(value)); }
  void U16(uint16_t value) { Fixed(value); }
  void U32(uint32_t value) { Fixed(value); }
  void U64(uint64_t value) { Fixed(value); }
  void Varint(uint64_t value) {
    if (value < 0x80) return U8(static_cast<uint8_t>(value));
    LongVarint(value);
  }
  void Bytes(std::string_view value) {
    Varint(value.size());
    Raw(value);
  }
  void Raw(std::string_view value) { out_->append(value); }

 private:
  void Fixed(std::unsigned_integral auto value) {
    const auto bytes = BigEndian(value);
    out_->append(reinterpret_cast<const char*>(&bytes), sizeof(bytes));
  }
  void LongVarint(uint64_t value);

  std::string* out_;
};

class ByteReader {
 public:
  // The views returned by Bytes() and Raw() point into `input` and live as long as it.
  explicit ByteReader(std::string_view input) : rest_(input) {}

  uint8_t U8() { return Fixed<uint8_t>(); }
  uint16_t U16() { return Fixed<uint16_t>(); }
  uint32_t U32() { return Fixed<uint32_t>(); }
  uint64_t U64() { return Fixed<uint64_t>(); }
  // Refuses a varint longer than 10 bytes, one beyond 64 bits, and one that is longer than needed:
  // every number has exactly one encoding.
  uint64_t Varint() {
    if (rest_.empty() || static_cast<uint8_t>(rest_.front()) >= 0x80) return LongVarint();
    return Fixed<uint8_t>();
  }
  std::string_view Bytes() { return Raw(Varint()); }
  std::string_view Raw(uint64_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

  // Makes the reader fail: for a decoder that finds a field's value impossible.
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  bool ok() const { return ok_; }
  // Everything was read, and nothing was malformed.
  bool AtEnd() const { return ok_ && rest_.empty(); }
  size_t remaining() const { return rest_.size(); }

 private:
  template <std::unsigned_integral T>
  T Fixed() {
    if (rest_.size() < sizeof(T)) {
      Fail();
      return 0;
    }
    T bytes;
    std::memcpy(&bytes, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return BigEndian(bytes);
  }
  uint64_t LongVarint();

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace kindred

#endif  // KINDRED_BASE_BYTES_H_
