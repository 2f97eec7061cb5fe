#include "causal/context.h"

#include <algorithm>

#include "base/check.h"

namespace kindred {
namespace {

constexpr size_t kEntryBytes = 16;

// The first entry at or after `from` whose actor is not below `actor`. Linear, because contexts
// hold a handful of actors and walks over two of them move forward together.
template <typename Iterator>
Iterator Seek(Iterator from, Iterator end, uint64_t actor) {
  while (from != end && from->actor < actor) ++from;
  return from;
}

}  // namespace

uint64_t Context::TimeOf(uint64_t actor) const {
  const auto it = Seek(entries_.begin(), entries_.end(), actor);
  return it != entries_.end() && it->actor == actor ? it->time : 0;
}

bool Context::CoversAll(const Context& other) const {
  if (other.size() > size()) return false;
  auto mine = entries_.begin();
  for (const Dot& dot : other.entries_) {
    mine = Seek(mine, entries_.end(), dot.actor);
    if (mine == entries_.end() || mine->actor != dot.actor || mine->time < dot.time) return false;
  }
  return true;
}

void Context::Add(Dot dot) {
  CHECK(dot.time > 0);
  const auto it = Seek(entries_.begin(), entries_.end(), dot.actor);
  if (it == entries_.end() || it->actor != dot.actor) {
    entries_.insert(it, dot);
  } else {
    it->time = std::max(it->time, dot.time);
  }
}

void Context::Merge(const Context& other) {
  if (this == &other) return;
  auto mine = entries_.begin();
  for (const Dot& dot : other.entries_) {
    mine = Seek(mine, entries_.end(), dot.actor);
    if (mine == entries_.end() || mine->actor != dot.actor) {
      mine = entries_.insert(mine, dot);
    } else {
      mine->time = std::max(mine->time, dot.time);
    }
  }
}

void Context::DropUpTo(uint64_t time) {
  const auto forgotten = [time](const Dot& dot) { return dot.time <= time; };
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), forgotten), entries_.end());
}

size_t Context::HeapBytes() const {
  return entries_.capacity() > Entries().capacity() ? entries_.capacity() * sizeof(Dot) : 0;
}

void Context::Encode(ByteWriter& out) const {
  out.Varint(entries_.size());
  for (const Dot& dot : entries_) {
    out.U64(dot.actor);
    out.U64(dot.time);
  }
}

bool Context::Decode(ByteReader& in, Context* out) {
  const uint64_t count = in.Varint();
  if (!in.ok() || count > in.remaining() / kEntryBytes) return false;
  out->entries_.clear();
  out->entries_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    Dot dot;
    dot.actor = in.U64();
    dot.time = in.U64();
    if (dot.time == 0 || (i > 0 && dot.actor <= out->entries_.back().actor)) return false;
    out->entries_.push_back(dot);
  }
  return in.ok();
}

}  // namespace kindred
