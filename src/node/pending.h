// A request that a coordinator has not answered yet; private to coordinator*.cc.
#ifndef KINDRED_NODE_PENDING_H_
#define KINDRED_NODE_PENDING_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "node/coordinator.h"
#include "node/group.h"
#include "node/join.h"

namespace kindred {

// A command on keys of several slots, one key after the other (coordinator_many_slots.cc).
struct Coordinator::ManySlots {
  struct Key {
    std::string_view name;  // in the pending's arguments
    uint8_t db = 0;
    Record seen;
    Next next;
  };
  std::vector<Key> keys;
  size_t open = 0;             // reads that have not been answered
  std::vector<size_t> writes;  // which keys, in this order
  size_t written = 0;          // so many of them are done
  bool placed = false;         // some step has changed something, maybe in an earlier try
  uint32_t tries = 0;
  uint64_t after = 0;
  std::string reply;
};

struct Coordinator::Pending {
  enum class For : uint8_t { kClient, kPart, kPeer, kNobody };
  enum class State : uint8_t {
    kLoading,    // its record comes from the disk
    kReading,    // replicas have been asked
    kVouching,   // its record is here, and in step: who vouches is to say so
    kForwarded,  // another node runs it
    kHere,       // this node's primary runs it, and keeps its deadline
    kJoining,    // its parts run
  };
  uint64_t id = 0;
  For what_for = For::kNobody;
  uint64_t parent = 0;  // kPart: whose, and which
  size_t index = 0;
  std::shared_ptr<const Group> group;  // what runs as one, instead of the row and its arguments
  LinkId link = 0;                     // kPeer: where the answer goes
  uint64_t peer_request = 0;

  const CommandRow* row = nullptr;  // null: a group
  std::shared_ptr<const OwnedArgs> args;
  uint8_t db = 0;
  int protocol = 2;
  Consistency consistency;
  uint64_t deadline_ms = 0;
  std::string key;  // record key
  uint32_t vnode = 0;
  State state = State::kLoading;

  Lookups lookups;  // that its answer tells of

  bool confirm = false;  // a read that has to be decided by the primary
  Peer target = kSelf;   // kForwarded
  // kForwarded, or kHere as the second that has it.
  Once once;
  bool sent_again = false;
  bool lost = false;  // the link to the first is down
  Peer first = kSelf;
  uint8_t first_attempt = 0;
  std::unique_ptr<Forwarded> first_answer;
  ReadTally tally;      // kReading
  uint8_t attempt = 0;  // tells answers to the last question from those to earlier ones
  absl::InlinedVector<Peer, 3> asked;
  uint64_t asked_ms = 0;
  uint64_t hedge_at_ms = 0;
  uint64_t own_after = 0;  // the sequence of our own record
  Context undecided;   // dots of the key in groups that are kept without being known to be decided
  bool plain = false;  // it is read at replicas, even if its record is in step
  CachedRecord* own = nullptr;  // kVouching: pinned
  uint64_t step = 0;            // kVouching: the record's; kReading: the vnode's at the question
  absl::InlinedVector<std::pair<Peer, Step>, 2> told;  // kReading: by those who may vouch
  std::unique_ptr<JoinState> join;                     // kJoining: this,
  std::unique_ptr<ManySlots> many_slots;               // or this

  // What a question is numbered with: the request below, the attempt above. "The same as you have"
  // must not be taken for an answer to what was asked with another record in hand.
  static constexpr int kAttemptShift = 55;
  static uint64_t IdOf(uint64_t question) {
    return question & ((uint64_t{1} << kAttemptShift) - 1);
  }
  uint64_t QuestionAt(uint8_t its_attempt) const {
    return id | (uint64_t{its_attempt} << kAttemptShift);
  }
  void NoteUndecided(const GuardedGroup& kept) {
    if (const Guarded* item = ItemOf(kept, key)) undecided.Add(item->version.dot);
  }
  uint64_t Question() const { return QuestionAt(attempt); }

  // A group goes through its primary as a write does, even if it only reads.
  bool writes() const { return group != nullptr || row->kind == RowKind::kWrite; }

  bool Has(const std::string& record_key) const {
    return group == nullptr
               ? key == record_key
               : std::find(group->keys.begin(), group->keys.end(), record_key) != group->keys.end();
  }
  bool SharesKeyWith(const Pending& other) const {
    if (other.group == nullptr) return Has(other.key);
    return std::any_of(other.group->keys.begin(), other.group->keys.end(),
                       [this](const std::string& each) { return Has(each); });
  }
};

}  // namespace kindred

#endif  // KINDRED_NODE_PENDING_H_
