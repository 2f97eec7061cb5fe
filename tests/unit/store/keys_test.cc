#include "store/keys.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <tuple>

namespace kindred {
namespace {

RecordKeyParts AnyParts(const std::string& key) {
  return {*rc::gen::arbitrary<uint16_t>(), *rc::gen::arbitrary<uint32_t>(),
          *rc::gen::arbitrary<uint8_t>(), key};
}

TEST(Keys, RecordKeyHasTheDocumentedLayout) {
  EXPECT_EQ(RecordKeyOf({0x0102, 0x03040506, 7, "key"}), "\x01\x02\x03\x04\x05\x06\x07key");
}

TEST(Keys, MakeRecordKeyReplacesWhatWasThere) {
  std::string out = "something longer than the key";
  MakeRecordKey({1, 2, 3, "k"}, &out);
  EXPECT_EQ(out, RecordKeyOf({1, 2, 3, "k"}));
}

TEST(Keys, TooShortKeysHaveNoParts) {
  EXPECT_FALSE(SplitRecordKey("123456").has_value());
  EXPECT_TRUE(SplitRecordKey("1234567").has_value());
  EXPECT_FALSE(SplitExpiryKey("1234567").has_value());
  EXPECT_TRUE(SplitExpiryKey("12345678").has_value());
}

RC_GTEST_PROP(Keys, SplittingGivesBackTheParts, (const std::string& key)) {
  RecordKeyParts parts = AnyParts(key);
  std::string record_key = RecordKeyOf(parts);
  auto split = SplitRecordKey(record_key);
  RC_ASSERT(split.has_value());
  RC_ASSERT(split->slot == parts.slot && split->place == parts.place);
  RC_ASSERT(split->db == parts.db && split->key == key);
}

RC_GTEST_PROP(Keys, BytesAreInTheOrderOfTheRing, (const std::string& a, const std::string& b)) {
  RecordKeyParts left = AnyParts(a);
  RecordKeyParts right = AnyParts(b);
  auto tied = [](const RecordKeyParts& parts) {
    return std::make_tuple(parts.slot, parts.place, parts.db, parts.key);
  };
  RC_ASSERT((RecordKeyOf(left) < RecordKeyOf(right)) == (tied(left) < tied(right)));
}

RC_GTEST_PROP(Keys, ExpiryKeysAreInTheOrderOfTime, (uint64_t a, uint64_t b)) {
  std::string earlier = ExpiryKey(std::min(a, b), "same");
  std::string later = ExpiryKey(std::max(a, b), "same");
  RC_ASSERT((earlier < later) == (a != b));
  auto split = SplitExpiryKey(earlier);
  RC_ASSERT(split.has_value());
  RC_ASSERT(split->expires_ms == std::min(a, b));
  RC_ASSERT(split->record_key == "same");
}

}  // namespace
}  // namespace kindred
