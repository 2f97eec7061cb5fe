#include "server/keys_in_flight.h"

#include <algorithm>

#include "base/hash.h"

namespace kindred {

uint64_t KeysInFlight::HashOf(std::string_view key, uint8_t db) { return Hash64(key, db); }

uint64_t KeysInFlight::BlockerOf(const Touch& touch) const {
  if (requests_.empty()) return 0;
  if (everything_ != 0) return everything_;
  if (touch.everything) return requests_.back();
  if (entries_.size() + touch.keys.size() > kKeysInFlightMax) return entries_.front().request;
  for (const Entry& entry : entries_) {
    for (const Key& key : touch.keys) {
      if (entry.hash != key.hash || (!entry.write && !touch.write)) continue;
      bool in_order_anyway = entry.write && touch.write && entry.route == key.route;
      if (!in_order_anyway) return entry.request;
    }
  }
  return 0;
}

void KeysInFlight::Add(uint64_t request, const Touch& touch) {
  requests_.push_back(request);
  if (touch.everything) everything_ = request;
  for (const Key& key : touch.keys) {
    entries_.push_back({key.hash, request, key.route, touch.write});
  }
}

void KeysInFlight::Remove(uint64_t request) {
  auto found = std::find(requests_.begin(), requests_.end(), request);
  if (found == requests_.end()) return;
  *found = requests_.back();
  requests_.pop_back();
  if (everything_ == request) everything_ = 0;
  std::erase_if(entries_, [request](const Entry& entry) { return entry.request == request; });
}

}  // namespace kindred
