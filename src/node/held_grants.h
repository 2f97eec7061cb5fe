// As a primary: up to which time a majority of each vnode's replicas lets this node name guarded
// dots, and since when that majority has granted to nobody else. What replicas gave is
// replica/grants.h; this is the asker's side.
//
// Part of a stripe's primary; guarded by the stripe's lock.
#ifndef KINDRED_NODE_HELD_GRANTS_H_
#define KINDRED_NODE_HELD_GRANTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "message/outbox.h"

namespace kindred {

struct HeldGrant {
  uint64_t until = 0;    // guarded dots below this may be named; 0: none
  uint64_t since = 0;    // a majority has been ours without a break since then
  uint64_t used_ms = 0;  // when it was last wanted
  uint64_t lost_ms = 0;  // when another was seen to have it

  // While asking.
  uint64_t round = 0;  // 0: not asking
  uint64_t asked_until = 0;
  uint64_t asked_ms = 0;
  uint32_t asked_again = 0;  // for want of answers
  uint32_t refused = 0;      // times that another was seen to have it
  std::vector<Peer> answered;
  std::vector<uint64_t> granted_since;  // of those who granted
  std::vector<std::string> waiting;     // keys whose work goes on when it is over
};

// By vnode, sorted, because what is renewed in one message can be seen from outside.
using HeldGrants = std::map<uint32_t, HeldGrant>;

}  // namespace kindred

#endif  // KINDRED_NODE_HELD_GRANTS_H_
