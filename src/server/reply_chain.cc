#include "server/reply_chain.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

// Memory that a chain keeps for its next slot.
constexpr size_t kBytesKept = size_t{16} << 10;

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
  if (!slots_.empty() && !slots_.back().known) slots_.push_back({true, 0, 0, {}});
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

void ReplyChain::WrittenEarly(uint64_t after, uint64_t id, uint64_t word) {
  if (muted_) return Written(after);
  if (slots_.empty()) {
    MoveToNewSlot(&ready_);
  } else if (slots_.back().word != 0 && slots_.back().word != word) {
    MoveToNewSlot(&slots_.back().bytes);
  }
  Slot& slot = slots_.back();
  CHECK(slot.known);
  early_.push_back({id, word, first_slot_ + slots_.size() - 1, open_size_, slot.bytes.size()});
  bytes_ += slot.bytes.size() - open_size_;
  slot.after = std::max(slot.after, after);
  slot.word = word;
}

// The reply that was just written.
void ReplyChain::MoveToNewSlot(std::string* from) {
  Slot slot{true, 0, 0, std::exchange(spare_, {})};
  slot.bytes.assign(*from, open_size_);
  from->resize(open_size_);
  open_size_ = 0;
  slots_.push_back(std::move(slot));
}

void ReplyChain::OnWord(uint64_t word) {
  heard_ = std::max(heard_, word);
  early_.erase(early_.begin(), std::ranges::upper_bound(early_, heard_, {}, &Early::word));
  MoveKnownSlots();
}

bool ReplyChain::Recall(uint64_t id) {
  const auto recalled = std::ranges::lower_bound(early_, id, {}, &Early::id);
  if (recalled == early_.end() || recalled->id != id) return false;
  bytes_ -= recalled->end - recalled->begin;
  Split(recalled);
  early_.erase(recalled);
  return true;
}

// The recalled reply gets a slot of its own, and so does what stands before it and behind it in its
// slot. Rare, so that everything behind it may be numbered anew.
void ReplyChain::Split(std::vector<Early>::iterator recalled) {
  const auto [id, word, number, begin, end] = *recalled;
  const auto first_of = std::ranges::lower_bound(early_, number, {}, &Early::slot);
  const bool early_before = first_of != recalled;
  const bool early_behind =
      std::next(recalled) != early_.end() && std::next(recalled)->slot == number;
  const auto at = static_cast<std::ptrdiff_t>(number - first_slot_);
  Slot before = std::move(slots_[static_cast<size_t>(at)]);
  Slot behind{true, before.after, early_behind ? word : 0, before.bytes.substr(end)};
  before.bytes.resize(begin);
  before.word = early_before ? word : 0;
  const uint64_t in_front = before.bytes.empty() ? 0 : 1;
  const uint64_t added = in_front + (behind.bytes.empty() ? 0 : 1);
  for (auto& [request, place] : places_) {
    if (place != kNowhere && place > number) place += added;
  }
  for (auto each = std::next(recalled); each != early_.end(); ++each) {
    if (each->slot == number) {
      each->begin -= end;
      each->end -= end;
      each->slot += in_front + 1;
    } else {
      each->slot += added;
    }
  }
  places_.try_emplace(id, number + in_front);
  slots_[static_cast<size_t>(at)] = Slot();
  if (!behind.bytes.empty()) slots_.insert(slots_.begin() + at + 1, std::move(behind));
  if (in_front != 0) slots_.insert(slots_.begin() + at, std::move(before));
  MoveKnownSlots();
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
  while (!slots_.empty() && IsSettled(slots_.front())) {
    Slot& slot = slots_.front();
    if (ready_.empty()) {
      ready_.swap(slot.bytes);
    } else {
      ready_.append(slot.bytes);
    }
    MarkReady(slot.after);
    if (slot.bytes.capacity() > spare_.capacity() && slot.bytes.capacity() <= kBytesKept) {
      spare_ = std::move(slot.bytes);
    }
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
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (!slot.known || slot.after <= durable) continue;
    bytes_ -= slot.bytes.size();
    slot.bytes = InsteadOf(slot.bytes, error);
    slot.after = slot.word = 0;
    bytes_ += slot.bytes.size();
    std::erase_if(early_, [&](const Early& each) { return each.slot == first_slot_ + i; });
  }
  MoveKnownSlots();
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
