// As a reader: which of this node's records are in step with enough other replicas, so that their
// word is enough to answer them (docs/architecture.md, "Reads that are vouched for"). Each vnode
// has a step, a number; a record is in step as long as it carries its vnode's, and leaves it when a
// vouching replica has told of a change, or who vouches has become another.
//
// Threads: has its own lock; every loop may call every method. A number may be looked at without.
#ifndef KINDRED_NODE_STEPS_H_
#define KINDRED_NODE_STEPS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "message/message.h"
#include "message/outbox.h"

namespace kindred {

class Steps {
 public:
  Steps();
  Steps(const Steps&) = delete;

  // The step of a vnode now; never 0, and none twice.
  uint64_t Of(uint32_t vnode) const { return At(vnode).load(std::memory_order_acquire); }
  // Which view of the cluster says who vouches; only a loop that looks at that one may read in
  // step.
  uint64_t view_version() const { return view_version_.load(std::memory_order_acquire); }

  // Something has happened here that vouching replicas do not know of.
  void Leave(uint32_t vnode);
  void OnView(uint64_t version);
  // The peer's standing is not known any more.
  void Forget(Peer peer);
  void WantToHear(Peer peer);

  Standing Known(Peer peer) const;
  // False: it is from an earlier life of the peer than what is known.
  bool Hear(Peer peer, const Vouch& vouch);
  // The step that a record of the vnode is in if it was the same at peers of these standings;
  // nothing if they are not the ones that are known: then they are to be heard.
  std::optional<uint64_t> Join(uint32_t vnode, uint64_t view_version,
                               std::span<const std::pair<Peer, Standing>> told);
  bool WantsToHear() const { return wants_to_hear_.load(std::memory_order_acquire); }
  std::vector<Peer> TakeToHear();

 private:
  // Vnodes share a number if there are more than that.
  static constexpr size_t kNumbers = 1024;

  std::atomic<uint64_t>& At(uint32_t vnode) { return numbers_[vnode % kNumbers]; }
  const std::atomic<uint64_t>& At(uint32_t vnode) const { return numbers_[vnode % kNumbers]; }
  void LeaveLocked(uint32_t vnode);
  void LeaveAllLocked();
  void WantToHearLocked(Peer peer);

  mutable std::mutex mutex_;
  uint64_t last_ = 0;
  std::array<std::atomic<uint64_t>, kNumbers> numbers_;
  std::atomic<uint64_t> view_version_{0};
  std::map<Peer, Standing> known_;
  std::set<Peer> to_hear_;
  std::atomic<bool> wants_to_hear_{false};
};

}  // namespace kindred

#endif  // KINDRED_NODE_STEPS_H_
