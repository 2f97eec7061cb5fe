// Entries of a stripe that stay in its cache, and where they are, as long as this lives.
//
// Lives within one hold of the stripe's lock.
#ifndef KINDRED_NODE_HELD_RECORDS_H_
#define KINDRED_NODE_HELD_RECORDS_H_

#include <utility>
#include <vector>

#include "replica/record_cache.h"

namespace kindred {

class HeldRecords {
 public:
  HeldRecords() = default;
  HeldRecords(HeldRecords&& other) noexcept : entries_(std::exchange(other.entries_, {})) {}
  HeldRecords& operator=(HeldRecords&&) = delete;
  ~HeldRecords() {
    for (CachedRecord* entry : entries_) --entry->pins;
  }

  void Add(CachedRecord* entry) {
    ++entry->pins;
    entries_.push_back(entry);
  }
  const std::vector<CachedRecord*>& entries() const { return entries_; }

 private:
  std::vector<CachedRecord*> entries_;
};

}  // namespace kindred

#endif  // KINDRED_NODE_HELD_RECORDS_H_
