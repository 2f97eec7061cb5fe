#ifndef KINDRED_SERVER_CLIENTS_H_
#define KINDRED_SERVER_CLIENTS_H_

// Who is connected, for CLIENT LIST, CLIENT KILL and INFO and for the limit on connections. A
// session owns its Client and keeps it registered while it lives; the others see it through the
// registry.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/row.h"

namespace kindred {

enum class Face : uint8_t { kPlain, kCluster };

// Redis's classes of clients. There are no replicas here, no masters, and no subscribers: all that
// are connected are normal ones.
enum class ClientType : uint8_t { kNormal, kMaster, kReplica, kPubsub };
// In any case; "slave" is a replica.
std::optional<ClientType> ParseClientType(std::string_view word);

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
  int fd = -1;
  bool tls = false;
  uint64_t connected_ms = 0;
  // Has the client's loop look at it soon. Any thread, while the client is registered; may be null.
  std::function<void()> wake;

  // Written by the session's loop, read by any thread.
  std::atomic<uint64_t> active_ms{0};
  std::atomic<uint64_t> buffered_bytes{0};     // Not yet run.
  std::atomic<uint64_t> buffer_free_bytes{0};  // What the input could take without growing.
  std::atomic<uint64_t> output_bytes{0};       // Known, but not taken.
  std::atomic<uint64_t> replies_waiting{0};    // In their order behind one that is not known.
  std::atomic<uint64_t> unsent_bytes{0};       // Taken, but not yet by the client's system.
  std::atomic<const CommandRow*> command{nullptr};
  std::atomic<int32_t> queued{-1};  // Commands between MULTI and the end of EXEC; -1: elsewhere.
  std::atomic<uint64_t> queued_bytes{0};  // Their arguments.
  std::atomic<uint8_t> db{0};
  std::atomic<uint8_t> protocol{2};
  std::atomic<bool> blocked{false};  // A command waits for the end of a pause.
  std::atomic<bool> monitor{false};

  // Written by any thread: the session closes when it next looks.
  std::atomic<bool> kill{false};

 private:
  friend class Clients;
  ClientWords words_;  // Guarded by the registry's lock.
};

// Which clients CLIENT KILL means: those that fit all that is set.
struct ClientFilter {
  std::optional<uint64_t> id;
  std::optional<std::string> address;
  std::optional<std::string> local_address;
  std::optional<std::string> user;
  std::optional<ClientType> type;
};

// Any thread; one lock.
class Clients {
 public:
  // Counts a connection that is about to become a client. False if there are `max` already: then it
  // is not counted. Every one that is ends by Leave.
  bool Enter(size_t max);
  void Leave();

  // Gives the client its id. It stays where it is until Remove.
  void Add(Client* client);
  void Remove(Client* client);

  size_t size() const { return size_.load(std::memory_order_relaxed); }

  ClientWords WordsOf(const Client& client) const;
  void ChangeWords(Client& client, const std::function<void(ClientWords&)>& change);

  // Lines of CLIENT LIST, each with its line feed: one client, all by their ids (of one type), or
  // those with the given ids in that order.
  std::string Line(const Client& client, uint64_t now_ms) const;
  std::string All(std::optional<ClientType> type, uint64_t now_ms) const;
  std::string Those(const std::vector<uint64_t>& ids, uint64_t now_ms) const;

  // Tells those that fit to go, all but `self`, which may be null. How many that were, and whether
  // `self`, who has to see to itself, fits too.
  struct Killed {
    size_t others = 0;
    bool self = false;
  };
  Killed Kill(const ClientFilter& filter, const Client* self);

  // For INFO.
  struct Figures {
    uint64_t input_bytes_max = 0;
    uint64_t output_bytes_max = 0;
    uint64_t memory_bytes = 0;
    uint64_t blocked = 0;
  };
  Figures figures() const;

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, Client*> clients_;
  std::atomic<size_t> size_{0};
  std::atomic<size_t> entered_{0};
  uint64_t last_id_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_CLIENTS_H_
