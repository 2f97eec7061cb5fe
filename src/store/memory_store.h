#ifndef KINDRED_STORE_MEMORY_STORE_H_
#define KINDRED_STORE_MEMORY_STORE_H_

// A disk in memory for the simulator and for tests. What is committed waits in a queue until the
// disk's owner says that it is synced; a crash forgets the rest. Everything that happens is drawn
// from one seed or asked for by the owner, so that a run replays exactly.
//
// Threads: none. One thread uses it, which is the simulator's or the test's.

#include <array>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "store/store.h"

namespace kindred {

class MemoryStore : public Store {
 public:
  explicit MemoryStore(uint64_t seed = 0) : random_(seed) {}

  uint64_t Commit(Batch batch) override;
  uint64_t durable() const override { return durable_; }
  Found Get(Column column, std::string_view key, std::string* value) override;
  Found Load(Column column, std::string_view key, std::string* value) override;
  std::vector<Entry> Scan(const ScanRequest& request) override;
  Counts LoadCounts() override { return counts_; }

  // The last sequence that Commit gave out.
  uint64_t last_sequence() const override { return queued_; }

  // What is queued becomes durable: all of it, or the part with a sequence up to `sequence`.
  void Sync() { SyncUpTo(queued_); }
  void SyncUpTo(uint64_t sequence);

  // The power goes: what was queued is lost, but for a prefix of it that may have reached the disk
  // without anybody being told. Sequences go on from where they were.
  void Crash(Random& random);

  // How often Get pretends that it would need the disk. 0 at first.
  void set_not_in_memory_chance(double chance) { not_in_memory_chance_ = chance; }

 private:
  struct Queued {
    uint64_t sequence;
    Batch batch;
  };

  void ApplyFront();

  // What is on the disk.
  std::array<std::map<std::string, std::string, std::less<>>, kColumns> columns_;
  Counts counts_;
  uint64_t durable_ = 0;

  // What is not on the disk yet. Invariant: sequences are in (durable_, queued_] and increasing.
  std::deque<Queued> queue_;
  uint64_t queued_ = 0;

  Random random_;
  double not_in_memory_chance_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_STORE_MEMORY_STORE_H_
