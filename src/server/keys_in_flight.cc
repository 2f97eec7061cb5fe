#include "server/keys_in_flight.h"

#include <algorithm>
#include <span>

#include "base/hash.h"

namespace kindred {

uint64_t KeysInFlight::HashOf(std::string_view key, uint8_t db) { return Hash64(key, db); }

uint64_t KeysInFlight::BlockerOf(const Touch& touch) const {
  if (everything_ != 0) return everything_;
  if (touch.everything && !requests_.empty()) return requests_.back();
  if (touch.everything) return early_.empty() ? 0 : early_.back().request;
  for (const Early& early : touch.write ? std::span(early_) : std::span<const Early>()) {
    for (const Key& key : touch.keys) {
      if (early.hash == key.hash) return early.request;
    }
  }
  if (requests_.empty()) return 0;
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

void KeysInFlight::AddEarly(uint64_t request, uint64_t word, const Touch& touch) {
  for (const Key& key : touch.keys) early_.push_back({key.hash, request, word});
}

void KeysInFlight::OnWord(uint64_t word) {
  early_.erase(early_.begin(), std::ranges::upper_bound(early_, word, {}, &Early::word));
}

void KeysInFlight::Recall(uint64_t request) {
  Touch touch;
  std::erase_if(early_, [&](const Early& early) {
    if (early.request != request) return false;
    touch.keys.push_back({early.hash, kSelf});
    return true;
  });
  Add(request, touch);
}

bool KeysInFlight::Has(uint64_t request) const {
  return std::ranges::find(requests_, request) != requests_.end() ||
         std::ranges::find(early_, request, &Early::request) != early_.end();
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
