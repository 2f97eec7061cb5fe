#include "server/acl_log.h"

#include <algorithm>
#include <utility>

namespace kindred {
namespace {

constexpr uint64_t kTogetherMs = 60000;
// So many of the newest entries are looked at for one that is the same.
constexpr std::ptrdiff_t kLookedAtMax = 10;

}  // namespace

void AclLog::Add(AclLogEntry denied, uint64_t now_ms, size_t entries_max) {
  std::lock_guard lock(mutex_);
  ++totals_[static_cast<size_t>(denied.reason)];
  const auto end =
      entries_.begin() + std::min(kLookedAtMax, static_cast<std::ptrdiff_t>(entries_.size()));
  const auto same = std::find_if(entries_.begin(), end, [&](const AclLogEntry& entry) {
    return entry.reason == denied.reason && entry.context == denied.context &&
           entry.object == denied.object && entry.user == denied.user &&
           now_ms <= entry.updated_ms + kTogetherMs;
  });
  if (same != end) {
    denied.count = same->count + 1;
    denied.id = same->id;
    denied.created_ms = same->created_ms;
    entries_.erase(same);
  } else {
    denied.id = next_id_++;
    denied.created_ms = now_ms;
  }
  denied.updated_ms = now_ms;
  entries_.push_front(std::move(denied));
  if (entries_.size() > entries_max) entries_.resize(entries_max);
}

void AclLog::Reset() {
  std::lock_guard lock(mutex_);
  entries_.clear();
}

std::vector<AclLogEntry> AclLog::Newest(size_t count) const {
  std::lock_guard lock(mutex_);
  const auto shown = static_cast<std::ptrdiff_t>(std::min(count, entries_.size()));
  return {entries_.begin(), entries_.begin() + shown};
}

AclLog::Totals AclLog::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

}  // namespace kindred
