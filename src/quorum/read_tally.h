// The tally of one read: the records that replicas told, what they add up to, and who is behind. A
// value without I/O, with four verbs: add, enough, outcome (merged, agree), repairs (behind). The
// shape is that of Riak's get core.
#ifndef KINDRED_QUORUM_READ_TALLY_H_
#define KINDRED_QUORUM_READ_TALLY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "causal/record.h"
#include "message/outbox.h"

namespace kindred {

class ReadTally {
 public:
  explicit ReadTally(uint32_t need = 1) : need_(need) {}

  // A replica's record. The first one is what the others' "same" refers to, when it is this node's
  // own.
  void Add(Peer peer, Record record);
  // A replica whose record has the digest that it was asked with: the one that was added first.
  void AddSame(Peer peer);

  // A record that does not count, but that is not to be overlooked.
  void Heed(const Record& record);
  // One of those that were counted on does not count; but so many it must be.
  void DoWithout(uint32_t least) { need_ = std::max(least, need_ - 1); }

  bool Has(Peer peer) const;
  uint32_t answers() const { return static_cast<uint32_t>(peers_.size()); }
  uint32_t need() const { return need_; }
  bool Enough() const { return answers() >= need_; }

  // All have told the same record.
  bool Agree() const { return agree_; }
  const Record& merged() const { return merged_; }
  Record TakeMerged() { return std::move(merged_); }       // the tally is of no use then
  uint64_t first_digest() const { return first_digest_; }  // of the record that was added first
  // Those whose record is not the merged one.
  std::vector<Peer> Behind() const;

 private:
  uint32_t need_;
  bool agree_ = true;
  Record merged_;
  uint64_t first_digest_ = 0;
  struct Told {
    Peer peer;
    uint64_t digest;
  };
  absl::InlinedVector<Told, 3> peers_;
};

}  // namespace kindred

#endif  // KINDRED_QUORUM_READ_TALLY_H_
