#include "io/data_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include "server/config.h"

namespace kindred {

namespace {

namespace fs = std::filesystem;

constexpr uint8_t kFormat = 1;
constexpr const char* kFormatKey = "format";

absl::Status Refuse(const std::string& sentence) { return absl::FailedPreconditionError(sentence); }

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// RocksDB tells these apart in its message only.
absl::Status Explain(const std::string& dir, const rocksdb::Status& status) {
  std::string text = status.ToString();
  bool lock = Contains(text, "lock file") || Contains(text, "lock hold");
  if (lock && !Contains(text, "Permission denied")) {
    return Refuse(fmt::format("the data directory {} is in use by another process", dir));
  }
  if (status.IsNoSpace() || Contains(text, "No space left")) {
    return Refuse(fmt::format("the disk of the data directory {} is full; free some space", dir));
  }
  if (Contains(text, "Permission denied") || Contains(text, "Read-only file system")) {
    return Refuse(fmt::format("the data directory {} cannot be written to: {}", dir, text));
  }
  return Refuse(fmt::format(
      "the data directory {} cannot be read: {}; restore it, or start with an empty one", dir,
      text));
}

// A new directory's name is an entry of its parent, which has to reach the disk as well.
void SyncDirectory(const fs::path& path) {
  int fd = open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

absl::Status CreateDirectory(const fs::path& dir) {
  std::error_code error;
  std::vector<fs::path> created;
  for (fs::path path = dir; !path.empty() && !fs::exists(path, error); path = path.parent_path()) {
    created.push_back(path);
    if (path == path.parent_path()) break;
  }
  error.clear();
  fs::create_directories(dir, error);
  if (error || !fs::is_directory(dir, error)) {
    return Refuse(fmt::format("the data directory {} cannot be created: {}", dir.string(),
                              error ? error.message() : "it is not a directory"));
  }
  for (const fs::path& path : created) SyncDirectory(path.parent_path());
  return absl::OkStatus();
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// REQUIRES: there is no file CURRENT, which RocksDB makes when all else of a new database is there.
absl::Status CheckNothingForeign(const std::string& dir) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
    std::string name = entry.path().filename().string();
    if (EndsWith(name, ".sst") || EndsWith(name, ".blob") || EndsWith(name, ".log")) {
      return Refuse(
          fmt::format("the data directory {} has {} but lost its file CURRENT; restore "
                      "it, or start with an empty one",
                      dir, name));
    }
    bool left_by_a_start = name == "LOCK" || name == "IDENTITY" || name == "lost+found" ||
                           StartsWith(name, "LOG") || StartsWith(name, "MANIFEST-") ||
                           StartsWith(name, "OPTIONS-") || EndsWith(name, ".dbtmp");
    const bool is_acl_file = name == kAclFileName;  // laid there for the first start
    if (!left_by_a_start && !is_acl_file) {
      return Refuse(
          fmt::format("the data directory {} holds something else, such as {}; choose an "
                      "empty one",
                      dir, name));
    }
  }
  if (error) {
    return Refuse(fmt::format("the data directory {} cannot be read: {}", dir, error.message()));
  }
  return absl::OkStatus();
}

absl::Status ForeignDatabase(const std::string& dir) {
  return Refuse(
      fmt::format("the data directory {} holds a database that is not Kindred's; choose "
                  "an empty one",
                  dir));
}

bool IsEmpty(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  return std::all_of(handles.begin(), handles.end(), [&](rocksdb::ColumnFamilyHandle* handle) {
    std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(rocksdb::ReadOptions(), handle));
    it->SeekToFirst();
    return !it->Valid() && it->status().ok();
  });
}

void GiveBack(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
}

// Looks at the column families that are there, before anything is changed.
absl::Status CheckOwnDatabase(const std::string& dir, const RocksSettings& settings) {
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(MakeDbOptions(settings), dir, &names);
  if (!status.ok()) return Explain(dir, status);
  std::vector<rocksdb::ColumnFamilyDescriptor> ours = MakeColumnFamilies(settings, nullptr);
  std::vector<rocksdb::ColumnFamilyDescriptor> present;
  for (const std::string& name : names) {
    auto same_name = [&](const auto& descriptor) { return descriptor.name == name; };
    auto it = std::find_if(ours.begin(), ours.end(), same_name);
    if (it == ours.end()) return ForeignDatabase(dir);
    present.push_back(*it);
  }
  if (present.size() == ours.size()) return absl::OkStatus();

  // Either somebody else's database, or one of ours whose creation was cut short.
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  status = rocksdb::DB::OpenForReadOnly(MakeDbOptions(settings), dir, present, &handles, &opened);
  if (!status.ok()) return Explain(dir, status);
  std::unique_ptr<rocksdb::DB> db(opened);
  bool empty = IsEmpty(db.get(), handles);
  GiveBack(db.get(), handles);
  return empty ? absl::OkStatus() : ForeignDatabase(dir);
}

absl::Status CheckOrWriteFormat(const std::string& dir, const OpenDatabase& database) {
  rocksdb::ColumnFamilyHandle* meta = database.handles[static_cast<size_t>(Column::kMeta)];
  std::string format;
  rocksdb::Status status = database.db->Get(rocksdb::ReadOptions(), meta, kFormatKey, &format);
  if (status.IsNotFound()) {
    if (!IsEmpty(database.db.get(), database.handles)) return ForeignDatabase(dir);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    status = database.db->Put(synced, meta, kFormatKey, std::string(1, char{kFormat}));
    return status.ok() ? absl::OkStatus() : Explain(dir, status);
  }
  if (!status.ok()) return Explain(dir, status);
  if (format.size() == 1 && static_cast<uint8_t>(format[0]) == kFormat) return absl::OkStatus();
  return Refuse(
      fmt::format("the data directory {} was written by a newer Kindred, in format {} "
                  "where this one knows {}; run the newer one",
                  dir, format.empty() ? 0 : static_cast<uint8_t>(format[0]), kFormat));
}

absl::Status CheckSpace(const std::string& dir, const RocksSettings& settings) {
  uint64_t free_bytes = FreeDiskBytes(dir);
  if (free_bytes >= settings.disk_reserve_bytes) return absl::OkStatus();
  return Refuse(
      fmt::format("the disk of the data directory {} is full, with {} bytes free where "
                  "at least {} are needed; free some space",
                  dir, free_bytes, settings.disk_reserve_bytes));
}

}  // namespace

