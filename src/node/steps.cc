#include "node/steps.h"

#include <algorithm>

namespace kindred {

Steps::Steps() {
  std::lock_guard lock(mutex_);
  LeaveAllLocked();
}

void Steps::LeaveLocked(uint32_t vnode) { At(vnode).store(++last_, std::memory_order_release); }

void Steps::LeaveAllLocked() {
  for (uint32_t vnode = 0; vnode < kNumbers; ++vnode) LeaveLocked(vnode);
}

void Steps::Leave(uint32_t vnode) {
  std::lock_guard lock(mutex_);
  LeaveLocked(vnode);
}

void Steps::OnView(uint64_t version) {
  std::lock_guard lock(mutex_);
  LeaveAllLocked();
  view_version_.store(version, std::memory_order_release);
}

void Steps::Forget(Peer peer) {
  std::lock_guard lock(mutex_);
  if (known_.erase(peer) > 0) LeaveAllLocked();
}

void Steps::WantToHear(Peer peer) {
  std::lock_guard lock(mutex_);
  WantToHearLocked(peer);
}

void Steps::WantToHearLocked(Peer peer) {
  to_hear_.insert(peer);
  wants_to_hear_.store(true, std::memory_order_release);
}

Standing Steps::Known(Peer peer) const {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(peer);
  return found == known_.end() ? Standing() : found->second;
}

// An older standing than what is known says nothing new: what it lacks has been left already.
bool Steps::Hear(Peer peer, const Vouch& vouch) {
  std::lock_guard lock(mutex_);
  Standing& known = known_[peer];
  const Standing& told = vouch.standing;
  if (told.life < known.life) return false;
  const bool new_life = told.life > known.life;
  if (!new_life && told.changes <= known.changes && told.missed <= known.missed) return true;
  if (vouch.all || new_life) {
    LeaveAllLocked();
  } else {
    for (uint32_t vnode : vouch.changed) LeaveLocked(vnode);
  }
  known = new_life ? told
                   : Standing{told.life, std::max(told.changes, known.changes),
                              std::max(told.missed, known.missed)};
  return true;
}

std::optional<uint64_t> Steps::Join(uint32_t vnode, uint64_t view_version,
                                    std::span<const std::pair<Peer, Standing>> told) {
  std::lock_guard lock(mutex_);
  if (view_version != view_version_.load(std::memory_order_relaxed)) return std::nullopt;
  bool known = true;
  for (const auto& [peer, standing] : told) {
    const auto found = known_.find(peer);
    if (found != known_.end() && found->second == standing) continue;
    known = false;
    WantToHearLocked(peer);
  }
  if (!known) return std::nullopt;
  return At(vnode).load(std::memory_order_relaxed);
}

std::vector<Peer> Steps::TakeToHear() {
  std::lock_guard lock(mutex_);
  wants_to_hear_.store(false, std::memory_order_release);
  const std::set<Peer> peers = std::exchange(to_hear_, {});
  return {peers.begin(), peers.end()};
}

}  // namespace kindred
