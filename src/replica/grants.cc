#include "replica/grants.h"

#include <algorithm>

#include "base/bytes.h"

namespace kindred {
namespace {
constexpr uint8_t kFormat = 1;
const Grant kNobody;
}  // namespace

std::string Grant::Encode() const {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.U64(holder);
  out.U64(since);
  out.U64(until);
  return bytes;
}

bool Grant::Decode(std::string_view bytes, Grant* grant) {
  ByteReader in(bytes);
  if (in.U8() != kFormat) return false;
  grant->holder = in.U64();
  grant->since = in.U64();
  grant->until = in.U64();
  return in.ok() && in.AtEnd();
}

Grants::Answer Grants::OnPrepare(uint32_t vnode, uint64_t actor, uint64_t from, uint64_t until) {
  Grant& grant = grants_[vnode];
  if (grant.holder != actor && from < grant.until) return {false, 0, grant.until};
  const Grant before = grant;
  if (grant.holder != actor) grant = {actor, from, 0};
  grant.until = std::max(grant.until, until);
  const bool taken_over = before.holder != 0 && before.holder != actor;
  return {true, grant.since, 0, grant != before, taken_over};
}

const Grant& Grants::Of(uint32_t vnode) const {
  auto found = grants_.find(vnode);
  return found == grants_.end() ? kNobody : found->second;
}

std::string Grants::MetaKey(uint32_t vnode) {
  std::string key(kMetaPrefix);
  ByteWriter(&key).U32(vnode);
  return key;
}

bool Grants::VnodeOfMetaKey(std::string_view key, uint32_t* vnode) {
  if (!key.starts_with(kMetaPrefix)) return false;
  ByteReader in(key.substr(kMetaPrefix.size()));
  *vnode = in.U32();
  return in.ok() && in.AtEnd();
}

}  // namespace kindred
