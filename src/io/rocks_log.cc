#include "io/rocks_log.h"

#include <cstdarg>
#include <cstdio>

#include "io/log.h"

namespace kindred {

namespace {

constexpr size_t kLineBytesMax = 1024;  // what is longer is cut off

class RocksLog : public rocksdb::Logger {
 public:
  RocksLog() : Logger(rocksdb::WARN_LEVEL) {}

  void LogHeader(const char*, va_list) override {}

  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level >= GetInfoLogLevel()) Logv(format, arguments);
  }

  void Logv(const char* format, va_list arguments) override {
    char line[kLineBytesMax];
    if (std::vsnprintf(line, sizeof(line), format, arguments) < 0) return;
    Log(LogLevel::kWarning, "RocksDB: {}", line);
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> NewRocksLog() { return std::make_shared<RocksLog>(); }

}  // namespace kindred
