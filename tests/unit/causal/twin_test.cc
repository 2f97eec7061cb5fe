// Records against a slow twin. Three replicas of one key live through random writes (plain, or with
// a client's token), deletions, expiries and flushes; messages are lost, repeated and reordered;
// disks forget what was not synced. Beside every record runs a twin that remembers sets of events
// instead of version vectors. At every step, on every replica, both must hold the same live values
// and have seen the same events; when all is quiet the replicas must converge to the same bytes.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "causal/record.h"
#include "causal/token.h"

namespace kindred {
namespace {

using EventIds = std::set<size_t>;

struct Twin {
  EventIds seen, live;
};

EventIds Union(const EventIds& a, const EventIds& b) {
  EventIds both = a;
  both.insert(b.begin(), b.end());
  return both;
}

Twin MergeTwins(const Twin& a, const Twin& b) {
  Twin merged{Union(a.seen, b.seen), {}};
  for (const size_t event : Union(a.live, b.live)) {
    const bool gone_in_a = a.seen.contains(event) && !a.live.contains(event);
    const bool gone_in_b = b.seen.contains(event) && !b.live.contains(event);
    if (!gone_in_a && !gone_in_b) merged.live.insert(event);
  }
  return merged;
}

// What a replica stores or sends, as bytes, with the twin beside it.
struct Copy {
  std::string bytes;
  Twin twin;
};
struct Token {
  std::string text;
  EventIds seen;
};
struct Event {
  Dot dot;
  bool is_deletion = false;
  uint64_t expires_ms = kNever;
};

class World {
 public:
  World(uint64_t seed, bool new_actor_after_crash)
      : random_(seed), new_actor_after_crash_(new_actor_after_crash) {
    for (size_t n = 0; n < kReplicas; ++n) {
      replicas_[n].actor = n + 1;
      replicas_[n].skew = random_.Below(6);
      Sync(replicas_[n]);
    }
    tokens_.push_back({});
    flushes_ = random_.Chance(0.5);
    busy_ = std::array{1.0, 0.3, 0.1}[random_.Below(3)];
  }

  // True if records and twins agreed all the way.
  bool Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      ++now_;
      Step();
      for (const Replica& replica : replicas_) {
        if (!Agrees(replica)) return false;
      }
    }
    return Converges();
  }

 private:
  static constexpr size_t kReplicas = 3;

  struct Replica {
    Record record;
    Twin twin;
    Copy disk;
    uint64_t actor = 0;
    uint64_t clock = 0;
    uint64_t skew = 0;
    uint64_t watermark = 0;  // of the last flush that it has heard of; durable at once
  };

  void Step() {
    Replica& replica = AnyReplica();
    const uint64_t dice = random_.Below(100);
    if (dice < 30) return random_.Chance(busy_) ? Write(replica) : Deliver();
    if (dice < 60) return Deliver();
    if (dice < 76) return Sync(replica);
    if (dice < 82) return Crash(replica);
    if (dice < 89) return ReadForToken();
    if (dice < 94) return Receive(replica, CopyOf(AnyReplica()));
    if (dice < 98) {
      BuryExpired(&replica.record, now_);
      return;
    }
    if (!flushes_) return;
    if (random_.Chance(0.3)) watermark_ = std::max(watermark_, replica.clock);
    LearnOfFlush(replica);
  }

  Replica& AnyReplica() { return replicas_[random_.Below(kReplicas)]; }

  static Copy CopyOf(const Replica& replica) {
    Copy copy{{}, replica.twin};
    ByteWriter out(&copy.bytes);
    replica.record.Encode(out);
    return copy;
  }

  static Record Decoded(const Copy& copy) {
    Record record;
    ByteReader in(copy.bytes);
    EXPECT_TRUE(Record::Decode(in, &record));
    return record;
  }

  static void Hear(Replica& replica, const Context& context) {
    for (const Dot& dot : context) replica.clock = std::max(replica.clock, dot.time);
  }

  void Write(Replica& replica) {
    Context seen = replica.record.Seen();
    EventIds seen_events = replica.twin.seen;
    if (random_.Chance(0.3)) {
      const Token& token = tokens_[random_.Below(tokens_.size())];
      seen = DecodeToken(token.text).value();
      seen_events = token.seen;
    }
    Hear(replica, seen);
    replica.clock = std::max(replica.clock + 1, now_ + replica.skew);
    const Version version = NewVersion({replica.actor, replica.clock});
    const size_t event = events_.size() - 1;
    replica.record = DropUpTo(Put(replica.record, seen, version), replica.watermark);
    for (const size_t gone : seen_events) replica.twin.live.erase(gone);
    replica.twin.live.insert(event);
    replica.twin.seen = Union(replica.twin.seen, seen_events);
    replica.twin.seen.insert(event);
    for (size_t n = 0; n < kReplicas; ++n) {
      if (&replicas_[n] == &replica) continue;
      const int times = std::array{0, 1, 1, 1, 2}[random_.Below(5)];
      for (int i = 0; i < times; ++i) messages_.emplace_back(n, CopyOf(replica));
    }
  }

