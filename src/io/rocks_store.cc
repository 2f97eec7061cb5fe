#include "io/rocks_store.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace kindred {

namespace {

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

[[noreturn]] void DieOfRead(const rocksdb::Status& status) {
  fmt::print(stderr, "the disk cannot be read, so this node stops: {}\n", status.ToString());
  std::fflush(stderr);
  std::abort();
}

ColumnHandles ColumnsOf(const OpenDatabase& database) {
  ColumnHandles columns;
  for (size_t i = 0; i < kColumns; ++i) columns[i] = database.handles[i];
  return columns;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksStore>> RocksStore::Open(const std::string& dir,
                                                             const RocksSettings& settings) {
  absl::StatusOr<OpenDatabase> database = OpenDataDirectory(dir, settings);
  if (!database.ok()) return database.status();
  CountLog counts(database->handles[static_cast<size_t>(Column::kMeta)]);
  absl::Status status = counts.Load(database->db.get());
  // The store owns the database from here on, so that it is closed in either case.
  std::unique_ptr<RocksStore> store(
      new RocksStore(*std::move(database), settings, std::move(counts)));
  if (status.ok()) return store;
  return absl::DataLossError(
      fmt::format("the data directory {} cannot be read: {}", dir, std::string(status.message())));
}

RocksStore::RocksStore(OpenDatabase database, const RocksSettings& settings, CountLog counts)
    : database_(std::move(database)),
      counts_at_open_(counts.counts()),
      commit_thread_(std::make_unique<CommitThread>(database_.db.get(), ColumnsOf(database_),
                                                    settings, std::move(counts))) {}

void RocksStore::Close() {
  if (database_.db == nullptr) return;
  commit_thread_->Stop();
  database_.pace->Watch(nullptr);
  for (rocksdb::ColumnFamilyHandle* handle : database_.handles) {
    database_.db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  database_.handles.clear();
  database_.db->Close().PermitUncheckedError();
  database_.db.reset();
}

Found RocksStore::Get(Column column, std::string_view key, std::string* value) {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  rocksdb::Status status = database_.db->Get(options, HandleOf(column), SliceOf(key), value);
  if (status.ok()) return Found::kFound;
  if (status.IsNotFound()) return Found::kMissing;
  return Found::kNotInMemory;  // also for errors: Load will meet them
}

Found RocksStore::Load(Column column, std::string_view key, std::string* value) {
  rocksdb::Status status =
      database_.db->Get(rocksdb::ReadOptions(), HandleOf(column), SliceOf(key), value);
  if (status.ok()) return Found::kFound;
  if (status.IsNotFound()) return Found::kMissing;
  DieOfRead(status);
}

std::vector<Entry> RocksStore::Scan(const ScanRequest& request) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  rocksdb::Slice until = SliceOf(request.until);
  if (!request.until.empty()) options.iterate_upper_bound = &until;
  std::unique_ptr<rocksdb::Iterator> it(
      database_.db->NewIterator(options, HandleOf(request.column)));
  std::vector<Entry> page;
  size_t bytes = 0;
  for (it->Seek(SliceOf(request.from)); it->Valid(); it->Next()) {
    if (page.size() >= request.entries_max || bytes > request.bytes_max) break;
    page.push_back({it->key().ToString(), it->value().ToString()});
    bytes += page.back().key.size() + page.back().value.size();
  }
  if (!it->status().ok()) DieOfRead(it->status());
  return page;
}

std::string RocksStore::Property(const std::string& name) const {
  uint64_t number = 0;
  if (database_.db->GetAggregatedIntProperty(name, &number)) return std::to_string(number);
  std::string text;
  if (database_.db->GetProperty(HandleOf(Column::kRecords), name, &text)) return text;
  return "";
}

}  // namespace kindred
