// Who is alive, as this process sees it: a peer is suspect when one of our links to it is down, or
// has been silent for longer than a heartbeat may be late. Gossip will add what others see.
//
// Plain state, fed by every loop; the caller holds a lock.
#ifndef KINDRED_MEMBERSHIP_LIVENESS_H_
#define KINDRED_MEMBERSHIP_LIVENESS_H_

#include <cstdint>
#include <vector>

#include "message/outbox.h"

namespace kindred {

class Liveness {
 public:
  Liveness(uint32_t lanes, uint64_t suspect_after_ms)
      : lanes_(lanes), suspect_after_ms_(suspect_after_ms) {}

  // Each says whether who is alive, or whose links are up, has changed.
  bool OnUp(Peer peer, uint32_t lane, uint64_t now_ms);
  bool OnDown(Peer peer, uint32_t lane);
  bool OnHeard(Peer peer, uint32_t lane, uint64_t now_ms);
  bool OnTick(uint64_t now_ms);

  bool alive(Peer peer) const;                 // all links up, and none silent for too long
  bool link_up(Peer peer) const;               // all links up: what is sent may still arrive
  uint64_t link_up_since_ms(Peer peer) const;  // REQUIRES: link_up(peer)

 private:
  struct Link {
    bool up = false;
    bool silent = false;
    uint64_t up_ms = 0;
    uint64_t heard_ms = 0;
  };
  Link& LinkTo(Peer peer, uint32_t lane);

  const uint32_t lanes_;
  const uint64_t suspect_after_ms_;
  std::vector<Link> links_;  // peer after peer, `lanes_` each
};

}  // namespace kindred

#endif  // KINDRED_MEMBERSHIP_LIVENESS_H_
