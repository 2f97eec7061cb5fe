#ifndef KINDRED_SERVER_MONITORS_H_
#define KINDRED_SERVER_MONITORS_H_

// MONITOR: the commands of all this node's clients, told to those who have asked. A command is fed
// by the loop that runs it; the line lies here until the loop of the one who listens has taken it.
//
// Any thread; one lock, which nobody takes while nobody listens.

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "server/clients.h"

namespace kindred {

// A listener for whom more than this lies here is disconnected: it takes less than clients send.
inline constexpr size_t kMonitorBytesMax = size_t{64} << 20;

// `text` in quotes, with escapes for what is not printable: "a\n\xff".
std::string Quoted(std::string_view text);

class Monitors {
 public:
  bool any() const { return any_.load(std::memory_order_relaxed); }

  // `client` lives until Remove.
  void Add(Client* client);
  void Remove(Client* client);

  // A command of the client `from` on the database `db`.
  void Feed(const CommandRow& row, Args args, const Client& from, uint8_t db, uint64_t wall_us);
  // Appends what lies here for the client, as simple strings.
  void Take(const Client& client, std::string* out);

 private:
  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::map<const Client*, std::pair<Client*, std::string>> lines_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_MONITORS_H_
