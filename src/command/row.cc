#include "command/row.h"

#include "topology/slot.h"

namespace kindred {

KeyRange KeysOf(const CommandRow& row, Args args) {
  if (row.keys.first <= 0 || static_cast<size_t>(row.keys.first) >= args.size()) return {};
  const int64_t size = static_cast<int64_t>(args.size());
  const int64_t last = row.keys.last < 0 ? size + row.keys.last : row.keys.last;
  if (last < row.keys.first || last >= size) return {};
  KeyRange range;
  range.first = static_cast<size_t>(row.keys.first);
  range.step = static_cast<size_t>(row.keys.step);
  range.count = (static_cast<size_t>(last) - range.first) / range.step + 1;
  return range;
}

bool InOneSlot(const CommandRow& row, Args args) {
  const KeyRange keys = KeysOf(row, args);
  for (size_t i = 1; i < keys.count; ++i) {
    if (KeySlot(args[keys.At(i)]) != KeySlot(args[keys.At(0)])) return false;
  }
  return true;
}

uint32_t KeyUseOf(const CommandRow& row, Args args, size_t i) {
  if (i > 0 && row.rest_use != 0) return row.rest_use;
  return row.key_use_of != nullptr ? row.key_use_of(args) : row.key_use & ~kKeyVariable;
}

uint32_t AclCategoriesOf(const CommandRow& row) {
  uint32_t acl = row.acl;
  if (row.flags & kFlagWrite) acl |= kAclWrite;
  if ((row.flags & kFlagReadonly) && !(acl & kAclScripting)) acl |= kAclRead;
  if (row.flags & kFlagAdmin) acl |= kAclAdmin | kAclDangerous;
  if (row.flags & kFlagPubsub) acl |= kAclPubsub;
  if (row.flags & kFlagFast) acl |= kAclFast;
  if (row.flags & kFlagBlocking) acl |= kAclBlocking;
  if (!(acl & kAclFast)) acl |= kAclSlow;
  return acl;
}

}  // namespace kindred
