#ifndef KINDRED_IO_GATE_H_
#define KINDRED_IO_GATE_H_

// What waits for the disk: items that may leave when the store's durable sequence has reached
// theirs. They leave in the order of their sequences, and of their arrival where those are equal.
//
// Owned by a loop. Bounded by what is in flight on it.

#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

namespace kindred {

template <typename Item>
class Gate {
 public:
  void Add(uint64_t sequence, Item item) {
    // Sequences grow with time, so the place is nearly always at the end.
    auto place = waiting_.end();
    while (place != waiting_.begin() && std::prev(place)->first > sequence) --place;
    waiting_.emplace(place, sequence, std::move(item));
  }

  // The next item that may leave; nothing if there is none.
  std::optional<Item> Take(uint64_t durable) {
    if (waiting_.empty() || waiting_.front().first > durable) return std::nullopt;
    std::optional<Item> item = std::move(waiting_.front().second);
    waiting_.pop_front();
    return item;
  }

  // The sequence that the first item waits for; 0 if there is none.
  uint64_t WaitsFor() const { return waiting_.empty() ? 0 : waiting_.front().first; }

 private:
  std::deque<std::pair<uint64_t, Item>> waiting_;
};

}  // namespace kindred

#endif  // KINDRED_IO_GATE_H_
