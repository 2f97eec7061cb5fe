#include "io/ring_memtable.h"

#include <rocksdb/slice.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <new>
#include <optional>

#include "base/check.h"

namespace kindred {

namespace {

using rocksdb::Slice;

constexpr size_t kSlots = 16384;
constexpr int kPlaceBits = 3;  // of a place's 32, that tell the buckets of one slot apart
constexpr size_t kBuckets = kSlots << kPlaceBits;
constexpr uint8_t kLevels = 12;          // one in four entries reaches the next level
constexpr uint32_t kEntriesPlain = 16;   // a bucket with more gets upper levels
constexpr size_t kInternalTagBytes = 8;  // RocksDB's sequence and type behind each user key
constexpr size_t kFetchDepth = 3;        // entries of a bucket that are fetched ahead
constexpr size_t kFetchStep = 4;         // buckets between two looks
constexpr size_t kCacheLineBytes = 64;

// Keys of any other shape are welcome, too: the number only has to grow with the key.
size_t BucketOf(const Slice& internal_key) {
  size_t size = internal_key.size() - kInternalTagBytes;
  uint64_t position = 0;
  for (size_t i = 0; i < 6; ++i) {
    position = position << 8 | (i < size ? static_cast<uint8_t>(internal_key[i]) : 0);
  }
  return std::min<uint64_t>(position >> (32 - kPlaceBits), kBuckets - 1);
}

// An entry's links. Its bytes, in RocksDB's encoding, follow it; the links of its upper levels
// precede it, so that both are found without knowing its height.
class Node {
 public:
  explicit Node(uint8_t height) : height_(height) {}

  std::atomic<Node*>& Link(uint8_t level) {
    return *(reinterpret_cast<std::atomic<Node*>*>(this) - level);  // next_ comes first
  }
  Node* Next(uint8_t level) { return Link(level).load(std::memory_order_acquire); }
  uint8_t height() const { return height_; }
  char* entry() { return reinterpret_cast<char*>(this + 1); }

 private:
  std::atomic<Node*> next_{nullptr};
  const uint8_t height_;
};

// The starts of a long bucket's upper levels; [0] is not used.
struct Tower {
  std::array<std::atomic<Node*>, kLevels> first{};
};

struct Bucket {
  std::atomic<Node*> first{nullptr};
  std::atomic<Tower*> tower{nullptr};
  uint32_t entries = 0;  // the writer's; counts up to kEntriesPlain only
};

class RingMemtable : public rocksdb::MemTableRep {
 public:
  RingMemtable(const KeyComparator& compare, rocksdb::Allocator* allocator)
      : MemTableRep(allocator), compare_(compare), buckets_(new Bucket[kBuckets]) {}

  rocksdb::KeyHandle Allocate(size_t size, char** entry) override;
  void Insert(rocksdb::KeyHandle handle) override;
  bool Contains(const char* entry) const override;
  size_t ApproximateMemoryUsage() override { return kBuckets * sizeof(Bucket); }
  Iterator* GetIterator(rocksdb::Arena* arena) override;
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override;

  // The first entry of the bucket that is not before `internal_key`, or null.
  Node* AtOrAfter(size_t bucket, const Slice& internal_key) const;
  // The last entry of the bucket that is before `internal_key`, or null.
  Node* LastBefore(size_t bucket, const Slice& internal_key) const;
  Node* Last(size_t bucket) const;
  Node* First(size_t bucket) const {
    return buckets_[bucket].first.load(std::memory_order_acquire);
  }
  Slice KeyOf(Node* node) const { return compare_.decode_key(node->entry()); }
  // Asks for the memory of entries that an iterator at the beginning of `bucket` comes to soon.
  void FetchBehind(size_t bucket) const;

 private:
  using Path = std::array<Node*, kLevels>;

  template <typename Before>
  Node* LastWhere(size_t bucket, const Before& before, Path* path) const;
  void* AllocateAligned(size_t size);
  uint8_t DrawHeight();
  void BuildTower(Bucket* bucket);

