#include "server/reply_chain.h"

#include <algorithm>

#include "base/check.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

// `error` once for each reply in `replies`.
std::string InsteadOf(std::string_view replies, std::string_view error) {
  std::string errors;
  while (!replies.empty()) {
    const auto length = ReplyLength(replies);
    CHECK(length.ok() && length->has_value());  // we have written them
    replies.remove_prefix(**length);
    errors.append(error);
  }
  return errors;
}

}  // namespace

std::string* ReplyChain::Open() {
  if (!slots_.empty() && !slots_.back().known) slots_.push_back({true, 0, {}});
  std::string* out = slots_.empty() ? &ready_ : &slots_.back().bytes;
  open_size_ = out->size();
  return out;
}

void ReplyChain::Written(uint64_t after) {
  if (muted_) (slots_.empty() ? ready_ : slots_.back().bytes).resize(open_size_);
  if (slots_.empty()) {
    bytes_ += ready_.size() - open_size_;
    MarkReady(after);
    return;
  }
  Slot& slot = slots_.back();
  CHECK(slot.known);
  bytes_ += slot.bytes.size() - open_size_;
  slot.after = std::max(slot.after, after);
}

void ReplyChain::Pending(uint64_t id) {
  // Open may have made a slot for a reply that did not come.
  if (!slots_.empty() && slots_.back().known && slots_.back().bytes.empty()) slots_.pop_back();
  bool is_new = places_.try_emplace(id, muted_ ? kNowhere : first_slot_ + slots_.size()).second;
  CHECK(is_new);
  if (!muted_) slots_.emplace_back();
}

bool ReplyChain::OnReply(uint64_t id, uint64_t after, std::string_view bytes) {
  auto place = places_.find(id);
  if (place == places_.end()) return false;
  if (place->second == kNowhere) {
    places_.erase(place);
    return true;
  }
  Slot& slot = slots_[place->second - first_slot_];
  places_.erase(place);
  bytes_ += bytes.size();
  slot.known = true;
  slot.after = after;
  if (&slot != &slots_.front()) {
    slot.bytes.assign(bytes);
    return true;
  }
  ready_.append(bytes);
  MarkReady(after);
  slots_.pop_front();
  ++first_slot_;
  MoveKnownSlots();
  return true;
}

void ReplyChain::MoveKnownSlots() {
  while (!slots_.empty() && slots_.front().known) {
    ready_.append(slots_.front().bytes);
    MarkReady(slots_.front().after);
    slots_.pop_front();
    ++first_slot_;
  }
}

// What stands before a reply leaves before it, so a reply that depends on less than the one before
// shares its mark.
void ReplyChain::MarkReady(uint64_t after) {
  uint64_t end = taken_ + ready_.size();
  if (!marks_.empty() && after <= marks_.back().sequence) {
    marks_.back().end = end;
  } else {
    marks_.push_back({end, after});
  }
}

void ReplyChain::GiveUp(uint64_t durable, std::string_view error) {
  size_t before = ready_.size();
  size_t kept = 0;
  while (!marks_.empty() && marks_.front().sequence <= durable) {
    kept = marks_.front().end - taken_;
    marks_.pop_front();
  }
  ready_.replace(kept, before - kept, InsteadOf(std::string_view(ready_).substr(kept), error));
  bytes_ += ready_.size() - before;
  marks_.clear();
  if (!ready_.empty()) MarkReady(0);
  for (Slot& slot : slots_) {
    if (!slot.known || slot.after <= durable) continue;
    bytes_ -= slot.bytes.size();
    slot.bytes = InsteadOf(slot.bytes, error);
    slot.after = 0;
    bytes_ += slot.bytes.size();
  }
}

void ReplyChain::TakeOutput(uint64_t durable, std::string* out) {
  uint64_t end = taken_;
  while (!marks_.empty() && marks_.front().sequence <= durable) {
    end = marks_.front().end;
    marks_.pop_front();
  }
  size_t size = end - taken_;
  if (size == 0) return;
  bytes_ -= size;
  taken_ = end;
  if (size < ready_.size()) {
    out->append(ready_, 0, size);
    ready_.erase(0, size);
  } else if (out->empty()) {
    out->swap(ready_);
  } else {
    out->append(ready_);
    ready_.clear();
  }
}

}  // namespace kindred
