#include "node/sweeper.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "node/node.h"
#include "store/keys.h"

namespace kindred {
namespace {
constexpr uint64_t kIdleMs = 100;      // between two passes
constexpr uint32_t kEntriesMax = 500;  // buried in one turn, so that no client waits long for it
constexpr uint64_t kLateMs = 10'000;   // so much before the last pass the next one begins
constexpr uint64_t kFromStartMs = 60'000;
}  // namespace

void Sweeper::OnTick(const Turn& turn) {
  if (scanning_ || turn.now_ms < next_ms_) return;
  next_ms_ = turn.now_ms + kIdleMs;
  if (MayRun()) {
    BeginPass(turn);
  } else {
    last_ms_ = 0;
  }
}

bool Sweeper::MayRun() const { return shared_.active_expiry() && !shared_.disk_failed(); }

void Sweeper::BeginPass(const Turn& turn) {
  const uint64_t since = std::min(last_ms_, turn.now_ms);
  if (since <= kLateMs || turn.now_ms >= from_start_ms_) {
    from_.clear();
    from_start_ms_ = turn.now_ms + kFromStartMs;
  } else {
    from_ = ExpiryKey(since - kLateMs, {});
  }
  last_ms_ = turn.now_ms;
  NextPage(turn);
}

// A pass goes as far as keys had expired when it began, so that it ends, however many expire
// meanwhile.
void Sweeper::NextPage(const Turn& turn) {
  scanning_ = true;
  turn.out->scans.push_back(
      {kTicket, shared_.last_sequence(), true, from_, ExpiryKey(last_ms_ + 1, {}), kEntriesMax});
}

void Sweeper::OnScanned(std::vector<Entry> entries, const Turn& turn) {
  scanning_ = false;
  for (const Entry& entry : entries) Bury(entry.key, turn);
  if (entries.empty()) return;
  if (!MayRun()) {
    last_ms_ = 0;
    return;
  }
  from_ = std::move(entries.back().key);
  from_.push_back('\0');  // behind it
  NextPage(turn);
}

void Sweeper::Bury(const std::string& expiry_key, const Turn& turn) {
  const auto parts = SplitExpiryKey(expiry_key);
  if (!parts.has_value()) return;
  const std::string key(parts->record_key);
  Stripe& stripe = shared_.stripe(shared_.StripeOf(node_.VnodeOfRecordKey(key))).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = node_.FindOrDefer(stripe, key, [&] {
    return [this, expiry_key](const Turn& later) { Bury(expiry_key, later); };
  });
  if (entry == nullptr) return;
  if (stripe.BuryExpired(*entry, turn.now_ms)) {
    shared_.NoteExpired();
  } else {
    stripe.DropExpiryEntry(expiry_key);
  }
}

}  // namespace kindred