  // The version's payload is the number of its event.
  Version NewVersion(Dot dot) {
    Version version;
    version.dot = dot;
    version.payload = std::to_string(events_.size());
    if (!random_.Chance(0.3)) version.kind = Kind::kString;
    if (version.kind == Kind::kString && random_.Chance(0.3)) {
      version.expires_ms = now_ + random_.Below(60) + 1;
    }
    events_.push_back({dot, version.kind == Kind::kTombstone, version.expires_ms});
    return version;
  }

  void Receive(Replica& replica, const Copy& copy) {
    const Record theirs = Decoded(copy);
    replica.record = DropUpTo(Merge(replica.record, theirs), replica.watermark);
    replica.twin = MergeTwins(replica.twin, copy.twin);
    Hear(replica, theirs.context);
  }

  void Deliver() {
    if (messages_.empty()) return;
    const size_t which = random_.Below(messages_.size());
    const auto [to, copy] = messages_[which];
    if (random_.Chance(0.85)) messages_.erase(messages_.begin() + static_cast<ptrdiff_t>(which));
    Receive(replicas_[to], copy);
  }

  void Sync(Replica& replica) { replica.disk = CopyOf(replica); }

  void Crash(Replica& replica) {
    replica.record = DropUpTo(Decoded(replica.disk), replica.watermark);
    replica.twin = replica.disk.twin;
    replica.clock = replica.watermark;
    Hear(replica, replica.record.context);
    if (new_actor_after_crash_) replica.actor = ++last_actor_;
  }

  void ReadForToken() {
    const Replica& a = AnyReplica();
    const Replica& b = AnyReplica();
    tokens_.push_back(
        {EncodeToken(Merge(a.record, b.record).Seen()), MergeTwins(a.twin, b.twin).seen});
  }

  void LearnOfFlush(Replica& replica) {
    replica.watermark = std::max(replica.watermark, watermark_);
    replica.clock = std::max(replica.clock, replica.watermark);
    replica.record = DropUpTo(replica.record, replica.watermark);
  }

  bool Agrees(const Replica& replica) const {
    EventIds have, should;
    for (const Version& version : replica.record.versions) {
      if (IsFlushed(version.dot) || version.DeadAt(now_)) continue;
      have.insert(std::stoul(version.payload));
    }
    for (const size_t id : replica.twin.live) {
      const Event& event = events_[id];
      const bool expired = event.expires_ms != kNever && event.expires_ms <= now_;
      if (!event.is_deletion && !expired && !IsFlushed(event.dot)) should.insert(id);
    }
    return have == should && HasSeenTheSame(replica);
  }

  // A record from a replica that knows of the flush no longer says what it had seen before. So one
  // that has yet to hear of it may keep, for a while, an old version that its twin holds replaced.
  bool IsFlushed(Dot dot) const { return dot.time <= watermark_; }

  bool HasSeenTheSame(const Replica& replica) const {
    for (size_t id = 0; id < events_.size(); ++id) {
      if (IsFlushed(events_[id].dot)) continue;
      if (replica.record.context.Covers(events_[id].dot) != replica.twin.seen.contains(id)) {
        return false;
      }
    }
    return true;
  }

  bool Converges() {
    for (Replica& replica : replicas_) {
      LearnOfFlush(replica);
      BuryExpired(&replica.record, now_);
    }
    for (int round = 0; round < 2; ++round) {
      for (size_t n = 0; n < kReplicas; ++n) {
        Receive(replicas_[(n + 1) % kReplicas], CopyOf(replicas_[n]));
      }
    }
    const std::string bytes = CopyOf(replicas_[0]).bytes;
    return std::all_of(replicas_.begin(), replicas_.end(), [&](const Replica& replica) {
      return CopyOf(replica).bytes == bytes && Agrees(replica);
    });
  }

  Random random_;
  const bool new_actor_after_crash_;
  double busy_ = 1;
  bool flushes_ = false;
  uint64_t now_ = 0;
  uint64_t last_actor_ = 100;
  uint64_t watermark_ = 0;
  std::array<Replica, kReplicas> replicas_;
  std::vector<std::pair<size_t, Copy>> messages_;
  std::vector<Token> tokens_;
  std::vector<Event> events_;
};

constexpr int kSteps = 250;

TEST(Twin, RecordsAgreeWithSetsOfEvents) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    ASSERT_TRUE(World(seed, /*new_actor_after_crash=*/true).Run(kSteps)) << "seed " << seed;
  }
}

TEST(Twin, AnActorKeptAfterACrashIsCaught) {
  int caught = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    caught += !World(seed, /*new_actor_after_crash=*/false).Run(kSteps);
  }
  EXPECT_GT(caught, 50);
}

}  // namespace
}  // namespace kindred
