#ifndef KINDRED_CAUSAL_CONTEXT_H_
#define KINDRED_CAUSAL_CONTEXT_H_

// A context is a version vector, actor -> time: everything that a record or a client has seen. An
// entry (actor, time) says that all of that actor's writes to the key up to that time are known.
// A plain value without locks; whoever holds it owns it. Up to three actors need no allocation.

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "base/bytes.h"
#include "causal/dot.h"

namespace kindred {

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes InlinedVector's copy of its unused inline space for a read of uninitialised memory.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

class Context {
 public:
  using Entries = absl::InlinedVector<Dot, 3>;

  // The newest time known of `actor`; 0 when nothing is.
  uint64_t TimeOf(uint64_t actor) const;

  bool Covers(Dot dot) const { return TimeOf(dot.actor) >= dot.time; }
  bool CoversAll(const Context& other) const;

  // REQUIRES: dot.time > 0
  void Add(Dot dot);

  // The element-wise maximum of both.
  void Merge(const Context& other);

  // Forgets the entries with time <= `time`: a flush watermark makes them unnecessary, since no
  // version that they cover can come back.
  void DropUpTo(uint64_t time);

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  // By actor, ascending.
  Entries::const_iterator begin() const { return entries_.begin(); }
  Entries::const_iterator end() const { return entries_.end(); }
  const Dot& operator[](size_t index) const { return entries_[index]; }
  bool operator==(const Context&) const = default;

  // Bytes that lie outside of this object.
  size_t HeapBytes() const;

  //   context := count:varint (actor:u64 time:u64)*      by actor, ascending; no time is 0
  void Encode(ByteWriter& out) const;
  // False, and `*out` is anything, unless the reader stands before a context in exactly that form.
  static bool Decode(ByteReader& in, Context* out);

 private:
  // Invariant: sorted by actor, one entry an actor, times above 0.
  Entries entries_;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace kindred

#endif  // KINDRED_CAUSAL_CONTEXT_H_
