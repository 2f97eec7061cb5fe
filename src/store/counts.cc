#include "store/counts.h"

#include "base/bytes.h"

namespace kindred {

// Both formats, after a version byte:
//
//   counts   := varint(n) n*( u16(slot) u8(db) signed(keys) signed(with_expiry) )
//   changes  := varint(n) n*( u16(slot) u8(db) u8(reset) signed(keys) signed(with_expiry) )
//   signed   := varint of the zigzag code: 0, -1, 1, -2, … become 0, 1, 2, 3, …

namespace {

constexpr uint8_t kCountsVersion = 1;
constexpr uint8_t kCountChangesVersion = 1;

void WriteSigned(ByteWriter* writer, int64_t value) {
  writer->Varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

int64_t ReadSigned(ByteReader* reader) {
  uint64_t code = reader->Varint();
  return static_cast<int64_t>(code >> 1 ^ (0 - (code & 1)));
}

}  // namespace

void Counts::Apply(const CountChange& change) {
  auto where = std::make_pair(change.slot, change.db);
  auto it = numbers_.try_emplace(where).first;
  Number& number = it->second;
  if (change.reset) number = {};
  number.keys += change.keys;
  number.with_expiry += change.with_expiry;
  if (number == Number{}) numbers_.erase(it);
}

Counts::Number Counts::Of(uint16_t slot, uint8_t db) const {
  auto it = numbers_.find({slot, db});
  return it == numbers_.end() ? Number{} : it->second;
}

std::string Counts::Encode() const {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(kCountsVersion);
  writer.Varint(numbers_.size());
  for (const auto& [where, number] : numbers_) {
    writer.U16(where.first);
    writer.U8(where.second);
    WriteSigned(&writer, number.keys);
    WriteSigned(&writer, number.with_expiry);
  }
  return bytes;
}

bool Counts::Decode(std::string_view bytes, Counts* counts) {
  *counts = {};
  ByteReader reader(bytes);
  if (reader.U8() != kCountsVersion) return false;
  uint64_t size = reader.Varint();
  for (uint64_t i = 0; i < size && reader.ok(); ++i) {
    uint16_t slot = reader.U16();
    uint8_t db = reader.U8();
    Number number;
    number.keys = ReadSigned(&reader);
    number.with_expiry = ReadSigned(&reader);
    if (reader.ok() && number != Number{}) counts->numbers_[{slot, db}] = number;
  }
  return reader.AtEnd();
}

std::string EncodeCountChanges(const std::vector<CountChange>& changes) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(kCountChangesVersion);
  writer.Varint(changes.size());
  for (const CountChange& change : changes) {
    writer.U16(change.slot);
    writer.U8(change.db);
    writer.U8(change.reset ? 1 : 0);
    WriteSigned(&writer, change.keys);
    WriteSigned(&writer, change.with_expiry);
  }
  return bytes;
}

bool DecodeCountChanges(std::string_view bytes, std::vector<CountChange>* changes) {
  changes->clear();
  ByteReader reader(bytes);
  if (reader.U8() != kCountChangesVersion) return false;
  uint64_t size = reader.Varint();
  for (uint64_t i = 0; i < size && reader.ok(); ++i) {
    CountChange change;
    change.slot = reader.U16();
    change.db = reader.U8();
    change.reset = reader.U8() != 0;
    change.keys = static_cast<int32_t>(ReadSigned(&reader));
    change.with_expiry = static_cast<int32_t>(ReadSigned(&reader));
    if (reader.ok()) changes->push_back(change);
  }
  return reader.AtEnd();
}

}  // namespace kindred
