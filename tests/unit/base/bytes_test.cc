#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>

namespace kindred {
namespace {

std::string VarintBytes(uint64_t value) {
  std::string out;
  ByteWriter(&out).Varint(value);
  return out;
}

TEST(Bytes, FixedNumbersAreBigEndian) {
  std::string out;
  ByteWriter writer(&out);
  writer.U8(1);
  writer.U16(0x0203);
  writer.U32(0x04050607);
  writer.U64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(out, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f");
}

TEST(Bytes, VarintsAreAsShortAsTheyCanBe) {
  EXPECT_EQ(VarintBytes(0), std::string(1, '\0'));
  EXPECT_EQ(VarintBytes(127), "\x7f");
  EXPECT_EQ(VarintBytes(128), "\x80\x01");
  EXPECT_EQ(VarintBytes(std::numeric_limits<uint64_t>::max()).size(), 10u);
}

TEST(Bytes, ReadingPastTheEndFailsForGood) {
  ByteReader reader("\x01\x02\x03");
  EXPECT_EQ(reader.U8(), 1);
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_EQ(reader.Raw(1), "");
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Bytes, ALengthBeyondTheInputFails) {
  ByteReader reader(
      "\x05"
      "abc");
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, MalformedVarintsAreRefused) {
  const std::string bad[] = {
      "",                                              // empty
      "\x80",                                          // cut off
      std::string("\x80\x00", 2),                      // longer than needed
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",      // beyond 64 bits
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // eleven bytes
  };
  for (const std::string& input : bad) {
    ByteReader reader(input);
    EXPECT_EQ(reader.Varint(), 0u);
    EXPECT_FALSE(reader.ok());
  }
}

RC_GTEST_PROP(Bytes, WhatIsWrittenIsReadBack,
              (uint8_t a, uint16_t b, uint32_t c, uint64_t d, const std::string& e)) {
  uint64_t any_length = d >> (a % 64);
  std::string out;
  ByteWriter writer(&out);
  writer.U8(a);
  writer.U16(b);
  writer.Bytes(e);
  writer.U32(c);
  writer.Varint(any_length);
  writer.U64(d);
  writer.Raw(e);

  ByteReader reader(out);
  RC_ASSERT(reader.U8() == a);
  RC_ASSERT(reader.U16() == b);
  RC_ASSERT(reader.Bytes() == e);
  RC_ASSERT(reader.U32() == c);
  RC_ASSERT(reader.Varint() == any_length);
  RC_ASSERT(reader.U64() == d);
  RC_ASSERT(reader.remaining() == e.size());
  RC_ASSERT(reader.Raw(e.size()) == e);
  RC_ASSERT(reader.AtEnd());
}

RC_GTEST_PROP(Bytes, OrderOfBytesIsOrderOfNumbers, (uint64_t a, uint64_t b)) {
  std::string a_bytes;
  std::string b_bytes;
  ByteWriter(&a_bytes).U64(a);
  ByteWriter(&b_bytes).U64(b);
  RC_ASSERT((a < b) == (a_bytes < b_bytes));
}

RC_GTEST_PROP(Bytes, AVarintHasOneEncoding, (const std::string& input)) {
  ByteReader reader(input);
  uint64_t value = reader.Varint();
  if (reader.ok()) RC_ASSERT(VarintBytes(value) == input.substr(0, VarintBytes(value).size()));
}

}  // namespace
}  // namespace kindred
