// Reads that wait for the word of other replicas; private to coordinator*.cc. Most of them have
// been answered early, as they arrived, and it is their reply that waits: what is kept of them lies
// in one piece for all reads of a round, and is looked at once, when the word has come.
#ifndef KINDRED_NODE_VOUCHING_H_
#define KINDRED_NODE_VOUCHING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "node/coordinator.h"

namespace kindred {

// A client's command, as far as it takes to run it again if its reply is recalled.
struct Coordinator::EarlyCommand {
  uint64_t id = 0;
  uint64_t connection = 0;
  const CommandRow* row = nullptr;
  uint64_t deadline_ms = 0;
  Lookups lookups;  // that its reply has told
  Level level;
  uint8_t db = 0;
  uint8_t protocol = 2;
  size_t args_begin = 0;  // in EarlyReads::bytes: their number, and each of them
};

// One of its keys, and how that was when it was read.
struct Coordinator::EarlyKey {
  uint64_t step = 0;      // its vnode's
  uint64_t sequence = 0;  // its record's
  uint64_t changes = 0;   // its stripe's
  uint32_t vnode = 0;
  uint32_t command = 0;  // in EarlyReads::commands
  size_t begin = 0;      // of its record key, in EarlyReads::bytes
  size_t size = 0;
};

struct Coordinator::EarlyReads {
  // So many keys may wait for one word; reads beyond it are plain.
  static constexpr size_t kKeysMax = size_t{1} << 14;
  // Memory for the next round's arguments.
  static constexpr size_t kBytesKept = size_t{1} << 20;

  std::vector<EarlyCommand> commands;
  std::vector<EarlyKey> keys;
  std::string bytes;

  std::string_view KeyOf(const EarlyKey& key) const {
    return std::string_view(bytes).substr(key.begin, key.size);
  }
  void Clear() {
    commands.clear();
    keys.clear();
    bytes.clear();
    if (bytes.capacity() > kBytesKept) bytes = std::string();
  }
};

// One question, to all whose word some of its reads needs.
struct Coordinator::VouchRound {
  uint64_t word = 0;  // the number of its answer, one after the other
  uint64_t question = 0;
  uint64_t asked_ms = 0;
  absl::InlinedVector<Peer, 4> unanswered;
  std::vector<uint32_t> behind;  // BehindNumber of keys
  EarlyReads early;
  std::vector<uint64_t> reads;  // pendings
  bool over = false;            // all of its reads have been looked at

  bool has_reads() const { return !reads.empty() || !early.commands.empty(); }
};

// Reads that arrive while as many questions are out as may be gather for the next one, because a
// word counts only for reads that had begun when it was given.
struct Coordinator::Vouching {
  struct Asked {
    Peer peer = kSelf;
    uint64_t question = 0;  // the last one that it was asked
    uint64_t asked_ms = 0;
    // It has not answered in time: nothing waits for it, but until it answers, reads that need its
    // word are plain.
    bool silent = false;
    bool wanted = false;  // by reads that gather, or its standing is to be heard
  };
  // One would leave the processor idle while all wait for it; each costs messages.
  static constexpr size_t kRoundsMax = 2;

  Vouching() { gathering.word = 1; }

  std::vector<Asked> peers;        // few
  std::vector<VouchRound> rounds;  // asked, in their order
  VouchRound gathering;
  EarlyReads spare;  // kept for its memory

  Asked& Of(Peer peer) {
    for (Asked& each : peers) {
      if (each.peer == peer) return each;
    }
    peers.push_back({});
    peers.back().peer = peer;
    return peers.back();
  }
  // What has gathered; the next reads gather for the next word.
  VouchRound TakeGathering() {
    VouchRound next;
    next.word = gathering.word + 1;
    next.early = std::exchange(spare, {});
    return std::exchange(gathering, std::move(next));
  }
  void Reuse(EarlyReads&& early) {
    early.Clear();
    if (early.commands.capacity() > spare.commands.capacity()) spare = std::move(early);
  }
};

}  // namespace kindred

#endif  // KINDRED_NODE_VOUCHING_H_
