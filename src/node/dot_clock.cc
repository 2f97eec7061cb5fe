#include "node/dot_clock.h"

#include <algorithm>

#include "base/check.h"

namespace kindred {
namespace {

bool Says(const Decided& decided, uint64_t time) {
  return time >= decided.from && time < decided.below &&
         !std::binary_search(decided.exceptions.begin(), decided.exceptions.end(), time);
}

}  // namespace

DotClock::DotClock(uint64_t actor, uint64_t start, uint64_t max_drift_ms)
    : actor_(actor), clock_(max_drift_ms) {
  clock_.Hear(start);
  own_.actor = actor;
  own_.from = start;
}

uint64_t DotClock::Name(uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  return clock_.Next(now_ms);
}

uint64_t DotClock::NameGuarded(uint64_t until, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  // A clock that runs ahead of its grant by its own milliseconds still names what is left below.
  uint64_t time = clock_.Peek(now_ms);
  if (time >= until) time = clock_.last() + 1;
  if (time >= until) return 0;
  clock_.Hear(time);
  in_flight_.push_back({time, false, 0});
  return time;
}

void DotClock::Settle(uint64_t time, bool decided, uint64_t after) {
  std::lock_guard lock(mutex_);
  auto found = std::lower_bound(in_flight_.begin(), in_flight_.end(), time,
                                [](const InFlight& dot, uint64_t t) { return dot.time < t; });
  CHECK(found != in_flight_.end() && found->time == time);
  found->over = true;
  found->after = after;
  if (decided) return;
  auto& exceptions = own_.exceptions;
  exceptions.insert(std::upper_bound(exceptions.begin(), exceptions.end(), time), time);
  if (exceptions.size() > kExceptionsMax) {
    own_.from = exceptions.front() + 1;
    exceptions.erase(exceptions.begin());
  }
}

bool DotClock::Hear(uint64_t time, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (clock_.TooFarAhead(time, now_ms)) return false;
  clock_.Hear(time);
  return true;
}

bool DotClock::MayHear(uint64_t time, uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  return !clock_.TooFarAhead(time, now_ms);
}

bool DotClock::Hear(const Context& context, uint64_t now_ms) {
  uint64_t latest = 0;
  for (const Dot& dot : context) latest = std::max(latest, dot.time);
  return latest == 0 || Hear(latest, now_ms);
}

uint64_t DotClock::Peek(uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  return clock_.Peek(now_ms);
}

uint64_t DotClock::last() const {
  std::lock_guard lock(mutex_);
  return clock_.last();
}

Decided DotClock::DecidedLocked(uint64_t durable) {
  while (!in_flight_.empty() && in_flight_.front().over && in_flight_.front().after <= durable) {
    in_flight_.pop_front();
  }
  Decided decided = own_;
  decided.below = in_flight_.empty() ? clock_.last() + 1 : in_flight_.front().time;
  std::erase_if(decided.exceptions, [&](uint64_t time) { return time >= decided.below; });
  return decided;
}

Decided DotClock::decided(uint64_t durable) {
  std::lock_guard lock(mutex_);
  return DecidedLocked(durable);
}

void DotClock::Learn(const Decided& decided) {
  std::lock_guard lock(mutex_);
  if (decided.actor == actor_ || decided.actor == 0) return;
  if (others_.size() >= kActorsMax && !others_.contains(decided.actor)) return;
  Decided& known = others_[decided.actor];
  if (decided.below >= known.below) known = decided;
}

bool DotClock::IsDecided(const Dot& dot, uint64_t durable) {
  std::lock_guard lock(mutex_);
  if (dot.actor == actor_) return Says(DecidedLocked(durable), dot.time);
  auto found = others_.find(dot.actor);
  return found != others_.end() && Says(found->second, dot.time);
}

}  // namespace kindred