  const KeyComparator& compare_;
  const std::unique_ptr<Bucket[]> buckets_;
  uint64_t random_ = 0x9e3779b97f4a7c15;  // the writer's
};

// Walks down from the top level and on as long as `before(node)`; so far as that holds for a
// prefix of the bucket, the answer is the prefix's last entry. `path`, if any, gets the last
// entry of the prefix on each level.
template <typename Before>
Node* RingMemtable::LastWhere(size_t bucket, const Before& before, Path* path) const {
  Bucket& start = buckets_[bucket];
  Tower* tower = start.tower.load(std::memory_order_acquire);
  Node* last = nullptr;
  for (uint8_t level = tower != nullptr ? kLevels - 1 : 0;; --level) {
    Node* next = last != nullptr ? last->Next(level)
                 : level > 0     ? tower->first[level].load(std::memory_order_acquire)
                                 : start.first.load(std::memory_order_acquire);
    while (next != nullptr && before(next)) {
      last = next;
      next = last->Next(level);
    }
    if (path != nullptr) (*path)[level] = last;
    if (level == 0) return last;
  }
}

Node* RingMemtable::LastBefore(size_t bucket, const Slice& internal_key) const {
  auto before = [&](Node* node) { return compare_(node->entry(), internal_key) < 0; };
  return LastWhere(bucket, before, nullptr);
}

Node* RingMemtable::AtOrAfter(size_t bucket, const Slice& internal_key) const {
  Node* last = LastBefore(bucket, internal_key);
  Node* next = last != nullptr ? last->Next(0) : First(bucket);
  // The writer may have put entries between the two looks.
  while (next != nullptr && compare_(next->entry(), internal_key) < 0) next = next->Next(0);
  return next;
}

Node* RingMemtable::Last(size_t bucket) const {
  return LastWhere(
      bucket, [](Node*) { return true; }, nullptr);
}

// Each look fetches an entry further down its bucket, by way of those that earlier looks fetched.
void RingMemtable::FetchBehind(size_t bucket) const {
  for (size_t depth = 0; depth < kFetchDepth; ++depth) {
    const size_t other = bucket + (kFetchDepth - depth) * kFetchStep;
    if (other >= kBuckets) continue;
    Node* node = First(other);
    for (size_t i = 0; i < depth && node != nullptr; ++i) node = node->Next(0);
    if (node == nullptr) continue;
    __builtin_prefetch(node);
    __builtin_prefetch(node->entry() + kCacheLineBytes);
  }
}

void* RingMemtable::AllocateAligned(size_t size) {
  char* bytes = nullptr;
  MemTableRep::Allocate(size + alignof(Node) - 1, &bytes);
  auto address = reinterpret_cast<uintptr_t>(bytes);
  return bytes + (0 - address) % alignof(Node);
}

uint8_t RingMemtable::DrawHeight() {
  random_ = random_ * 6364136223846793005 + 1442695040888963407;
  uint64_t bits = random_ >> 32;
  uint8_t height = 1;
  for (; height < kLevels && bits % 4 == 0; bits /= 4) ++height;
  return height;
}

rocksdb::KeyHandle RingMemtable::Allocate(size_t size, char** entry) {
  uint8_t height = DrawHeight();
  size_t upper_bytes = (height - 1) * sizeof(std::atomic<Node*>);
  char* bytes = static_cast<char*>(AllocateAligned(upper_bytes + sizeof(Node) + size));
  for (size_t offset = 0; offset < upper_bytes; offset += sizeof(std::atomic<Node*>)) {
    new (bytes + offset) std::atomic<Node*>(nullptr);
  }
  Node* node = new (bytes + upper_bytes) Node(height);
  *entry = node->entry();
  return node;
}

void RingMemtable::Insert(rocksdb::KeyHandle handle) {
  Node* node = static_cast<Node*>(handle);
  Slice internal_key = KeyOf(node);
  size_t number = BucketOf(internal_key);
  Bucket& bucket = buckets_[number];
  Tower* tower = bucket.tower.load(std::memory_order_relaxed);

  Path path{};
  auto before = [&](Node* other) { return compare_(other->entry(), internal_key) < 0; };
  LastWhere(number, before, &path);
  uint8_t height = tower != nullptr ? node->height() : 1;
  // From the bottom up, and each link after what it leads to: a reader sees the entry or not.
  for (uint8_t level = 0; level < height; ++level) {
    std::atomic<Node*>& link = path[level] != nullptr ? path[level]->Link(level)
                               : level > 0            ? tower->first[level]
                                                      : bucket.first;
    node->Link(level).store(link.load(std::memory_order_relaxed), std::memory_order_relaxed);
    link.store(node, std::memory_order_release);
  }
  if (tower == nullptr && ++bucket.entries > kEntriesPlain) BuildTower(&bucket);
}

void RingMemtable::BuildTower(Bucket* bucket) {
  Tower* tower = new (AllocateAligned(sizeof(Tower))) Tower;
  Path last{};
  for (Node* node = bucket->first.load(std::memory_order_relaxed); node; node = node->Next(0)) {
    for (uint8_t level = 1; level < node->height(); ++level) {
      auto& link = last[level] != nullptr ? last[level]->Link(level) : tower->first[level];
      link.store(node, std::memory_order_relaxed);
      last[level] = node;
    }
  }
  bucket->tower.store(tower, std::memory_order_release);
}

bool RingMemtable::Contains(const char* entry) const {
  Slice internal_key = compare_.decode_key(entry);
  Node* node = AtOrAfter(BucketOf(internal_key), internal_key);
  return node != nullptr && compare_(node->entry(), internal_key) == 0;
}

class RingIterator : public rocksdb::MemTableRep::Iterator {
 public:
  // One that is not `whole` ends with the bucket that Seek chose.
  RingIterator(const RingMemtable& table, bool whole) : table_(table), whole_(whole) {}

