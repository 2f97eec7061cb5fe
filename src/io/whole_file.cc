#include "io/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace kindred {
namespace {

absl::Status Failed() {
  const int error = errno;
  const char* why = std::strerror(error);
  return error == ENOENT ? absl::NotFoundError(why) : absl::UnavailableError(why);
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

// That the new name is there is itself something to be synced.
bool SyncDirectory(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  const bool synced = fsync(directory) == 0;
  close(directory);
  return synced;
}

}  // namespace

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed();
  std::string text;
  char bytes[1 << 14];
  ssize_t size = 0;
  while ((size = read(file, bytes, sizeof(bytes))) != 0) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    text.append(bytes, static_cast<size_t>(size));
  }
  const absl::Status status = size < 0 ? Failed() : absl::OkStatus();
  close(file);
  if (!status.ok()) return status;
  return text;
}

absl::Status ReplaceWholeFile(const std::string& path, const std::string& text) {
  struct stat old {};
  const mode_t mode = stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : 0644;
  std::string fresh = path + ".new-XXXXXX";
  const int file = mkostemp(fresh.data(), O_CLOEXEC);
  if (file < 0) return Failed();
  bool done = fchmod(file, mode) == 0 && WriteAll(file, text) && fsync(file) == 0;
  done = done && rename(fresh.c_str(), path.c_str()) == 0;
  const absl::Status status = done ? absl::OkStatus() : Failed();
  close(file);
  if (!done) {
    unlink(fresh.c_str());
    return status;
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return SyncDirectory(parent.empty() ? "." : parent) ? absl::OkStatus() : Failed();
}

}  // namespace kindred
