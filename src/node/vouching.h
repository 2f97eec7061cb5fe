// Reads that wait for the word of other replicas; private to coordinator*.cc.
#ifndef KINDRED_NODE_VOUCHING_H_
#define KINDRED_NODE_VOUCHING_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "node/coordinator.h"

namespace kindred {

// One question, to all whose word some of its reads needs.
struct Coordinator::VouchRound {
  uint64_t question = 0;
  uint64_t asked_ms = 0;
  absl::InlinedVector<Peer, 4> unanswered;
  std::vector<uint32_t> behind;  // BehindNumber of keys
  std::vector<uint64_t> reads;   // pendings
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

  std::vector<Asked> peers;  // few
  std::vector<VouchRound> rounds;
  std::vector<uint64_t> gathering;  // pendings

  Asked& Of(Peer peer) {
    for (Asked& each : peers) {
      if (each.peer == peer) return each;
    }
    peers.push_back({});
    peers.back().peer = peer;
    return peers.back();
  }
};

}  // namespace kindred

#endif  // KINDRED_NODE_VOUCHING_H_
