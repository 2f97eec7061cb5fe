#ifndef KINDRED_SERVER_REPLY_CHAIN_H_
#define KINDRED_SERVER_REPLY_CHAIN_H_

// The replies of one connection, in the order of its commands, though they become known in any
// order and may leave only when what they depend on is durable. A reply that is known at once is
// written straight behind the others; one that is not holds a slot, and whatever comes behind it
// waits there until it is known. A reply that was given early (node/request.h) is known, but lies
// in a slot until the word that it waits for is heard; recalled, it is pending after all.
//
//   ready_: bytes whose order is settled          marks_: (end, sequence), ...
//   slots_: [pending 7] [known bytes] [known bytes, word 4] [pending 9] ...
//
// Owned by a session.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace kindred {

class ReplyChain {
 public:
  // Where the next reply that is known at once is to be appended; then Written(after) ends it. The
  // pointer is good until the next call of anything else.
  std::string* Open();
  void Written(uint64_t after = 0);

  // Instead of that: the reply was given early, by request `id`, and waits for the word as well.
  // Ids and words grow.
  void WrittenEarly(uint64_t after, uint64_t id, uint64_t word);
  // Every early reply that waits for a word up to this one stands.
  void OnWord(uint64_t word);
  // It does not stand: the reply of request `id` will come in its place. False if there is none.
  bool Recall(uint64_t id);

  // Instead of Written, with nothing appended: the reply of request `id` will come here.
  void Pending(uint64_t id);

  // The reply of a pending request. False if there is none of that id.
  bool OnReply(uint64_t id, uint64_t after, std::string_view bytes);

  // Appends to `out` what may leave when `durable` is durable.
  void TakeOutput(uint64_t durable, std::string* out);

  // Every reply that waits for more than `durable` becomes `error`, in RESP, and may leave.
  void GiveUp(uint64_t durable, std::string_view error);

  // The sequence that the first bytes held back wait for; 0 if none wait for the disk.
  uint64_t WaitsFor() const { return marks_.empty() ? 0 : marks_.front().sequence; }

  // Muted, replies are dropped as they are written, and those of requests as they come: CLIENT
  // REPLY. What counts for a request is how it was when Pending was called.
  void set_muted(bool muted) { muted_ = muted; }

  size_t pending() const { return places_.size(); }
  size_t early() const { return early_.size(); }
  size_t slots() const { return slots_.size(); }  // From the first reply on that is not settled.
  size_t bytes() const { return bytes_; }         // Known, but not taken.
  bool empty() const { return pending() == 0 && bytes_ == 0; }

 private:
  struct Mark {
    uint64_t end = 0;  // Counted from the first byte that ever was in ready_.
    uint64_t sequence = 0;
  };
  struct Slot {
    bool known = false;
    uint64_t after = 0;
    uint64_t word = 0;  // That its early replies wait for; 0: there is none in it.
    std::string bytes;
  };
  struct Early {
    uint64_t id = 0;
    uint64_t word = 0;
    uint64_t slot = 0;  // Its number; the reply lies in it from `begin` to `end`.
    size_t begin = 0;
    size_t end = 0;
  };

  void MarkReady(uint64_t after);
  void MoveKnownSlots();
  bool IsSettled(const Slot& slot) const { return slot.known && slot.word <= heard_; }
  void MoveToNewSlot(std::string* from);
  void Split(std::vector<Early>::iterator recalled);

  std::string ready_;
  uint64_t taken_ = 0;        // How many bytes have left; ready_ begins there.
  std::deque<Mark> marks_;    // Invariant: ends and sequences grow; the last end is ready_'s.
  std::deque<Slot> slots_;    // Invariant: the first is pending, or waits for a word.
  uint64_t first_slot_ = 0;   // Slots are numbered for ever; this is the first one's number.
  std::vector<Early> early_;  // Those that have not been told to stand, in their order.
  uint64_t heard_ = 0;        // The last word.
  std::string spare_;         // Memory for the next slot.
  // Request -> number of its slot; kNowhere if its reply is not wanted.
  static constexpr uint64_t kNowhere = UINT64_MAX;
  absl::flat_hash_map<uint64_t, uint64_t> places_;
  size_t bytes_ = 0;
  size_t open_size_ = 0;  // Of the string that Open returned.
  bool muted_ = false;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_REPLY_CHAIN_H_
