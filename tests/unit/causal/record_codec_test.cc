#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "causal/record.h"
#include "tests/unit/causal/generators.h"

namespace kindred {
namespace {

std::string Bytes(const auto& value) {
  std::string bytes;
  ByteWriter out(&bytes);
  value.Encode(out);
  return bytes;
}

bool DecodesWhole(const std::string& bytes, Record* record) {
  ByteReader in(bytes);
  return Record::Decode(in, record) && in.AtEnd();
}

// Context {(1, 9), (2, 7)} and whatever is said about the versions.
struct RawVersion {
  uint64_t index, age;
  uint8_t flags;
  std::string rest;
};
bool Accepts(const std::vector<RawVersion>& versions) {
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(1);
  Context context;
  context.Add({1, 9});
  context.Add({2, 7});
  context.Encode(out);
  out.Varint(versions.size());
  for (const RawVersion& version : versions) {
    out.Varint(version.index);
    out.Varint(version.age);
    out.U8(version.flags);
    out.Raw(version.rest);
  }
  Record record;
  return DecodesWhole(bytes, &record);
}

TEST(RecordCodec, AcceptsOnlyVersionsThatTheContextCoversNewestFirst) {
  EXPECT_TRUE(Accepts({}));
  EXPECT_TRUE(Accepts({{0, 0, 0, ""}, {1, 0, 0, ""}, {0, 8, 0, ""}}));
  EXPECT_FALSE(Accepts({{1, 0, 0, ""}, {0, 0, 0, ""}}));  // oldest first
  EXPECT_FALSE(Accepts({{0, 0, 0, ""}, {0, 0, 0, ""}}));  // a dot twice
  EXPECT_FALSE(Accepts({{2, 0, 0, ""}}));                 // no such actor
  EXPECT_FALSE(Accepts({{0, 9, 0, ""}}));                 // time 0
}

TEST(RecordCodec, AcceptsOnlyFlagsThatItKnows) {
  const std::string payload(
      "\x03"
      "abc");
  const std::string time(8, '\x01');
  EXPECT_TRUE(Accepts({{0, 0, 0x01, payload}}));
  EXPECT_TRUE(Accepts({{0, 0, 0x31, time + payload}}));
  EXPECT_FALSE(Accepts({{0, 0, 0x41, payload}}));                         // unknown flag
  EXPECT_FALSE(Accepts({{0, 0, 0x02, payload}}));                         // unknown kind
  EXPECT_FALSE(Accepts({{0, 0, 0x20, time}}));                            // expiring tombstone
  EXPECT_FALSE(Accepts({{0, 0, 0x21, std::string(8, '\0') + payload}}));  // expires: never
  EXPECT_FALSE(Accepts({{0, 0, 0x01,
                         "\x04"
                         "abc"}}));  // cut off
}

TEST(RecordCodec, AnotherFormatIsRefused) {
  std::string bytes = Bytes(Record());
  Record record;
  EXPECT_TRUE(DecodesWhole(bytes, &record));
  bytes[0] = 2;
  EXPECT_FALSE(DecodesWhole(bytes, &record));
  EXPECT_FALSE(DecodesWhole("", &record));
}

TEST(RecordCodec, ASingleVersionCostsFewBytesBesideItsPayload) {
  Version version = VersionOf({1, 2});
  version.kind = Kind::kString;
  version.payload = std::string(100, 'x');
  version.expires_ms = kNever;
  EXPECT_EQ(Bytes(Put({}, {}, version)).size(), 123u);
}

RC_GTEST_PROP(RecordCodec, DecodeReturnsWhatEncodeWrote, ()) {
  const Record record = AnyRecord();
  Record decoded = AnyRecord();
  RC_ASSERT(DecodesWhole(Bytes(record), &decoded));
  RC_ASSERT(decoded == record);
}

RC_GTEST_PROP(RecordCodec, VersionsTravelAloneToo, ()) {
  const Version version = VersionOf(AnyDot());
  const std::string bytes = Bytes(version);
  ByteReader in(bytes);
  Version decoded = VersionOf(AnyDot());
  RC_ASSERT(Version::Decode(in, &decoded));
  RC_ASSERT(in.AtEnd());
  RC_ASSERT(decoded == version);
}

RC_GTEST_PROP(RecordCodec, EveryTruncationIsRefused, ()) {
  const std::string bytes = Bytes(AnyRecord());
  Record decoded;
  for (size_t size = 0; size < bytes.size(); ++size) {
    RC_ASSERT(!DecodesWhole(bytes.substr(0, size), &decoded));
  }
}

// Whatever is accepted has one form only, so it holds the invariants that Encode checks.
void AcceptsNothingThatItWouldNotWrite(const std::string& bytes) {
  Record decoded;
  if (DecodesWhole(bytes, &decoded)) RC_ASSERT(Bytes(decoded) == bytes);
}

RC_GTEST_PROP(RecordCodec, ArbitraryBytesAreRefusedOrCanonical, (const std::string& bytes)) {
  AcceptsNothingThatItWouldNotWrite(bytes);
  AcceptsNothingThatItWouldNotWrite('\1' + bytes);
  ByteReader in(bytes);
  Version version;
  if (Version::Decode(in, &version) && in.AtEnd()) RC_ASSERT(Bytes(version) == bytes);
}

RC_GTEST_PROP(RecordCodec, DamagedRecordsAreRefusedOrCanonical, ()) {
  std::string bytes = Bytes(AnyRecord());
  const int changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i) {
    bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
  }
  AcceptsNothingThatItWouldNotWrite(bytes);
}

}  // namespace
}  // namespace kindred
