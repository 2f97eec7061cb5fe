#ifndef KINDRED_CAUSAL_RECORD_H_
#define KINDRED_CAUSAL_RECORD_H_

// A record is what is stored for one key: the versions that nobody has replaced yet, and the
// context of all that it has seen. It is an optimised multi-value register with dotted version
// vectors (Preguica, Baquero, Almeida, Fonte, Goncalves: "Dotted Version Vectors: Logical Clocks
// for Optimistic Replication", 2010). The functions here are pure. Merge is the only way in which
// two records ever meet; it is commutative, associative and idempotent, so repeated and reordered
// messages are harmless. A plain value without locks; whoever holds it owns it.

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "base/bytes.h"
#include "causal/context.h"
#include "causal/version.h"

namespace kindred {

struct Record {
  // Invariant: context covers the dots of all versions.
  Context context;
  // Invariant: newest first (NewerThan), no dot twice.
  absl::InlinedVector<Version, 1> versions;

  bool empty() const { return context.empty() && versions.empty(); }
  bool operator==(const Record&) const = default;

  // All that a reader of this record has seen; by the invariant above it is the context.
  Context Seen() const { return context; }

  // The stored and sent form. A dot is named by its actor's place in the context and by how much
  // older it is than what the context knows of that actor, so that a record whose versions the
  // context does not cover cannot even be written down.
  //   record := format:u8 context count:varint (index:varint age:varint body)*    newest first
  void Encode(ByteWriter& out) const;
  // False, and `*out` is anything, unless the reader stands before a record in exactly that form.
  // What it accepts holds both invariants.
  static bool Decode(ByteReader& in, Record* out);

  // A hash of context and dots. It is blind to payload, expiry and kind, so that a version which
  // the sweeper has buried here and not yet there counts as equal.
  uint64_t Digest() const;

  // Roughly what it takes in memory, for the budgets of caches.
  size_t MemoryBytes() const;
};

// Keeps a version that is in both, or in one and not covered by the other's context. Where one
// side has buried an expired version, the tombstone is kept.
Record Merge(const Record& a, const Record& b);

// Replaces what `seen` covers by `version`, and keeps the rest beside it. A tombstone is stripped
// of payload and expiry.
// REQUIRES: the dot is new: neither record.context nor seen covers it, and its time is above 0.
Record Put(const Record& record, const Context& seen, Version version);

// The version that plain commands look at, be it dead or alive; null when there is none. It points
// into `record`.
const Version* Newest(const Record& record);

// Newest, or null when that is a tombstone or has expired.
const Version* NewestLive(const Record& record, uint64_t now_ms);

// The guard of guarded writes: true if `context` covers all that `record` has seen.
bool KnowsNoMoreThan(const Record& record, const Context& context);

// A flush: versions with a time at or below the watermark are dead, and the context entries down
// there are no longer needed. It distributes over Merge; a record that comes from a node which has
// not heard of the flush has to pass through it after the merge.
Record DropUpTo(Record record, uint64_t watermark);

// Turns expired versions into tombstones of the same dot. True if anything changed.
bool BuryExpired(Record* record, uint64_t now_ms);

}  // namespace kindred

#endif  // KINDRED_CAUSAL_RECORD_H_
