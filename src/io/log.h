#ifndef KINDRED_IO_LOG_H_
#define KINDRED_IO_LOG_H_

// The server's log: one line per event, to standard error or to a file, each with its time and one
// of Redis's four levels. A thin door to spdlog, so that nothing else knows it.
//
// Threads: any, once StartLog has returned. Before that, lines go to standard error.

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace kindred {

enum class LogLevel { kDebug, kVerbose, kNotice, kWarning };

// `level` is a value of the option loglevel. An empty file means standard error.
absl::Status StartLog(std::string_view level, const std::string& file);
void SetLogLevel(std::string_view level);

bool LogEnabled(LogLevel level);
void LogLine(LogLevel level, std::string_view text);

template <typename... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (LogEnabled(level)) LogLine(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace kindred

#endif  // KINDRED_IO_LOG_H_
