#include "quorum/read_tally.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kindred {

void ReadTally::Add(Peer peer, Record record) {
  if (Has(peer)) return;
  const uint64_t digest = record.Digest();
  if (peers_.empty()) {
    first_digest_ = digest;
    merged_ = std::move(record);
  } else if (digest != first_digest_) {
    agree_ = false;
    merged_ = Merge(merged_, record);
  }
  peers_.push_back({peer, digest});
}

void ReadTally::AddSame(Peer peer) {
  CHECK(!peers_.empty());
  if (!Has(peer)) peers_.push_back({peer, first_digest_});
}

void ReadTally::Heed(const Record& record) {
  CHECK(!peers_.empty());
  if (record.Digest() == first_digest_) return;
  agree_ = false;
  merged_ = Merge(merged_, record);
}

bool ReadTally::Has(Peer peer) const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [&](const Told& told) { return told.peer == peer; });
}

std::vector<Peer> ReadTally::Behind() const {
  std::vector<Peer> behind;
  if (agree_) return behind;
  const uint64_t digest = merged_.Digest();
  for (const Told& told : peers_) {
    if (told.digest != digest) behind.push_back(told.peer);
  }
  return behind;
}

}  // namespace kindred
