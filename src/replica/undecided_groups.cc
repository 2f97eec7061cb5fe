#include "replica/undecided_groups.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "store/keys.h"

namespace kindred {
namespace {

constexpr uint8_t kFormat = 1;

void EncodeItem(const Guarded& item, ByteWriter& out) {
  out.Bytes(item.key);
  item.base.Encode(out);
  item.version.Encode(out);
  out.Varint(item.kept.size());
  for (const Version& kept : item.kept) kept.Encode(out);
  out.U64(item.flushed);
}

bool DecodeItem(ByteReader& in, Guarded* item) {
  item->key = in.Bytes();
  if (!Context::Decode(in, &item->base) || !Version::Decode(in, &item->version)) return false;
  const uint64_t kept = in.Varint();
  for (uint64_t i = 0; i < kept && in.ok(); ++i) {
    if (!Version::Decode(in, &item->kept.emplace_back())) return false;
  }
  item->flushed = in.U64();
  return in.ok() && SplitRecordKey(item->key).has_value();
}

}  // namespace

const Guarded* ItemOf(const GuardedGroup& group, std::string_view record_key) {
  const auto found = std::ranges::find(group.items, record_key, &Guarded::key);
  return found == group.items.end() ? nullptr : &*found;
}

bool IsConcluded(const GuardedGroup& group, const std::vector<Dot>& concluded) {
  return std::ranges::find(concluded, group.items.front().version.dot) != concluded.end();
}

std::vector<UndecidedGroup> UndecidedGroups::Of(std::string_view record_key) const {
  if (by_key_.empty()) return {};
  const auto found = by_key_.find(record_key);
  return found == by_key_.end() ? std::vector<UndecidedGroup>() : found->second;
}

UndecidedGroup UndecidedGroups::Find(std::string_view record_key, const Dot& dot) const {
  for (const UndecidedGroup& group : Of(record_key)) {
    if (ItemOf(*group, record_key)->version.dot == dot) return group;
  }
  return nullptr;
}

std::vector<UndecidedGroup> UndecidedGroups::All() const {
  std::vector<UndecidedGroup> all;
  for (const auto& [key, groups] : by_key_) {
    for (const UndecidedGroup& group : groups) {
      if (group->items.front().key == key) all.push_back(group);
    }
  }
  return all;
}

void UndecidedGroups::Add(const UndecidedGroup& group) {
  CHECK(!group->items.empty());
  for (const Guarded& item : group->items) by_key_[item.key].push_back(group);
}

void UndecidedGroups::Remove(const GuardedGroup& group) {
  for (const Guarded& item : group.items) {
    const auto found = by_key_.find(item.key);
    if (found == by_key_.end()) continue;
    std::erase_if(found->second, [&](const UndecidedGroup& each) {
      return ItemOf(*each, item.key)->version.dot == item.version.dot;
    });
    if (found->second.empty()) by_key_.erase(found);
  }
}

std::string UndecidedGroups::MetaKey(const GuardedGroup& group) {
  const Dot& dot = group.items.front().version.dot;
  std::string key(kUndecidedGroupPrefix);
  ByteWriter out(&key);
  out.U64(dot.actor);
  out.U64(dot.time);
  return key;
}

std::string UndecidedGroups::Encode(const GuardedGroup& group) {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.Varint(group.items.size());
  for (const Guarded& item : group.items) EncodeItem(item, out);
  return bytes;
}

bool UndecidedGroups::Decode(std::string_view bytes, GuardedGroup* group) {
  ByteReader in(bytes);
  if (in.U8() != kFormat) return false;
  const uint64_t items = in.Varint();
  for (uint64_t i = 0; i < items && in.ok(); ++i) {
    if (!DecodeItem(in, &group->items.emplace_back())) return false;
  }
  return in.ok() && in.AtEnd() && !group->items.empty();
}

}  // namespace kindred
