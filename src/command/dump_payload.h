#ifndef KINDRED_COMMAND_DUMP_PAYLOAD_H_
#define KINDRED_COMMAND_DUMP_PAYLOAD_H_

// What DUMP gives and RESTORE takes: a value in the form of Redis's snapshots, so that keys can be
// moved between Redis and Kindred both ways. Pure functions, any thread.
//
//   payload  := type:u8 object version:u16 crc64:u64          the last two little-endian; the
//                                                             checksum is of all before it
//   type     := 0: a string                                   others are Redis's other types
//   object   := length octets                                 for a string:
//             | 0xc0 i8 | 0xc1 i16 | 0xc2 i32                 a decimal number, little-endian
//             | 0xc3 length:compressed length:plain octets    LZF
//   length   := 00xxxxxx | 01xxxxxx u8 | 0x80 u32 | 0x81 u64  big-endian

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kindred {

// As Redis 7.0 does, so that both 7.0 and 7.2 take it; never compressed.
std::string EncodeDump(std::string_view value);

// How long the `object` is in it.
size_t DumpedObjectBytes(std::string_view value);

enum class DumpDecoded : uint8_t {
  kOk,
  kChecksum,  // too short, of a version later than 7.2's, or damaged
  kFormat,    // no string, or malformed behind a right checksum
  kTooLong,   // a string of more than `value_bytes_max`
};

// Takes whatever Redis up to 7.2 writes for a string. `*value` is anything unless kOk.
DumpDecoded DecodeDump(std::string_view payload, size_t value_bytes_max, std::string* value);

}  // namespace kindred

#endif  // KINDRED_COMMAND_DUMP_PAYLOAD_H_
