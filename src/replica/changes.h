// What has happened at this node that other replicas may not know of: what it tells who asks it to
// vouch for records (docs/architecture.md, "Reads that are vouched for"). Three things count:
//   - a change: a vnode has been granted to another, or a record was changed by anything but a
//     guarded write of the vnode's holder;
//   - behind: as a primary, this node has sent a guarded write, and the replica has not answered
//     it, or has not got it while its outcome is open;
//   - missed: that is over, and the replica has not got it.
//
// Threads: has its own lock; every loop may call every method.
#ifndef KINDRED_REPLICA_CHANGES_H_
#define KINDRED_REPLICA_CHANGES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "message/message.h"
#include "message/outbox.h"

namespace kindred {

// Stands for a key in a vouch. Two keys may have the same number: a reader is then careful for
// nothing.
uint32_t BehindNumber(std::string_view record_key);

class Changes {
 public:
  // A guarded write on its way to the other replicas. It is *open* until it is decided or given up.
  struct Write {
    enum class State : uint8_t { kOpen, kDecided, kAbandoned };
    struct Key {
      uint32_t number = 0;  // BehindNumber of the key
      std::string key;      // empty: the writer does not want to hear of it again
      Dot dot;              // its version's
    };
    uint32_t lane = 0;  // of the links that it is sent on
    absl::InlinedVector<Key, 1> keys;
    absl::InlinedVector<Peer, 4> unanswered;
    absl::InlinedVector<Peer, 4> lacking;  // who was not sent it, has refused it, or was cut off
    State state = State::kOpen;
  };

  // `life` is larger than that of the node's life before.
  explicit Changes(uint64_t life) : life_(life) {}

  void Note(uint32_t vnode);

  // `round` is not used twice. Before anybody is sent it.
  void BeginWrite(uint64_t round, Write write);
  // Returns those of its keys that the writer wants to hear of, if the peer had not answered yet.
  absl::InlinedVector<Write::Key, 1> OnAck(Peer peer, uint64_t round);
  void OnNack(Peer peer, uint64_t round);
  // What has not been answered on it never will be, and nobody takes it after the next link is up.
  void OnLinkDown(Peer peer, uint32_t lane);
  // It is decided; or given up, though those who have not answered may yet take it.
  void EndWrite(uint64_t round, bool decided);
  // Whether a write of this key is open, or given up but not answered by all.
  bool HasUndecided(std::string_view record_key) const;

  Standing StandingFor(Peer peer) const;
  // But for what the clock and the flushes say.
  Vouch VouchFor(Peer peer, const Standing& known) const;

 private:
  static constexpr size_t kRememberedMax = 256;  // changes, of which the vnode is known

  using Writes = absl::flat_hash_map<uint64_t, Write>;
  static bool TakeAnswer(Peer peer, Write* write);  // false: the peer has answered before
  void Settle(Writes::iterator write);
  void EndUndecided(const Write& write);
  Standing StandingForLocked(Peer peer) const;

  const uint64_t life_;
  mutable std::mutex mutex_;
  uint64_t changes_ = 0;
  std::deque<uint32_t> remembered_;  // vnodes of the last changes, oldest first
  Writes writes_;                    // by round
  // By number: how many writes of such keys are open, or given up but not answered by all.
  absl::flat_hash_map<uint32_t, uint32_t> undecided_;
  std::map<Peer, uint64_t> missed_;
};

}  // namespace kindred

#endif  // KINDRED_REPLICA_CHANGES_H_
