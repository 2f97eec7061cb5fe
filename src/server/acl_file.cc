#include "server/acl_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "fmt/format.h"

namespace kindred {
namespace {

constexpr size_t kReadAtOnce = size_t{64} << 10;

// An open file, or -1.
class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : number_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() { Close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

absl::Status Failed(std::string_view what, const std::string& path) {
  const int error = errno;
  const std::string sentence = fmt::format("{} {}: {}", what, path, std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(sentence) : absl::UnavailableError(sentence);
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (!file.ok()) return Failed("opening", folder);
  return fsync(file.number()) == 0 ? absl::OkStatus() : Failed("syncing", folder);
}

}  // namespace

absl::StatusOr<std::string> ReadAclFile(const std::string& path) {
  const File file(path, O_RDONLY);
  if (!file.ok()) return Failed("Error loading ACLs, opening file", fmt::format("'{}'", path));
  std::string text;
  while (true) {
    const size_t before = text.size();
    text.resize(before + kReadAtOnce);
    const ssize_t got = read(file.number(), text.data() + before, kReadAtOnce);
    text.resize(before + (got > 0 ? static_cast<size_t>(got) : 0));
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) {
      return Failed("Error loading ACLs, reading file", fmt::format("'{}'", path));
    }
  }
}

absl::Status WriteAclFile(const std::string& path, std::string_view text) {
  const std::string temporary = fmt::format("{}.tmp-{}", path, getpid());
  File file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
  if (!file.ok()) return Failed("opening", temporary);
  const bool written = WriteAll(file.number(), text) && fsync(file.number()) == 0;
  const absl::Status status = written ? absl::OkStatus() : Failed("writing", temporary);
  file.Close();
  if (status.ok() && rename(temporary.c_str(), path.c_str()) == 0) return SyncFolderOf(path);
  const absl::Status failed = status.ok() ? Failed("renaming", temporary) : status;
  unlink(temporary.c_str());
  return failed;
}

}  // namespace kindred
