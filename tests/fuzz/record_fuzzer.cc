// Any bytes to the record codec. What it accepts is a record in its one form, holds the invariants
// of records, and obeys the laws of Merge.
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

}  // namespace
}  // namespace kindred

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  kindred::ByteReader in(input);
  kindred::Record first;
  if (!kindred::Record::Decode(in, &first) || !in.ok()) return 0;
  kindred::Check(first);
  const std::string bytes = kindred::Encoded(first);
  CHECK(input.starts_with(bytes));
  kindred::ByteReader rest(input.substr(bytes.size()));
  kindred::Record second;
  if (!kindred::Record::Decode(rest, &second) || !rest.ok()) return 0;
  kindred::Check(kindred::DropUpTo(first, 5));
  return 0;
}