uint64_t FreeDiskBytes(const std::string& dir) {
  struct statvfs disk;
  if (statvfs(dir.c_str(), &disk) != 0) return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

absl::StatusOr<OpenDatabase> OpenDataDirectory(const std::string& dir,
                                               const RocksSettings& settings) {
  absl::Status status = CreateDirectory(dir);
  if (!status.ok()) return status;
  std::error_code error;
  bool exists = fs::exists(fs::path(dir) / "CURRENT", error);
  status = exists ? CheckOwnDatabase(dir, settings) : CheckNothingForeign(dir);
  if (status.ok()) status = CheckSpace(dir, settings);
  if (!status.ok()) return status;

  rocksdb::DB* opened = nullptr;
  OpenDatabase database;
  database.pace = std::make_shared<BackgroundPace>();
  rocksdb::Status rocks_status =
      rocksdb::DB::Open(MakeDbOptions(settings), dir, MakeColumnFamilies(settings, database.pace),
                        &database.handles, &opened);
  if (!rocks_status.ok()) return Explain(dir, rocks_status);
  database.db.reset(opened);
  status = CheckOrWriteFormat(dir, database);
  if (status.ok()) {
    database.pace->Watch(opened);
    return database;
  }
  GiveBack(database.db.get(), database.handles);
  return status;
}

}  // namespace kindred
