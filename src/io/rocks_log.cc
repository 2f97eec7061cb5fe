#include "io/rocks_log.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string>

#include "io/log.h"

namespace kindred {

namespace {

constexpr size_t kLineBytesMax = 1024;  // what is longer is cut off

// Some of its messages end with a line end, or have one within.
std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

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
    Log(LogLevel::kWarning, "RocksDB: {}", OneLine(line));
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> NewRocksLog() { return std::make_shared<RocksLog>(); }

}  // namespace kindred
