#include "membership/liveness.h"

#include <algorithm>

#include "base/check.h"

namespace kindred {

Liveness::Link& Liveness::LinkTo(Peer peer, uint32_t lane) {
  CHECK(lane < lanes_);
  const size_t index = static_cast<size_t>(peer) * lanes_ + lane;
  if (index >= links_.size()) links_.resize((static_cast<size_t>(peer) + 1) * lanes_);
  return links_[index];
}

bool Liveness::OnUp(Peer peer, uint32_t lane, uint64_t now_ms) {
  Link& link = LinkTo(peer, lane);
  const bool changed = !link.up || link.silent;
  link = {true, false, now_ms, now_ms};
  return changed;
}

bool Liveness::OnDown(Peer peer, uint32_t lane) {
  Link& link = LinkTo(peer, lane);
  const bool changed = link.up;
  link.up = false;
  return changed;
}

bool Liveness::OnHeard(Peer peer, uint32_t lane, uint64_t now_ms) {
  Link& link = LinkTo(peer, lane);
  link.heard_ms = now_ms;
  const bool changed = link.silent;
  link.silent = false;
  return changed && link.up;
}

bool Liveness::OnTick(uint64_t now_ms) {
  bool changed = false;
  for (Link& link : links_) {
    if (link.up && !link.silent && now_ms > link.heard_ms + suspect_after_ms_) {
      link.silent = true;
      changed = true;
    }
  }
  return changed;
}

bool Liveness::alive(Peer peer) const {
  if (!link_up(peer)) return false;
  for (uint32_t lane = 0; lane < lanes_; ++lane) {
    if (links_[static_cast<size_t>(peer) * lanes_ + lane].silent) return false;
  }
  return true;
}

bool Liveness::link_up(Peer peer) const {
  const size_t first = static_cast<size_t>(peer) * lanes_;
  if (first + lanes_ > links_.size()) return false;
  for (uint32_t lane = 0; lane < lanes_; ++lane) {
    if (!links_[first + lane].up) return false;
  }
  return true;
}

uint64_t Liveness::link_up_since_ms(Peer peer) const {
  uint64_t since_ms = 0;
  for (uint32_t lane = 0; lane < lanes_; ++lane) {
    since_ms = std::max(since_ms, links_[static_cast<size_t>(peer) * lanes_ + lane].up_ms);
  }
  return since_ms;
}

}  // namespace kindred
