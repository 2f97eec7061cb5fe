#ifndef KINDRED_SERVER_CLIENTS_H_
#define KINDRED_SERVER_CLIENTS_H_

// Who is connected, for CLIENT LIST and INFO and for the limit on connections. A session owns its
// Client and keeps it registered while it lives; the others see it through the registry.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "command/row.h"

namespace kindred {

enum class Face : uint8_t { kPlain, kCluster };

// The words that a client says about itself, and its user's name.
struct ClientWords {
  std::string name;
  std::string library_name;
  std::string library_version;
  std::string user = "default";
  bool no_evict = false;
  bool no_touch = false;
};

struct Client {
  // Constant.
  uint64_t id = 0;
  Face face = Face::kPlain;
  std::string address;        // "127.0.0.1:50312"
  std::string local_address;  // "127.0.0.1:7001"
  uint64_t connected_ms = 0;

  // Written by the session's loop, read by any thread.
  std::atomic<uint64_t> active_ms{0};
  std::atomic<uint64_t> buffered_bytes{0};  // Not yet run.
  std::atomic<uint64_t> output_bytes{0};    // Known, but not taken.
  std::atomic<const CommandRow*> command{nullptr};
  std::atomic<uint8_t> db{0};
  std::atomic<uint8_t> protocol{2};

  // Written by any thread: the session closes when it next looks.
  std::atomic<bool> kill{false};

 private:
  friend class Clients;
  ClientWords words_;  // Guarded by the registry's lock.
};

// Any thread; one lock.
class Clients {
 public:
  // Gives the client its id. It stays where it is until Remove.
  void Add(Client* client);
  void Remove(Client* client);

  size_t size() const { return size_.load(std::memory_order_relaxed); }

  ClientWords WordsOf(const Client& client) const;
  void ChangeWords(Client& client, const std::function<void(ClientWords&)>& change);

  // Ends the connections of this user.
  void KillUser(const std::string& user);

  // Lines of CLIENT LIST, each with its line feed: one client, all by their ids, or those with the
  // given ids in that order.
  std::string Line(const Client& client, uint64_t now_ms) const;
  std::string All(uint64_t now_ms) const;
  std::string Those(const std::vector<uint64_t>& ids, uint64_t now_ms) const;

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, Client*> clients_;
  std::atomic<size_t> size_{0};
  uint64_t last_id_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_CLIENTS_H_
