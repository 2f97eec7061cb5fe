#include "io/log.h"

#include <memory>

#include "spdlog/sinks/basic_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace kindred {
namespace {

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::trace;
    case LogLevel::kVerbose:
      return spdlog::level::debug;
    case LogLevel::kNotice:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
  }
  return spdlog::level::info;
}

const char* Word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kVerbose:
      return "verbose";
    case LogLevel::kNotice:
      return "notice";
    case LogLevel::kWarning:
      return "warning";
  }
  return "";
}

// Made on first use, and never destroyed: threads of libraries may log until the very end.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("kindred", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%d %H:%M:%S.%e %v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

}  // namespace

absl::Status StartLog(std::string_view level, const std::string& file) {
  SetLogLevel(level);
  if (file.empty()) return absl::OkStatus();
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    sink->set_pattern("%Y-%m-%d %H:%M:%S.%e %v");
    Logger().sinks() = {sink};
  } catch (const spdlog::spdlog_ex&) {
    return absl::InvalidArgumentError(fmt::format("the log file {} cannot be opened", file));
  }
  return absl::OkStatus();
}

void SetLogLevel(std::string_view level) {
  for (LogLevel each :
       {LogLevel::kDebug, LogLevel::kVerbose, LogLevel::kNotice, LogLevel::kWarning}) {
    if (level == Word(each)) Logger().set_level(SpdlogLevel(each));
  }
}

bool LogEnabled(LogLevel level) { return Logger().should_log(SpdlogLevel(level)); }

void LogLine(LogLevel level, std::string_view text) {
  Logger().log(SpdlogLevel(level), "{}: {}", Word(level), text);
}

}  // namespace kindred
