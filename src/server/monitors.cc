#include "server/monitors.h"

#include <algorithm>

#include "fmt/format.h"
#include "server/slow_log.h"

namespace kindred {
namespace {

std::string LineOf(const CommandRow& row, Args args, const Client& from, uint8_t db,
                   uint64_t wall_us) {
  std::string line =
      fmt::format("+{}.{:06} [{} {}]", wall_us / 1'000'000, wall_us % 1'000'000, db, from.address);
  std::vector<size_t> secrets;
  if (row.kind == RowKind::kSession) secrets = SecretsOf(row, args);
  for (size_t i = 0; i < args.size(); ++i) {
    const bool secret = std::find(secrets.begin(), secrets.end(), i) != secrets.end();
    line += ' ';
    line += Quoted(secret ? kRedacted : args[i]);
  }
  return line + "\r\n";
}

}  // namespace

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    constexpr std::string_view kEscaped = "\\\"\n\r\t\a\b";
    constexpr std::string_view kLetters = "\\\"nrtab";
    if (const size_t at = kEscaped.find(c); at != std::string_view::npos) {
      quoted += '\\';
      quoted += kLetters[at];
    } else if (c >= ' ' && c <= '~') {
      quoted += c;
    } else {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return quoted + '"';
}

void Monitors::Add(Client* client) {
  std::lock_guard lock(mutex_);
  lines_.try_emplace(client, client, std::string());
  any_.store(true, std::memory_order_relaxed);
}

void Monitors::Remove(Client* client) {
  std::lock_guard lock(mutex_);
  lines_.erase(client);
  any_.store(!lines_.empty(), std::memory_order_relaxed);
}

void Monitors::Feed(const CommandRow& row, Args args, const Client& from, uint8_t db,
                    uint64_t wall_us) {
  if ((row.flags & (kFlagAdmin | kFlagSkipMonitor)) != 0) return;
  const std::string line = LineOf(row, args, from, db, wall_us);
  std::lock_guard lock(mutex_);
  for (auto& [key, listener] : lines_) {
    auto& [client, lines] = listener;
    const bool full = lines.size() + line.size() > kMonitorBytesMax;
    if (full) client->kill.store(true, std::memory_order_relaxed);
    if ((full || lines.empty()) && client->wake) client->wake();
    if (!full) lines += line;
  }
}

void Monitors::Take(const Client& client, std::string* out) {
  std::lock_guard lock(mutex_);
  const auto found = lines_.find(&client);
  if (found == lines_.end()) return;
  out->append(found->second.second);
  found->second.second.clear();
}

}  // namespace kindred
