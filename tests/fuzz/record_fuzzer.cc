// Any bytes to the record codec. What it accepts is a record in its one form and holds the
// invariants of records; and records that follow each other obey the laws of Merge, once they agree
// on what a dot names, as the records of one key do.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "causal/record.h"

namespace kindred {
namespace {

std::string Encoded(const Record& record) {
  std::string bytes;
  ByteWriter out(&bytes);
  record.Encode(out);
  return bytes;
}

void Check(const Record& record) {
  for (size_t i = 0; i < record.versions.size(); ++i) {
    CHECK(record.context.Covers(record.versions[i].dot));
    CHECK(i == 0 || NewerThan(record.versions[i - 1].dot, record.versions[i].dot));
  }
  CHECK(Merge(record, record) == record);
  CHECK(Merge(record, Record()) == record);
  CHECK(KnowsNoMoreThan(record, record.Seen()));
}

// The next record of `input`, which must be in its one form; none if it does not begin with one.
bool Next(std::string_view* input, Record* record) {
  ByteReader in(*input);
  if (!Record::Decode(in, record) || !in.ok()) return false;
  Check(*record);
  const std::string bytes = Encoded(*record);
  CHECK(input->starts_with(bytes));
  input->remove_prefix(bytes.size());
  return true;
}

const Version* Find(const Record& record, Dot dot) {
  const auto found = std::find_if(record.versions.begin(), record.versions.end(),
                                  [dot](const Version& version) { return version.dot == dot; });
  return found == record.versions.end() ? nullptr : &*found;
}

// What `other` holds under the dots of `record` is the same there, but it may be buried in either.
void Agree(const Record& other, Record* record) {
  for (Version& version : record->versions) {
    const Version* same = Find(other, version.dot);
    if (same == nullptr) continue;
    const bool buried = version.kind == Kind::kTombstone;
    version = *same;
    if (buried) version.Bury();
  }
}

// Each version of `a` is in the merged record unless `b` has seen and dropped it.
void CheckKept(const Record& a, const Record& b, const Record& merged) {
  for (const Version& version : a.versions) {
    const bool kept = Find(b, version.dot) != nullptr || !b.context.Covers(version.dot);
    CHECK((Find(merged, version.dot) != nullptr) == kept);
  }
}

void CheckMerge(const Record& a, const Record& b) {
  const Record merged = Merge(a, b);
  Check(merged);
  CHECK(Merge(b, a) == merged);
  CHECK(Merge(merged, a) == merged);
  CHECK(Merge(merged, b) == merged);
  CHECK(merged.context.CoversAll(a.context));
  CHECK(merged.context.CoversAll(b.context));
  CheckKept(a, b, merged);
  CheckKept(b, a, merged);
  for (const Version& version : merged.versions) {
    CHECK(Find(a, version.dot) != nullptr || Find(b, version.dot) != nullptr);
  }
  const std::string bytes = Encoded(merged);
  std::string_view rest = bytes;
  Record again;
  CHECK(Next(&rest, &again));
  CHECK(rest.empty());
  CHECK(again == merged);
}

// Flushes and burials may come before a merge or after it.
void CheckDropsAndBurials(const Record& a, const Record& b, uint64_t time) {
  Record merged = Merge(a, b);
  const Record flushed = DropUpTo(merged, time);
  Check(flushed);
  CHECK(flushed == Merge(DropUpTo(a, time), DropUpTo(b, time)));
  Record buried = a;
  BuryExpired(&buried, time);
  CHECK(buried.Digest() == a.Digest());
  Record buried_late = Merge(buried, b);
  BuryExpired(&buried_late, time);
  BuryExpired(&merged, time);
  CHECK(buried_late == merged);
}

}  // namespace
}  // namespace kindred

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  kindred::Record a;
  kindred::Record b;
  kindred::Record c;
  if (!kindred::Next(&input, &a) || !kindred::Next(&input, &b)) return 0;
  kindred::Agree(a, &b);
  kindred::CheckMerge(a, b);
  const uint64_t time = a.versions.empty() ? 5 : a.versions.back().dot.time;
  kindred::CheckDropsAndBurials(a, b, time);
  if (!kindred::Next(&input, &c)) return 0;
  kindred::Agree(a, &c);
  kindred::Agree(b, &c);
  CHECK(Merge(Merge(a, b), c) == Merge(a, Merge(b, c)));
  return 0;
}
