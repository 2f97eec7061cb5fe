#include "tests/sim/flushes.h"

#include <algorithm>

namespace kindred {

uint64_t FlushesCheck::OnBegin(Kind kind, const std::string& value, uint64_t now_us) {
  Event event;
  event.kind = kind;
  event.value = value;
  event.start = now_us;
  events_.push_back(event);
  return events_.size();
}

void FlushesCheck::OnReply(uint64_t number, Outcome outcome, std::optional<std::string> seen,
                           uint64_t now_us) {
  Event& event = events_[number - 1];
  event.outcome = outcome;
  event.seen = std::move(seen);
  // A write of unknown outcome may take effect at any time.
  if (outcome != Outcome::kUnknown) event.end = now_us;
}

bool FlushesCheck::Flushed(const Event& earlier, const Event& later) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& flush) {
    return flush.kind == Kind::kFlush && flush.outcome == Outcome::kDone &&
           earlier.end < flush.start && flush.end < later.start;
  });
}

bool FlushesCheck::MayBeFlushed(const Event& earlier, const Event& later) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& flush) {
    return flush.kind == Kind::kFlush && earlier.start < flush.end && flush.start < later.end;
  });
}

std::string FlushesCheck::CheckGet(const Event& get) const {
  for (const Event& set : events_) {
    if (set.kind != Kind::kSet || set.outcome == Outcome::kUnknown) continue;
    if (get.seen == set.value) {
      if (set.outcome == Outcome::kRefused) return "a refused SET " + set.value + " is seen";
      if (Flushed(set, get)) return "GET sees " + set.value + ", which was flushed before";
    }
    if (!get.seen.has_value() && set.outcome == Outcome::kDone && set.end < get.start &&
        !MayBeFlushed(set, get)) {
      return "GET misses " + set.value + ", which no flush has ended";
    }
  }
  return {};
}

std::string FlushesCheck::CheckIncr(const Event& incr) const {
  const auto counted = std::count_if(events_.begin(), events_.end(), [&](const Event& other) {
    return other.kind == Kind::kIncr && other.outcome != Outcome::kRefused &&
           other.start < incr.end && !Flushed(other, incr);
  });
  if (std::stoll(*incr.seen) <= counted) return {};
  return "INCR tells " + *incr.seen + ", but only " + std::to_string(counted) +
         " can have counted since the flush";
}

std::string FlushesCheck::Wrong() const {
  for (const Event& event : events_) {
    if (event.outcome != Outcome::kDone) continue;
    std::string wrong;
    if (event.kind == Kind::kGet) wrong = CheckGet(event);
    if (event.kind == Kind::kIncr) wrong = CheckIncr(event);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace kindred
