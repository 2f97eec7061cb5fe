#include "node/conclusion.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "replica/stripe.h"
#include "store/keys.h"

namespace kindred {
namespace {

const Dot& NameOf(const GuardedGroup& group) { return group.items.front().version.dot; }

// The newest first: what it was computed from tells of the earlier ones.
void SortByTime(std::vector<GuardedGroup>* groups) {
  std::ranges::sort(*groups, [](const GuardedGroup& a, const GuardedGroup& b) {
    const Dot &x = NameOf(a), &y = NameOf(b);
    return x.time != y.time ? x.time > y.time : x.actor > y.actor;
  });
}

bool IsOvertaken(const Record& record, const Dot& dot) {
  return !record.context.Covers(dot) &&
         std::ranges::any_of(record.versions, [&](const Version& version) {
           return version.guarded && version.dot.time > dot.time;
         });
}

}  // namespace

std::vector<Record> Conclude(const std::vector<std::string>& keys, std::vector<Record> shown,
                             std::vector<GuardedGroup> groups,
                             const std::function<uint64_t(uint8_t db)>& flushed) {
  CHECK(keys.size() == shown.size());
  std::vector<Record> records = std::move(shown);
  const auto record_of = [&](const Guarded& item) -> Record& {
    const auto found = std::ranges::find(keys, item.key);
    CHECK(found != keys.end());
    return records[static_cast<size_t>(found - keys.begin())];
  };
  SortByTime(&groups);
  for (const GuardedGroup& group : groups) {
    bool decided = false, dropped = false;
    for (const Guarded& item : group.items) {
      const Dot& dot = item.version.dot;
      decided = decided || record_of(item).context.Covers(dot);
      dropped = dropped || dot.time <= flushed(DbOf(item.key)) || IsOvertaken(record_of(item), dot);
    }
    if (dropped && !decided) continue;
    for (const Guarded& item : group.items) {
      record_of(item) = Merge(record_of(item), RecordOf(item));
    }
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    records[i] = DropUpTo(std::move(records[i]), flushed(DbOf(keys[i])));
  }
  return records;
}

void AddGroups(const std::vector<GuardedGroup>& more, std::vector<GuardedGroup>* groups) {
  for (const GuardedGroup& each : more) {
    const bool there = std::ranges::any_of(
        *groups, [&](const GuardedGroup& group) { return NameOf(group) == NameOf(each); });
    if (!there) groups->push_back(each);
  }
}

std::vector<std::string> KeysOf(const std::vector<GuardedGroup>& groups) {
  std::vector<std::string> keys;
  for (const GuardedGroup& group : groups) {
    for (const Guarded& item : group.items) {
      if (std::ranges::find(keys, item.key) == keys.end()) keys.push_back(item.key);
    }
  }
  return keys;
}

}  // namespace kindred
