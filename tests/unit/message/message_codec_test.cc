#include "message/message_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "base/hex.h"
#include "message/message_fields.h"
#include "tests/unit/message/random_message.h"

namespace kindred {
namespace {

std::string Encoded(const Message& message) {
  std::string bytes;
  EncodeMessage(message, &bytes);
  return bytes;
}

// What has been read of `bytes` must be exactly what would be written.
bool DecodesCanonicallyOrNot(std::string_view bytes) {
  ByteReader reader(bytes);
  Message message;
  if (!DecodeMessage(reader, &message)) return true;
  return Encoded(message) == bytes.substr(0, bytes.size() - reader.remaining());
}

// The number of members of a struct: how many braces it can be made from.
template <typename T>
constexpr size_t MemberCount() {
  // clang-format off
  if constexpr (requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) return 11;
  else if constexpr (requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) return 10;
  else if constexpr (requires { T{{}, {}, {}, {}, {}, {}, {}, {}, {}}; }) return 9;
  else if constexpr (requires { T{{}, {}, {}, {}, {}, {}, {}, {}}; }) return 8;
  else if constexpr (requires { T{{}, {}, {}, {}, {}, {}, {}}; }) return 7;
  else if constexpr (requires { T{{}, {}, {}, {}, {}, {}}; }) return 6;
  else if constexpr (requires { T{{}, {}, {}, {}, {}}; }) return 5;
  else if constexpr (requires { T{{}, {}, {}, {}}; }) return 4;
  else if constexpr (requires { T{{}, {}, {}}; }) return 3;
  else if constexpr (requires { T{{}, {}}; }) return 2;
  else return 1;
  // clang-format on
}

// Remembers which members were named.
class MemberCollector {
 public:
  size_t count() const { return members_.size(); }

  void Id(const auto& value) { members_.insert(&value); }
  void Number(std::string_view, const auto& value) { members_.insert(&value); }
  void Db(std::string_view, const auto& value) { members_.insert(&value); }
  void Word(std::string_view, const auto& value) { members_.insert(&value); }
  void Time(std::string_view, const auto& value) { members_.insert(&value); }
  void Flag(std::string_view, const auto& value) { members_.insert(&value); }
  void Key(std::string_view, const auto& value) { members_.insert(&value); }
  void Text(std::string_view, const auto& value) { members_.insert(&value); }
  void Blob(std::string_view, const auto& value) { members_.insert(&value); }
  void Choice(std::string_view, const auto& value, auto) { members_.insert(&value); }
  void Object(std::string_view, const auto& value) { members_.insert(&value); }
  void Group(std::string_view, const auto& value) { members_.insert(&value); }
  void Maybe(std::string_view, const auto& value, auto) { members_.insert(&value); }
  void List(std::string_view, const auto& value, auto) { members_.insert(&value); }

 private:
  std::set<const void*> members_;
};

template <typename T>
void ExpectAllMembersNamed(const T& empty) {
  MemberCollector collector;
  Fields(collector, empty);
  EXPECT_EQ(collector.count(), MemberCount<T>()) << __PRETTY_FUNCTION__;
}

TEST(MessageCodec, EveryMemberOfEveryStructIsSent) {
  for (size_t type = 0; type < kMessageTypes; ++type) {
    std::visit([](const auto& empty) { ExpectAllMembersNamed(empty); }, EmptyMessage(type));
  }
  ExpectAllMembersNamed(Decided());
  ExpectAllMembersNamed(NodeInfo());
  ExpectAllMembersNamed(Once());
  ExpectAllMembersNamed(Prepare::Item());
  ExpectAllMembersNamed(Prepared::Item());
  ExpectAllMembersNamed(ScanTell::Item());
}

RC_GTEST_PROP(MessageCodec, EveryMessageComesBackAsItWas, ()) {
  for (size_t type = 0; type < kMessageTypes; ++type) {
    const Message message = DrawMessage(type);
    const std::string bytes = Encoded(message);
    ByteReader reader(bytes);
    Message back;
    RC_ASSERT(DecodeMessage(reader, &back));
    RC_ASSERT(reader.AtEnd());
    RC_ASSERT(back.index() == type);
    RC_ASSERT(Encoded(back) == bytes);
    RC_ASSERT(Describe(back) == Describe(message));
  }
}

RC_GTEST_PROP(MessageCodec, WhatFollowsAMessageIsLeftAlone, ()) {
  const std::string bytes = Encoded(DrawMessage());
  const std::string garbage = *rc::gen::arbitrary<std::string>();
  const std::string both = bytes + garbage;
  ByteReader reader(both);
  Message back;
  RC_ASSERT(DecodeMessage(reader, &back));
  RC_ASSERT(reader.remaining() == garbage.size());
}

RC_GTEST_PROP(MessageCodec, ATruncatedMessageIsNone, ()) {
  const std::string bytes = Encoded(DrawMessage());
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader(std::string_view(bytes).substr(0, size));
    Message back;
    RC_ASSERT(!DecodeMessage(reader, &back));
  }
}

RC_GTEST_PROP(MessageCodec, RandomBytesDoNoHarm, ()) {
  const std::string noise = *rc::gen::arbitrary<std::string>();
  for (size_t type = 0; type <= kMessageTypes; ++type) {
    RC_ASSERT(DecodesCanonicallyOrNot(static_cast<char>(type) + noise));
  }
}

RC_GTEST_PROP(MessageCodec, FlippedBitsDoNoHarm, ()) {
  const std::string bytes = Encoded(DrawMessage());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(DecodesCanonicallyOrNot(flipped));
  }
}

TEST(MessageCodec, AnAnnouncedCountBeyondTheBytesIsRefused) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(static_cast<uint8_t>(Message(CountAsk()).index()));
  writer.Varint(1);                  // id
  writer.Varint(uint64_t{1} << 62);  // vnodes
  writer.Raw("\x01\x02\x03");
  ByteReader reader(bytes);
  Message message;
  EXPECT_FALSE(DecodeMessage(reader, &message));
}

TEST(MessageCodec, ANumberThatDoesNotFitItsFieldIsRefused) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.U8(static_cast<uint8_t>(Message(CountAsk()).index()));
  writer.Varint(1);
  writer.Varint(1);
  writer.Varint(uint64_t{1} << 32);  // a vnode has 32 bits
  ByteReader reader(bytes);
  Message message;
  EXPECT_FALSE(DecodeMessage(reader, &message));
}

// The bytes of one message, so that nobody changes them without changing kMessageVersion.
TEST(MessageCodec, TheBytesOfAGuardedWrite) {
  Guarded guarded;
  guarded.id = 300;
  guarded.key = "key";
  guarded.base.Add({1, 5});
  guarded.version.dot = {1, 7};
  guarded.version.kind = Kind::kString;
  guarded.version.guarded = true;
  guarded.version.payload = "v";
  EXPECT_EQ(HexEncode(Encoded(guarded)),
            "04"                                  // type
            "ac02"                                // id
            "036b6579"                            // key
            "0100000000000000010000000000000005"  // base
            "00000000000000010000000000000007"    // dot
            "110176"                              // guarded string, payload
            "00"                                  // nothing kept
            "0000000000000000"                    // no flush
            "00");                                // no standing
}

}  // namespace
}  // namespace kindred
