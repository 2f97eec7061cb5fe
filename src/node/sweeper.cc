#include "node/sweeper.h"

#include <mutex>

#include "node/node.h"
#include "store/keys.h"

namespace kindred {
namespace {
constexpr uint64_t kIdleMs = 100;      // between two looks when nothing had expired
constexpr uint32_t kEntriesMax = 500;  // buried in one turn, so that no client waits long for it
}  // namespace

void Sweeper::OnTick(const Turn& turn) {
  if (!scanning_ && turn.now_ms >= next_ms_) Look(turn);
}

void Sweeper::Look(const Turn& turn) {
  if (!shared_.active_expiry() || shared_.disk_failed()) return;
  scanning_ = true;
  turn.out->scans.push_back({kTicket, shared_.last_sequence(), true, std::string(),
                             ExpiryKey(turn.now_ms + 1, {}), kEntriesMax});
}

void Sweeper::OnScanned(std::vector<Entry> entries, const Turn& turn) {
  scanning_ = false;
  next_ms_ = turn.now_ms + kIdleMs;
  for (const Entry& entry : entries) Bury(entry.key, turn);
  if (entries.size() == kEntriesMax) Look(turn);  // there is more: go on as soon as this is durable
}

void Sweeper::Bury(const std::string& expiry_key, const Turn& turn) {
  const auto parts = SplitExpiryKey(expiry_key);
  if (!parts.has_value()) return;
  const std::string key(parts->record_key);
  Stripe& stripe = shared_.stripe(shared_.StripeOf(node_.VnodeOfRecordKey(key))).stripe;
  std::lock_guard lock(stripe.mutex());
  CachedRecord* entry = node_.FindOrDefer(
      stripe, key, [this, expiry_key](const Turn& later) { Bury(expiry_key, later); });
  if (entry == nullptr) return;
  if (stripe.BuryExpired(*entry, turn.now_ms)) {
    shared_.NoteExpired();
  } else {
    stripe.DropExpiryEntry(expiry_key);
  }
}

}  // namespace kindred
