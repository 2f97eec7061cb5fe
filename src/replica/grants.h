// What this replica has granted: for each vnode, which actor may name guarded dots, without a break
// since when, and below which time. Whoever takes over names later dots than all before, because a
// grant is given only from where the previous holder's ends (docs/architecture.md, guarded writes,
// rule 1).
//
// Part of a stripe; guarded by its lock. The stripe stores every change before the answer leaves.
#ifndef KINDRED_REPLICA_GRANTS_H_
#define KINDRED_REPLICA_GRANTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace kindred {

struct Grant {
  uint64_t holder = 0;  // actor; 0: nobody yet
  uint64_t since = 0;   // the holder has held it without a break since this time
  uint64_t until = 0;   // the holder's dots are below this time

  bool Allows(uint64_t actor, uint64_t time) const { return holder == actor && time < until; }
  bool operator==(const Grant&) const = default;
  std::string Encode() const;
  static bool Decode(std::string_view bytes, Grant* grant);
};

class Grants {
 public:
  struct Answer {
    bool granted = false;
    uint64_t since = 0;          // if granted
    uint64_t refused_below = 0;  // if refused
    bool changed = false;        // the grant has to be stored
    bool taken_over = false;     // another has held it until now
  };
  // `actor` wants to name dots in [from, until).
  Answer OnPrepare(uint32_t vnode, uint64_t actor, uint64_t from, uint64_t until);

  const Grant& Of(uint32_t vnode) const;
  void Restore(uint32_t vnode, const Grant& grant) { grants_[vnode] = grant; }

  static std::string MetaKey(uint32_t vnode);  // "grant/" and the vnode
  static constexpr std::string_view kMetaPrefix = "grant/";
  static bool VnodeOfMetaKey(std::string_view key, uint32_t* vnode);

 private:
  absl::flat_hash_map<uint32_t, Grant> grants_;
};

}  // namespace kindred

#endif  // KINDRED_REPLICA_GRANTS_H_
