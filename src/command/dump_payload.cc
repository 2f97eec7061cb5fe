#include "command/dump_payload.h"

#include <bit>
#include <limits>
#include <optional>

#include "base/bytes.h"
#include "base/crc64.h"
#include "base/lzf.h"
#include "base/number.h"

namespace kindred {
namespace {

constexpr uint8_t kTypeString = 0;
constexpr uint64_t kVersionWritten = 10;  // Redis 7.0's
constexpr uint64_t kVersionReadMax = 11;  // Redis 7.2's
constexpr size_t kVersionBytes = 2;
constexpr size_t kChecksumBytes = 8;
constexpr size_t kFooterBytes = kVersionBytes + kChecksumBytes;
constexpr size_t kNumberTextMax = 11;  // "-2147483648"

constexpr uint8_t kLength32 = 0x80;
constexpr uint8_t kLength64 = 0x81;
constexpr uint8_t kInt8 = 0xc0;
constexpr uint8_t kInt16 = 0xc1;
constexpr uint8_t kInt32 = 0xc2;
constexpr uint8_t kLzf = 0xc3;

void AppendLittleEndian(uint64_t number, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) out->push_back(static_cast<char>(number >> 8 * i & 0xff));
}

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    number |= uint64_t{static_cast<uint8_t>(bytes[i])} << 8 * i;
  }
  return number;
}

void AppendLength(uint64_t length, std::string* out) {
  ByteWriter writer(out);
  if (length < 1u << 6) {
    writer.U8(static_cast<uint8_t>(length));
  } else if (length < 1u << 14) {
    writer.U16(static_cast<uint16_t>(0x4000 | length));
  } else if (length <= std::numeric_limits<uint32_t>::max()) {
    writer.U8(kLength32);
    writer.U32(static_cast<uint32_t>(length));
  } else {
    writer.U8(kLength64);
    writer.U64(length);
  }
}

// False if `value` is not the decimal text of a number of 32 bits.
bool AppendAsNumber(std::string_view value, std::string* out) {
  if (value.size() > kNumberTextMax) return false;
  const std::optional<int64_t> number = ParseInt64(value);
  if (!number) return false;
  struct Form {
    uint8_t code;
    size_t bytes;
  };
  for (const Form form : {Form{kInt8, 1}, Form{kInt16, 2}, Form{kInt32, 4}}) {
    const int64_t above = int64_t{1} << (8 * form.bytes - 1);
    if (*number < -above || *number >= above) continue;
    out->push_back(static_cast<char>(form.code));
    AppendLittleEndian(static_cast<uint64_t>(*number), form.bytes, out);
    return true;
  }
  return false;
}

// The length that `first` begins. Nothing if it begins something else.
std::optional<uint64_t> ReadLength(uint8_t first, ByteReader& in) {
  if (first >> 6 == 0) return first;
  if (first >> 6 == 1) return uint64_t{first & 0x3fu} << 8 | in.U8();
  if (first == kLength32) return in.U32();
  if (first == kLength64) return in.U64();
  return std::nullopt;
}

template <typename Int>
std::string ReadNumber(ByteReader& in) {
  using Unsigned = std::make_unsigned_t<Int>;
  const auto bits = static_cast<Unsigned>(LittleEndian(in.Raw(sizeof(Int))));
  return std::to_string(std::bit_cast<Int>(bits));
}

DumpDecoded ReadCompressed(ByteReader& in, size_t value_bytes_max, std::string* value) {
  const auto compressed = ReadLength(in.U8(), in);
  const auto plain = ReadLength(in.U8(), in);
  if (!in.ok() || !compressed || !plain || *compressed > in.remaining()) {
    return DumpDecoded::kFormat;
  }
  if (*plain > value_bytes_max) return DumpDecoded::kTooLong;
  const bool done = LzfDecompress(in.Raw(*compressed), *plain, value);
  return done ? DumpDecoded::kOk : DumpDecoded::kFormat;
}

DumpDecoded ReadString(ByteReader& in, size_t value_bytes_max, std::string* value) {
  const uint8_t first = in.U8();
  if (first == kLzf) return ReadCompressed(in, value_bytes_max, value);
  if (first == kInt8) {
    *value = ReadNumber<int8_t>(in);
  } else if (first == kInt16) {
    *value = ReadNumber<int16_t>(in);
  } else if (first == kInt32) {
    *value = ReadNumber<int32_t>(in);
  } else {
    const auto length = ReadLength(first, in);
    if (!length || *length > in.remaining()) return DumpDecoded::kFormat;
    if (*length > value_bytes_max) return DumpDecoded::kTooLong;
    *value = in.Raw(*length);
  }
  return in.ok() ? DumpDecoded::kOk : DumpDecoded::kFormat;
}

}  // namespace

std::string EncodeDump(std::string_view value) {
  constexpr size_t kTypeAndLengthMax = 10;
  std::string out;
  out.reserve(kTypeAndLengthMax + value.size() + kFooterBytes);
  out.push_back(static_cast<char>(kTypeString));
  if (!AppendAsNumber(value, &out)) {
    AppendLength(value.size(), &out);
    out.append(value);
  }
  AppendLittleEndian(kVersionWritten, kVersionBytes, &out);
  AppendLittleEndian(Crc64(out), kChecksumBytes, &out);
  return out;
}

size_t DumpedObjectBytes(std::string_view value) {
  std::string head;
  if (AppendAsNumber(value, &head)) return head.size();
  AppendLength(value.size(), &head);
  return head.size() + value.size();
}

DumpDecoded DecodeDump(std::string_view payload, size_t value_bytes_max, std::string* value) {
  if (payload.size() < kFooterBytes) return DumpDecoded::kChecksum;
  const std::string_view checked = payload.substr(0, payload.size() - kChecksumBytes);
  const std::string_view object = checked.substr(0, checked.size() - kVersionBytes);
  if (LittleEndian(checked.substr(object.size())) > kVersionReadMax ||
      LittleEndian(payload.substr(checked.size())) != Crc64(checked)) {
    return DumpDecoded::kChecksum;
  }
  ByteReader in(object);
  if (in.U8() != kTypeString || !in.ok()) return DumpDecoded::kFormat;
  return ReadString(in, value_bytes_max, value);
}

}  // namespace kindred
