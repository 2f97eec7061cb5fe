#ifndef KINDRED_SERVER_REPLY_CHAIN_H_
#define KINDRED_SERVER_REPLY_CHAIN_H_

// The replies of one connection, in the order of its commands, though they become known in any
// order and may leave only when what they depend on is durable. A reply that is known at once is
// written straight behind the others; one that is not holds a slot, and whatever comes behind it
// waits there until it is known.
//
//   ready_: bytes whose order is settled          marks_: (end, sequence), ...
//   slots_: [pending 7] [known bytes] [pending 9] ...
//
// Owned by a session.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace kindred {

class ReplyChain {
 public:
  // Where the next reply that is known at once is to be appended; then Written(after) ends it. The
  // pointer is good until the next call of anything else.
  std::string* Open();
  void Written(uint64_t after = 0);

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
  size_t slots() const { return slots_.size(); }  // From the first pending reply on.
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
    std::string bytes;
  };

  void MarkReady(uint64_t after);
  void MoveKnownSlots();

  std::string ready_;
  uint64_t taken_ = 0;       // How many bytes have left; ready_ begins there.
  std::deque<Mark> marks_;   // Invariant: ends and sequences grow; the last end is ready_'s.
  std::deque<Slot> slots_;   // Invariant: the first is pending.
  uint64_t first_slot_ = 0;  // Slots are numbered for ever; this is the first one's number.
  // Request -> number of its slot; kNowhere if its reply is not wanted.
  static constexpr uint64_t kNowhere = UINT64_MAX;
  absl::flat_hash_map<uint64_t, uint64_t> places_;
  size_t bytes_ = 0;
  size_t open_size_ = 0;  // Of the string that Open returned.
  bool muted_ = false;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_REPLY_CHAIN_H_
