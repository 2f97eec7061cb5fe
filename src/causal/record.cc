#include "causal/record.h"

#include <utility>

#include "base/check.h"

namespace kindred {
namespace {

// Both sides hold the version: they can differ only in that one of them has buried it.
const Version& MoreBuried(const Version& a, const Version& b) {
  return a.kind == Kind::kTombstone ? a : b;
}

}  // namespace

Record Merge(const Record& a, const Record& b) {
  Record merged;
  merged.context = a.context;
  merged.context.Merge(b.context);
  auto left = a.versions.begin();
  auto right = b.versions.begin();
  while (left != a.versions.end() || right != b.versions.end()) {
    if (right == b.versions.end() ||
        (left != a.versions.end() && NewerThan(left->dot, right->dot))) {
      if (!b.context.Covers(left->dot)) merged.versions.push_back(*left);
      ++left;
    } else if (left == a.versions.end() || NewerThan(right->dot, left->dot)) {
      if (!a.context.Covers(right->dot)) merged.versions.push_back(*right);
      ++right;
    } else {
      merged.versions.push_back(MoreBuried(*left++, *right++));
    }
  }
  return merged;
}

Record Put(const Record& record, const Context& seen, Version version) {
  const Dot dot = version.dot;
  CHECK(!record.context.Covers(dot));
  CHECK(!seen.Covers(dot));
  if (version.kind == Kind::kTombstone) version.Bury();
  Record next;
  next.context = record.context;
  next.context.Merge(seen);
  next.context.Add(dot);
  // Newest first: the siblings that are newer, the version itself, the siblings that are older.
  const auto keep = [&](bool newer) {
    for (const Version& old : record.versions) {
      if (seen.Covers(old.dot) || NewerThan(old.dot, dot) != newer) continue;
      next.versions.push_back(old);
    }
  };
  keep(true);
  next.versions.push_back(std::move(version));
  keep(false);
  return next;
}

const Version* Newest(const Record& record) {
  return record.versions.empty() ? nullptr : &record.versions.front();
}

const Version* NewestLive(const Record& record, uint64_t now_ms) {
  const Version* newest = Newest(record);
  return newest != nullptr && !newest->DeadAt(now_ms) ? newest : nullptr;
}

bool KnowsNoMoreThan(const Record& record, const Context& context) {
  return context.CoversAll(record.context);
}

Record DropUpTo(Record record, uint64_t watermark) {
  // Newest first, so all that is dead stands at the end.
  while (!record.versions.empty() && record.versions.back().dot.time <= watermark) {
    record.versions.pop_back();
  }
  record.context.DropUpTo(watermark);
  return record;
}

bool BuryExpired(Record* record, uint64_t now_ms) {
  bool changed = false;
  for (Version& version : record->versions) {
    if (version.kind == Kind::kTombstone || !version.DeadAt(now_ms)) continue;
    version.Bury();
    changed = true;
  }
  return changed;
}

size_t Record::MemoryBytes() const {
  const size_t inside = std::string().capacity();  // payloads up to this length lie in the object
  size_t bytes = sizeof(Record) + context.HeapBytes();
  if (versions.capacity() > 1) bytes += versions.capacity() * sizeof(Version);
  for (const Version& version : versions) {
    if (version.payload.capacity() > inside) bytes += version.payload.capacity() + 1;
  }
  return bytes;
}

}  // namespace kindred
