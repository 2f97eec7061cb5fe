#include "store/keys.h"

#include "base/bytes.h"

namespace kindred {

namespace {

constexpr size_t kExpiresBytes = 8;

}  // namespace

void MakeRecordKey(const RecordKeyParts& parts, std::string* out) {
  out->clear();
  out->reserve(kRecordKeyPrefixBytes + parts.key.size());
  ByteWriter writer(out);
  writer.U16(parts.slot);
  writer.U32(parts.place);
  writer.U8(parts.db);
  writer.Raw(parts.key);
}

std::string RecordKeyOf(const RecordKeyParts& parts) {
  std::string record_key;
  MakeRecordKey(parts, &record_key);
  return record_key;
}

std::optional<RecordKeyParts> SplitRecordKey(std::string_view record_key) {
  ByteReader reader(record_key);
  RecordKeyParts parts;
  parts.slot = reader.U16();
  parts.place = reader.U32();
  parts.db = reader.U8();
  if (!reader.ok()) return std::nullopt;
  parts.key = record_key.substr(kRecordKeyPrefixBytes);
  return parts;
}

std::string ExpiryKey(uint64_t expires_ms, std::string_view record_key) {
  std::string expiry_key;
  expiry_key.reserve(kExpiresBytes + record_key.size());
  ByteWriter writer(&expiry_key);
  writer.U64(expires_ms);
  writer.Raw(record_key);
  return expiry_key;
}

std::optional<ExpiryKeyParts> SplitExpiryKey(std::string_view expiry_key) {
  ByteReader reader(expiry_key);
  ExpiryKeyParts parts;
  parts.expires_ms = reader.U64();
  if (!reader.ok()) return std::nullopt;
  parts.record_key = expiry_key.substr(kExpiresBytes);
  return parts;
}

}  // namespace kindred
