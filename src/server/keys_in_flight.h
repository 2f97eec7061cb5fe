#ifndef KINDRED_SERVER_KEYS_IN_FLIGHT_H_
#define KINDRED_SERVER_KEYS_IN_FLIGHT_H_

// Keeps the commands of one connection in their order where it matters: which keys its requests in
// flight touch, and whether the next command has to wait for one of them. It has to if they share a
// key and either of them writes it, except that writes on the same route follow each other at once,
// because they stay in order on the way. A command over the whole keyspace (or over very many keys)
// waits for all before it, and those behind wait for it.
//
// Owned by a session. Keys are known by a hash: two that share one just wait for each other.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "message/outbox.h"

namespace kindred {

// A command with more keys counts as one over the whole keyspace.
inline constexpr size_t kOrderedKeysMax = 64;
// Keys in flight beyond which the next command waits for a reply, whatever its keys.
inline constexpr size_t kKeysInFlightMax = 4096;

class KeysInFlight {
 public:
  // What a command touches.
  struct Key {
    uint64_t hash = 0;
    Peer route = kSelf;  // Where it would be written; meaningless for reads.
  };
  struct Touch {
    bool everything = false;
    bool write = false;
    absl::InlinedVector<Key, 1> keys;  // Empty if everything.
  };
  static uint64_t HashOf(std::string_view key, uint8_t db);

  // The request in flight that a command has to wait for; 0 if it can run. When that request has
  // been answered the question is to be asked again.
  uint64_t BlockerOf(const Touch& touch) const;

  void Add(uint64_t request, const Touch& touch);
  void Remove(uint64_t request);

  // A read of these keys that was answered early: it is in flight until its word is heard, because
  // it may be recalled. Words grow. REQUIRES: !touch.everything
  void AddEarly(uint64_t request, uint64_t word, const Touch& touch);
  void OnWord(uint64_t word);
  // It goes on as one that Add has been told of.
  void Recall(uint64_t request);
  // The first word that early reads wait for; 0: none.
  uint64_t WaitsForWord() const { return early_.empty() ? 0 : early_.front().word; }

  const std::vector<uint64_t>& requests() const { return requests_; }  // but for the early ones
  bool Has(uint64_t request) const;
  bool empty() const { return requests_.empty() && early_.empty(); }

 private:
  struct Entry {
    uint64_t hash = 0;
    uint64_t request = 0;
    Peer route = kSelf;
    bool write = false;
  };

  struct Early {
    uint64_t hash = 0;
    uint64_t request = 0;
    uint64_t word = 0;
  };

  std::vector<Entry> entries_;
  std::vector<Early> early_;        // By key, in the order of their words.
  std::vector<uint64_t> requests_;  // All in flight but for those, in no order.
  uint64_t everything_ = 0;         // The request over the whole keyspace; 0 if none.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_KEYS_IN_FLIGHT_H_
