#include "server/slow_log.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "command/handler_tools.h"
#include "fmt/format.h"

namespace kindred {
namespace {

constexpr size_t kArgsMax = 32;
constexpr size_t kArgBytesMax = 128;

void PackShortened(std::string_view arg, ByteWriter& out) {
  if (arg.size() <= kArgBytesMax) return out.Bytes(arg);
  out.Bytes(
      fmt::format("{}... ({} more bytes)", arg.substr(0, kArgBytesMax), arg.size() - kArgBytesMax));
}

}  // namespace

std::vector<size_t> SecretsOf(const CommandRow& row, Args args) {
  std::vector<size_t> secrets;
  if (row.name == "auth") {
    for (size_t i = 1; i < args.size() && i <= 2; ++i) secrets.push_back(i);
  } else if (row.name == "hello") {
    for (size_t i = 2; i + 2 < args.size(); ++i) {
      if (!SameWord(args[i], "auth")) continue;
      secrets.insert(secrets.end(), {i + 1, i + 2});
      i += 2;
    }
  } else if (row.name == "config|set") {
    for (size_t i = 2; i + 1 < args.size(); i += 2) {
      for (std::string_view option : {"requirepass", "masterauth", "tls-key-file-pass"}) {
        if (SameWord(args[i], option)) secrets.push_back(i + 1);
      }
    }
  } else if (row.name == "acl|setuser" || row.name == "acl|deluser" || row.name == "acl|getuser") {
    for (size_t i = 2; i < args.size(); ++i) secrets.push_back(i);
  }
  return secrets;
}

std::string PackForLog(const CommandRow& row, Args args) {
  std::string packed;
  AppendForLog(row, args, &packed);
  return packed;
}

void AppendForLog(const CommandRow& row, Args args, std::string* packed) {
  std::vector<size_t> secrets;
  // Only commands without keys have secrets.
  if (row.kind == RowKind::kSession) secrets = SecretsOf(row, args);
  ByteWriter out(packed);
  const size_t shown = std::min(args.size(), kArgsMax);
  for (size_t i = 0; i < shown; ++i) {
    if (i + 1 == kArgsMax && args.size() > kArgsMax) {
      out.Bytes(fmt::format("... ({} more arguments)", args.size() - kArgsMax + 1));
    } else if (std::find(secrets.begin(), secrets.end(), i) != secrets.end()) {
      out.Bytes(kRedacted);
    } else {
      PackShortened(args[i], out);
    }
  }
}

std::vector<std::string> UnpackFromLog(std::string_view packed) {
  std::vector<std::string> args;
  ByteReader reader(packed);
  while (!reader.AtEnd()) {
    args.emplace_back(reader.Bytes());
    CHECK(reader.ok());
  }
  return args;
}

void SlowLog::Add(SlowCommand command, size_t max) {
  std::lock_guard lock(mutex_);
  command.id = next_id_++;
  commands_.push_front(std::move(command));
  while (commands_.size() > max) commands_.pop_back();
}

std::vector<SlowCommand> SlowLog::Newest(size_t count) const {
  std::lock_guard lock(mutex_);
  const auto end = commands_.begin() + static_cast<ptrdiff_t>(std::min(count, commands_.size()));
  return {commands_.begin(), end};
}

size_t SlowLog::size() const {
  std::lock_guard lock(mutex_);
  return commands_.size();
}

void SlowLog::Reset() {
  std::lock_guard lock(mutex_);
  commands_.clear();
}

}  // namespace kindred
