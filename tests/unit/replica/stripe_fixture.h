#ifndef KINDRED_TESTS_UNIT_REPLICA_STRIPE_FIXTURE_H_
#define KINDRED_TESTS_UNIT_REPLICA_STRIPE_FIXTURE_H_

// A stripe over a disk in memory, and short words for records. One thread: nobody else wants the
// stripe's lock.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "replica/stripe.h"
#include "store/keys.h"
#include "store/memory_store.h"

namespace kindred {

inline constexpr uint16_t kSlot = 5;
inline constexpr uint64_t kMe = 10, kOther = 11;  // actors

inline Version StringAt(Dot dot, std::string value, uint64_t expires_ms = kNever) {
  Version version;
  version.dot = dot;
  version.kind = Kind::kString;
  version.payload = std::move(value);
  version.expires_ms = expires_ms;
  return version;
}

inline Version TombstoneAt(Dot dot) {
  Version version;
  version.dot = dot;
  return version;
}

inline Record RecordOf(Version version, const Context& seen = Context()) {
  return Put(Record(), seen, std::move(version));
}

inline std::vector<std::string> Values(const Record& record) {
  std::vector<std::string> values;
  for (const Version& version : record.versions) values.push_back(version.payload);
  return values;
}
using Strings = std::vector<std::string>;

class StripeFixture : public testing::Test {
 protected:
  static std::string Key(const std::string& key, uint8_t db = 0) {
    return RecordKeyOf({kSlot, 1, db, key});
  }

  CachedRecord& Entry(const std::string& key) {
    CachedRecord* entry = stripe_.Find(key);
    EXPECT_NE(entry, nullptr);
    return *entry;
  }

  // What the disk holds, once it has synced; an empty record if nothing.
  Record OnDisk(std::string_view key) {
    store_.Sync();
    std::string bytes;
    Record record;
    if (store_.Load(Column::kRecords, key, &bytes) != Found::kFound) return record;
    ByteReader in(bytes);
    EXPECT_TRUE(Record::Decode(in, &record));
    return record;
  }

  size_t ExpiryEntries() {
    store_.Sync();
    return store_.Scan({Column::kExpiry, {}, {}}).size();
  }

  Counts::Number CountOf(uint8_t db = 0) const { return stripe_.counts().Of(kSlot, db); }

  MemoryStore store_;
  Stripe stripe_{store_, 1 << 20};
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_REPLICA_STRIPE_FIXTURE_H_
