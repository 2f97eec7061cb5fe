#include "replica/changes.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace kindred {
namespace {

void SortUnique(std::vector<uint32_t>* numbers) {
  std::sort(numbers->begin(), numbers->end());
  numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
}

bool Has(const auto& list, const auto& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

uint32_t BehindNumber(std::string_view record_key) {
  return static_cast<uint32_t>(Hash64(record_key));
}

void Changes::Note(uint32_t vnode) {
  std::lock_guard lock(mutex_);
  ++changes_;
  remembered_.push_back(vnode);
  if (remembered_.size() > kRememberedMax) remembered_.pop_front();
}

void Changes::BeginWrite(uint64_t round, Write write) {
  std::lock_guard lock(mutex_);
  for (const Write::Key& key : write.keys) ++undecided_[key.number];
  writes_[round] = std::move(write);
}

bool Changes::TakeAnswer(Peer peer, Write* write) {
  const auto found = std::find(write->unanswered.begin(), write->unanswered.end(), peer);
  if (found == write->unanswered.end()) return false;
  write->unanswered.erase(found);
  return true;
}

// Who lacks a decided write has missed it. Who lacks one that was given up counts as behind until
// nobody can take it any more: who vouches has it then, or never will.
void Changes::Settle(Writes::iterator write) {
  Write& what = write->second;
  if (what.state == Write::State::kOpen) return;
  if (what.state == Write::State::kAbandoned && !what.unanswered.empty()) return;
  if (what.state == Write::State::kAbandoned) EndUndecided(what);
  for (Peer peer : what.lacking) ++missed_[peer];
  what.lacking.clear();
  if (what.unanswered.empty()) writes_.erase(write);
}

absl::InlinedVector<Changes::Write::Key, 1> Changes::OnAck(Peer peer, uint64_t round) {
  std::lock_guard lock(mutex_);
  const auto write = writes_.find(round);
  if (write == writes_.end() || !TakeAnswer(peer, &write->second)) return {};
  absl::InlinedVector<Write::Key, 1> keys;
  for (const Write::Key& key : write->second.keys) {
    if (!key.key.empty()) keys.push_back(key);
  }
  Settle(write);
  return keys;
}

void Changes::OnNack(Peer peer, uint64_t round) {
  std::lock_guard lock(mutex_);
  const auto write = writes_.find(round);
  if (write == writes_.end() || !TakeAnswer(peer, &write->second)) return;
  write->second.lacking.push_back(peer);
  Settle(write);
}

void Changes::OnLinkDown(Peer peer, uint32_t lane) {
  std::lock_guard lock(mutex_);
  std::vector<uint64_t> lost;
  for (auto& [round, write] : writes_) {
    if (write.lane != lane || !TakeAnswer(peer, &write)) continue;
    write.lacking.push_back(peer);
    lost.push_back(round);
  }
  for (uint64_t round : lost) Settle(writes_.find(round));
}

void Changes::EndWrite(uint64_t round, bool decided) {
  std::lock_guard lock(mutex_);
  const auto write = writes_.find(round);
  if (write == writes_.end()) return;
  CHECK(write->second.state == Write::State::kOpen);
  write->second.state = decided ? Write::State::kDecided : Write::State::kAbandoned;
  if (decided) EndUndecided(write->second);
  Settle(write);
}

void Changes::EndUndecided(const Write& write) {
  for (const Write::Key& key : write.keys) {
    const auto found = undecided_.find(key.number);
    if (--found->second == 0) undecided_.erase(found);
  }
}

bool Changes::HasUndecided(std::string_view record_key) const {
  std::lock_guard lock(mutex_);
  return undecided_.contains(BehindNumber(record_key));
}

Standing Changes::StandingForLocked(Peer peer) const {
  const auto missed = missed_.find(peer);
  return {life_, changes_, missed == missed_.end() ? 0 : missed->second};
}

Standing Changes::StandingFor(Peer peer) const {
  std::lock_guard lock(mutex_);
  return StandingForLocked(peer);
}

Vouch Changes::VouchFor(Peer peer, const Standing& known) const {
  std::lock_guard lock(mutex_);
  Vouch vouch;
  vouch.standing = StandingForLocked(peer);
  const uint64_t forgotten = changes_ - remembered_.size();
  vouch.all = known.life != life_ || known.missed != vouch.standing.missed ||
              known.changes < forgotten || known.changes > changes_;
  if (!vouch.all) {
    const auto heard = static_cast<std::ptrdiff_t>(known.changes - forgotten);
    vouch.changed.assign(remembered_.begin() + heard, remembered_.end());
    SortUnique(&vouch.changed);
  }
  for (const auto& [round, write] : writes_) {
    if (!Has(write.unanswered, peer) && !Has(write.lacking, peer)) continue;
    for (const Write::Key& key : write.keys) vouch.behind.push_back(key.number);
  }
  SortUnique(&vouch.behind);
  return vouch;
}

}  // namespace kindred
