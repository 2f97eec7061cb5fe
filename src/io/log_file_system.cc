#include "io/log_file_system.h"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace kindred {

namespace {

using rocksdb::FileOptions;
using rocksdb::FileSystem;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::array<char, kLogAheadBytes> kZeros{};

// Used by one thread at a time, as every writable file.
class LogAhead : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  // `descriptor`: of the same file, and owned; -1: nothing is written ahead.
  LogAhead(std::unique_ptr<FSWritableFile>&& file, int descriptor)
      : FSWritableFileOwnerWrapper(std::move(file)), descriptor_(descriptor) {}
  ~LogAhead() override { CloseDescriptor(); }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Written(data.size(), FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* debug) override {
    return Written(data.size(), FSWritableFileOwnerWrapper::Append(data, options, info, debug));
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    size_ = ahead_ = size;
    return FSWritableFileOwnerWrapper::Truncate(size, options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = FSWritableFileOwnerWrapper::Close(options, debug);
    if (descriptor_ >= 0 && ftruncate(descriptor_, static_cast<off_t>(size_)) != 0 && status.ok()) {
      status = IOStatus::IOError("a log cannot be cut to its size", std::strerror(errno));
    }
    CloseDescriptor();
    return status;
  }

 private:
  IOStatus Written(size_t bytes, IOStatus status) {
    if (status.ok()) {
      size_ += bytes;
      if (size_ > ahead_) WriteAhead();
    }
    return status;
  }

  // That it fails is no failure: what comes next makes the file grow, as it would without this.
  void WriteAhead() {
    ahead_ = (size_ / kLogAheadBytes + 1) * kLogAheadBytes;
    const size_t bytes = ahead_ - size_;
    if (descriptor_ < 0) return;
    const ssize_t written = pwrite(descriptor_, kZeros.data(), bytes, static_cast<off_t>(size_));
    if (written != static_cast<ssize_t>(bytes)) CloseDescriptor();
  }

  void CloseDescriptor() {
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
  }

  int descriptor_;
  uint64_t size_ = 0;   // of what was written
  uint64_t ahead_ = 0;  // up to here the file is there
};

class LogFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit LogFileSystem(const std::shared_ptr<FileSystem>& target) : FileSystemWrapper(target) {}

  const char* Name() const override { return "kindred.LogFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (!status.ok() || !name.ends_with(".log")) return status;
    const int descriptor = open(name.c_str(), O_WRONLY | O_CLOEXEC);
    *file = std::make_unique<LogAhead>(std::move(*file), descriptor);
    return status;
  }
};

}  // namespace

rocksdb::Env* LogAheadEnv() {
  static const std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<LogFileSystem>(FileSystem::Default()));
  return env.get();
}

}  // namespace kindred
