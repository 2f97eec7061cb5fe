#include "io/count_log.h"

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace kindred {

namespace {

constexpr std::string_view kSnapshotKey = "counts";
constexpr std::string_view kLogPrefix = "counts-log/";
constexpr std::string_view kLogEnd = "counts-log0";  // '0' follows '/'
constexpr uint8_t kFormat = 1;

// A snapshot may hold every slot, so it is written when the log is worth several of them. A start
// reads the log once.
constexpr uint64_t kLogEntriesMax = 4096;
constexpr size_t kLogBytesMax = 4u << 20;

std::string LogKey(uint64_t position) {
  std::string key(kLogPrefix);
  ByteWriter(&key).U64(position);
  return key;
}

std::string Wrap(uint64_t generation, std::string_view content) {
  std::string value;
  ByteWriter writer(&value);
  writer.U8(kFormat);
  writer.U64(generation);
  writer.Raw(content);
  return value;
}

bool Unwrap(std::string_view value, uint64_t* generation, std::string_view* content) {
  ByteReader reader(value);
  bool known = reader.U8() == kFormat;
  *generation = reader.U64();
  *content = reader.Raw(reader.remaining());
  return known && reader.ok();
}

absl::Status Damaged() { return absl::DataLossError("the numbers of live keys cannot be decoded"); }

}  // namespace

absl::Status CountLog::Load(rocksdb::DB* db) {
  std::string snapshot;
  rocksdb::Slice snapshot_key(kSnapshotKey.data(), kSnapshotKey.size());
  rocksdb::Status status = db->Get(rocksdb::ReadOptions(), meta_, snapshot_key, &snapshot);
  if (!status.ok() && !status.IsNotFound()) return absl::DataLossError(status.ToString());
  std::string_view content;
  if (status.ok() &&
      !(Unwrap(snapshot, &generation_, &content) && Counts::Decode(content, &counts_))) {
    return Damaged();
  }

  rocksdb::ReadOptions options;
  rocksdb::Slice end(kLogEnd.data(), kLogEnd.size());
  options.iterate_upper_bound = &end;
  std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options, meta_));
  std::vector<CountChange> changes;
  for (it->Seek(LogKey(0)); it->Valid(); it->Next()) {
    uint64_t generation = 0;
    if (!Unwrap(it->value().ToStringView(), &generation, &content)) return Damaged();
    if (generation != generation_) continue;
    if (!DecodeCountChanges(content, &changes)) return Damaged();
    for (const CountChange& change : changes) counts_.Apply(change);
    ++position_;
    logged_bytes_ += it->value().size();
  }
  return it->status().ok() ? absl::OkStatus() : absl::DataLossError(it->status().ToString());
}

void CountLog::Append(const std::vector<CountChange>& changes, rocksdb::WriteBatch* batch) {
  if (changes.empty()) return;
  for (const CountChange& change : changes) counts_.Apply(change);
  if (position_ >= kLogEntriesMax || logged_bytes_ >= kLogBytesMax) {
    AppendSnapshot(batch);
    return;
  }
  std::string value = Wrap(generation_, EncodeCountChanges(changes));
  logged_bytes_ += value.size();
  batch->Put(meta_, LogKey(position_++), value);
}

void CountLog::AppendSnapshot(rocksdb::WriteBatch* batch) {
  ++generation_;
  position_ = 0;
  logged_bytes_ = 0;
  batch->Put(meta_, rocksdb::Slice(kSnapshotKey.data(), kSnapshotKey.size()),
             Wrap(generation_, counts_.Encode()));
}

}  // namespace kindred