  bool Valid() const override { return node_ != nullptr; }
  const char* key() const override { return node_->entry(); }

  void Next() override {
    node_ = node_->Next(0);
    if (node_ == nullptr) ToNextBucket();
  }

  void Prev() override {
    node_ = table_.LastBefore(bucket_, table_.KeyOf(node_));
    if (node_ == nullptr) ToPreviousBucket();
  }

  void Seek(const Slice& internal_key, const char*) override {
    bucket_ = BucketOf(internal_key);
    node_ = table_.AtOrAfter(bucket_, internal_key);
    if (node_ == nullptr) ToNextBucket();
  }

  // The last entry that is not behind the key. No two entries are equal, so it is the entry at
  // the key, if there is one, or else the last one before.
  void SeekForPrev(const Slice& internal_key, const char*) override {
    bucket_ = BucketOf(internal_key);
    node_ = table_.AtOrAfter(bucket_, internal_key);
    if (node_ != nullptr && table_.KeyOf(node_) == internal_key) return;
    node_ = table_.LastBefore(bucket_, internal_key);
    if (node_ == nullptr) ToPreviousBucket();
  }

  void SeekToFirst() override {
    bucket_ = 0;
    node_ = table_.First(bucket_);
    if (node_ == nullptr) ToNextBucket();
  }

  void SeekToLast() override {
    bucket_ = kBuckets - 1;
    node_ = table_.Last(bucket_);
    if (node_ == nullptr) ToPreviousBucket();
  }

 private:
  void ToNextBucket() {
    while (whole_ && node_ == nullptr && bucket_ + 1 < kBuckets) {
      node_ = table_.First(++bucket_);
      table_.FetchBehind(bucket_);
    }
  }
  void ToPreviousBucket() {
    while (whole_ && node_ == nullptr && bucket_ > 0) node_ = table_.Last(--bucket_);
  }

  const RingMemtable& table_;
  const bool whole_;
  size_t bucket_ = 0;
  Node* node_ = nullptr;
};

// RocksDB wants its iterators in an arena whose class it does not publish. But an arena is an
// allocator, its only base, and a table made on an allocator can allocate from it.
class ArenaUser : public rocksdb::MemTableRep {
 public:
  explicit ArenaUser(rocksdb::Arena* arena)
      : MemTableRep(reinterpret_cast<rocksdb::Allocator*>(arena)) {}
  void Insert(rocksdb::KeyHandle) override { CHECK(false); }
  bool Contains(const char*) const override { return false; }
  size_t ApproximateMemoryUsage() override { return 0; }
  Iterator* GetIterator(rocksdb::Arena*) override { return nullptr; }

  RingIterator* NewIterator(const RingMemtable& table, bool whole) {
    char* bytes = nullptr;
    Allocate(sizeof(RingIterator) + alignof(RingIterator) - 1, &bytes);
    auto address = reinterpret_cast<uintptr_t>(bytes);
    return new (bytes + (0 - address) % alignof(RingIterator)) RingIterator(table, whole);
  }
};

rocksdb::MemTableRep::Iterator* RingMemtable::GetIterator(rocksdb::Arena* arena) {
  if (arena == nullptr) return new RingIterator(*this, true);
  return ArenaUser(arena).NewIterator(*this, true);
}

rocksdb::MemTableRep::Iterator* RingMemtable::GetDynamicPrefixIterator(rocksdb::Arena* arena) {
  if (arena != nullptr) return ArenaUser(arena).NewIterator(*this, false);
  // MemTableRep::Get takes one of these for each look-up and never deletes it, so each thread has
  // one to use again. (Merges and updates in place would delete theirs; Kindred uses neither.)
  static thread_local std::optional<RingIterator> iterator;
  iterator.emplace(*this, false);
  return &*iterator;
}

class RingMemtableFactory : public rocksdb::MemTableRepFactory {
 public:
  const char* Name() const override { return "kindred.RingMemtable"; }
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator& compare,
                                          rocksdb::Allocator* allocator,
                                          const rocksdb::SliceTransform*,
                                          rocksdb::Logger*) override {
    return new RingMemtable(compare, allocator);
  }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> NewRingMemtableFactory() {
  return std::make_shared<RingMemtableFactory>();
}

}  // namespace kindred
