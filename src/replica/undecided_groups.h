// The groups of writes that a replica has taken and does not know to be decided. It keeps them
// aside, durably, and goes on showing its records as they were: so that a group of unknown outcome
// can still be taken whole, or dropped whole, by whoever is primary next
// (docs/architecture.md, "Groups").
//
// Part of a stripe; guarded by its lock. The stripe stores every change in the batch that makes it.
#ifndef KINDRED_REPLICA_UNDECIDED_GROUPS_H_
#define KINDRED_REPLICA_UNDECIDED_GROUPS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "message/message.h"

namespace kindred {

using UndecidedGroup = std::shared_ptr<const GuardedGroup>;

// The group's write of a record key; null if it has none.
const Guarded* ItemOf(const GuardedGroup& group, std::string_view record_key);

// By the dots of groups' first writes.
bool IsConcluded(const GuardedGroup& group, const std::vector<Dot>& concluded);

class UndecidedGroups {
 public:
  bool empty() const { return by_key_.empty(); }

  // The groups that write this record key, in the order in which they came.
  std::vector<UndecidedGroup> Of(std::string_view record_key) const;
  // The group whose write of this record key has this dot; null if there is none.
  UndecidedGroup Find(std::string_view record_key, const Dot& dot) const;
  std::vector<UndecidedGroup> All() const;

  void Add(const UndecidedGroup& group);
  void Remove(const GuardedGroup& group);

  // Calls `act` with each record key in [from, until) and the groups that write it, in order.
  // An empty `until` is the end.
  template <typename Act>
  void ForRange(const std::string& from, const std::string& until, const Act& act) const {
    for (auto it = by_key_.lower_bound(from);
         it != by_key_.end() && (until.empty() || it->first < until); ++it) {
      act(it->first, it->second);
    }
  }

  // What is stored in the column `meta`, under kUndecidedGroupPrefix and the first write's dot.
  //   group := format:u8 count:varint (key:bytes base version kept:varint version...
  //   flushed:u64)...
  static std::string MetaKey(const GuardedGroup& group);
  static std::string Encode(const GuardedGroup& group);
  static bool Decode(std::string_view bytes, GuardedGroup* group);

 private:
  std::map<std::string, std::vector<UndecidedGroup>, std::less<>> by_key_;
};

}  // namespace kindred

#endif  // KINDRED_REPLICA_UNDECIDED_GROUPS_H_
