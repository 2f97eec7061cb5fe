// The layout of the stored keys. All integers are big-endian, so that the order of the bytes is the
// order of the ring: a slot is one range, a place is one range, and a scan's cursor is a place.
//
//   records  [slot u16][place u32][db u8][key]     -> record
//   expiry   [ms u64][record key]                  -> empty
//   hints    [node id, 40 bytes][record key]       -> record
//   meta     a name, such as "identity" or "grant/0007", or "group/" and a group's first dot
#ifndef KINDRED_STORE_KEYS_H_
#define KINDRED_STORE_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kindred {

inline constexpr size_t kRecordKeyPrefixBytes = 7;

// Before the dot of a group of writes that is not known to be decided.
inline constexpr std::string_view kUndecidedGroupPrefix = "group/";

struct RecordKeyParts {
  uint16_t slot = 0;
  uint32_t place = 0;
  uint8_t db = 0;
  std::string_view key;
};

// Replaces `*out` by the record key of `parts`.
void MakeRecordKey(const RecordKeyParts& parts, std::string* out);
std::string RecordKeyOf(const RecordKeyParts& parts);

// The database of a record key. REQUIRES: it is one, at least kRecordKeyPrefixBytes long.
inline uint8_t DbOf(std::string_view record_key) {
  return static_cast<uint8_t>(record_key[kRecordKeyPrefixBytes - 1]);
}

// The parts of a record key; `key` is a view into `record_key`. Nothing if it is too short to be
// one.
std::optional<RecordKeyParts> SplitRecordKey(std::string_view record_key);

std::string ExpiryKey(uint64_t expires_ms, std::string_view record_key);
// The two halves of an expiry key; the record key is a view into `expiry_key`.
struct ExpiryKeyParts {
  uint64_t expires_ms = 0;
  std::string_view record_key;
};
std::optional<ExpiryKeyParts> SplitExpiryKey(std::string_view expiry_key);

}  // namespace kindred

#endif  // KINDRED_STORE_KEYS_H_
