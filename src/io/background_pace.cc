#include "io/background_pace.h"

#include <string>
#include <thread>

namespace kindred {

namespace {

// Looking at the time costs as much as a key or two.
constexpr uint32_t kKeysBetweenLooks = 16;
constexpr auto kAskEvery = std::chrono::milliseconds(10);

}  // namespace

// One flush or compaction, on the thread that runs it.
class PacedJob : public rocksdb::CompactionFilter {
 public:
  explicit PacedJob(BackgroundPace& pace)
      : pace_(pace), begun_(std::chrono::steady_clock::now()), asked_(begun_) {}

  Decision FilterV2(int, const rocksdb::Slice&, ValueType, const rocksdb::Slice&, std::string*,
                    std::string*) const override {
    Step();
    return Decision::kKeep;
  }

  // Without this RocksDB would fetch the value from its blob file to show it to FilterV2.
  Decision FilterBlobByKey(int, const rocksdb::Slice&, std::string*, std::string*) const override {
    Step();
    return Decision::kKeep;
  }

  const char* Name() const override { return "kindred.PacedJob"; }

 private:
  void Step() const {
    if (++keys_ % kKeysBetweenLooks != 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (now < begun_ + BackgroundPace::kWork) return;
    if (now >= asked_ + kAskEvery) {
      behind_ = pace_.IsBehind();
      asked_ = now;
    }
    if (!behind_) pace_.Rest();
    begun_ = std::chrono::steady_clock::now();
  }

  BackgroundPace& pace_;
  mutable uint32_t keys_ = 0;
  mutable bool behind_ = false;
  mutable BackgroundPace::TimePoint begun_;
  mutable BackgroundPace::TimePoint asked_;
};

bool BackgroundPace::ShouldFilterTableFileCreation(rocksdb::TableFileCreationReason reason) const {
  return reason == rocksdb::TableFileCreationReason::kFlush ||
         reason == rocksdb::TableFileCreationReason::kCompaction;
}

std::unique_ptr<rocksdb::CompactionFilter> BackgroundPace::CreateCompactionFilter(
    const rocksdb::CompactionFilter::Context&) {
  return std::make_unique<PacedJob>(*this);
}

bool BackgroundPace::IsBehind() const {
  rocksdb::DB* db = db_.load(std::memory_order_acquire);
  if (db == nullptr) return true;
  const auto number = [db](const std::string& name) {
    uint64_t value = 0;
    return db->GetAggregatedIntProperty(name, &value) ? value : 0;
  };
  return number(rocksdb::DB::Properties::kNumImmutableMemTable) > 1 ||
         number(rocksdb::DB::Properties::kEstimatePendingCompactionBytes) > kPendingBytesMax ||
         number(rocksdb::DB::Properties::kActualDelayedWriteRate) != 0 ||
         number(rocksdb::DB::Properties::kIsWriteStopped) != 0;
}

void BackgroundPace::Rest() {
  if (db_.load(std::memory_order_acquire) == nullptr) return;
  rests_.fetch_add(1, std::memory_order_relaxed);
  std::this_thread::sleep_for(kRest);
}

}  // namespace kindred
