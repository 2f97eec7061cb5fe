// The tally of one write: who has taken it, who has refused it, and what follows. A value without
// I/O.
#ifndef KINDRED_QUORUM_WRITE_TALLY_H_
#define KINDRED_QUORUM_WRITE_TALLY_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "message/outbox.h"

namespace kindred {

class WriteTally {
 public:
  WriteTally() = default;
  // `others`: replicas besides the writer's own.
  WriteTally(uint32_t others, uint32_t majority) : others_(others), majority_(majority) {}

  void AddAck(Peer peer) { AddTo(&acked_, peer); }
  // It was refused, or never sent.
  void AddNack(Peer peer) { AddTo(&nacked_, peer); }
  // The writer's own copy counts only now.
  void AddOwn() { own_ = true; }

  uint32_t acks() const { return static_cast<uint32_t>(acked_.size()); }
  uint32_t total() const { return acks() + (own_ ? 1 : 0); }
  bool own() const { return own_; }
  // Enough others have taken it for the writer's own copy to make a majority.
  bool OwnWouldDo() const { return acks() + 1 >= majority_; }
  bool Decided() const { return total() >= majority_; }
  bool AllAnswered() const { return acked_.size() + nacked_.size() >= others_; }
  // REQUIRES: !Decided(). Nobody has it, so that the command may be run again.
  bool NobodyTook() const { return AllAnswered() && acked_.empty() && !own_; }

 private:
  void AddTo(std::vector<Peer>* peers, Peer peer) {
    const auto known = [&](const std::vector<Peer>& list) {
      return std::find(list.begin(), list.end(), peer) != list.end();
    };
    if (!known(acked_) && !known(nacked_)) peers->push_back(peer);
  }

  uint32_t others_ = 0;
  uint32_t majority_ = 1;
  bool own_ = false;
  std::vector<Peer> acked_;
  std::vector<Peer> nacked_;
};

}  // namespace kindred

#endif  // KINDRED_QUORUM_WRITE_TALLY_H_
