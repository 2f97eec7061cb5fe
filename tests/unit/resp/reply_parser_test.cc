#include "resp/reply_parser.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_writer.h"

namespace kindred {
namespace {

using Type = ReplyNode::Type;

bool Equal(const ReplyNode& a, const ReplyNode& b) {
  if (a.type != b.type || a.text != b.text || a.integer != b.integer || a.number != b.number ||
      a.items.size() != b.items.size()) {
    return false;
  }
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!Equal(a.items[i], b.items[i])) return false;
  }
  return true;
}

// REQUIRES: `bytes` begins with a whole reply.
ReplyNode Parsed(std::string_view bytes) {
  ReplyNode node;
  const auto used = ParseReply(bytes, &node);
  EXPECT_TRUE(used.ok() && used->has_value()) << bytes;
  const auto length = ReplyLength(bytes);
  EXPECT_TRUE(length.ok() && *length == *used) << bytes;
  return node;
}

TEST(ReplyParser, ReadsEveryType) {
  EXPECT_EQ(Parsed("+OK\r\n").text, "OK");
  EXPECT_EQ(Parsed("+\r\n").type, Type::kSimple);
  EXPECT_EQ(Parsed("-ERR no\r\n").type, Type::kError);
  EXPECT_EQ(Parsed("!6\r\nERR \r\n\r\n").text, "ERR \r\n");
  EXPECT_EQ(Parsed(":-7\r\n").integer, -7);
  EXPECT_EQ(Parsed("$3\r\na\r\n\r\n").text, "a\r\n");
  EXPECT_EQ(Parsed("$-1\r\n").type, Type::kNil);
  EXPECT_EQ(Parsed("*-1\r\n").type, Type::kNil);
  EXPECT_EQ(Parsed("_\r\n").type, Type::kNil);
  EXPECT_EQ(Parsed("*0\r\n").type, Type::kArray);
  EXPECT_EQ(Parsed("~1\r\n:1\r\n").type, Type::kSet);
  EXPECT_EQ(Parsed(">1\r\n:1\r\n").type, Type::kPush);
  EXPECT_EQ(Parsed(",1e-10\r\n").number, 1e-10);
  EXPECT_EQ(Parsed(",-inf\r\n").number, -INFINITY);
  EXPECT_EQ(Parsed("#t\r\n").integer, 1);
  EXPECT_EQ(Parsed("#f\r\n").type, Type::kBool);
  EXPECT_EQ(Parsed("=7\r\ntxt:abc\r\n").text, "abc");
  EXPECT_EQ(Parsed("(123456789012345678901234567890\r\n").text, "123456789012345678901234567890");
}

TEST(ReplyParser, AMapsItemsAreKeysAndValuesInTurn) {
  const ReplyNode map = Parsed("%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n");
  EXPECT_EQ(map.type, Type::kMap);
  ASSERT_EQ(map.items.size(), 4u);
  EXPECT_EQ(map.items[2].text, "b");
  EXPECT_EQ(map.items[3].items.size(), 1u);
}

TEST(ReplyParser, SkipsAttributes) {
  EXPECT_EQ(Parsed("|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n").text, "v");
  EXPECT_EQ(Parsed("*1\r\n|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n").items.size(), 1u);
}

TEST(ReplyParser, TellsHowManyBytesItUsed) {
  const auto length = ReplyLength("*2\r\n:1\r\n$1\r\nx\r\n+next\r\n");
  ASSERT_TRUE(length.ok());
  EXPECT_EQ(*length, 15u);
}

TEST(ReplyParser, RefusesWhatNoServerSends) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "*1\r\n";
  std::string attributes;
  for (int i = 0; i < 100; ++i) attributes += "|0\r\n";
  for (const std::string& bytes : {std::string("\r\n"),
                                   std::string("x\r\n"),
                                   std::string(":1x\r\n"),
                                   std::string("$-2\r\n"),
                                   std::string("$01\r\nx\r\n"),
                                   std::string("$1\r\nxyz"),
                                   std::string("*-2\r\n"),
                                   std::string("%-1\r\n"),
                                   std::string("#x\r\n"),
                                   std::string(",\r\n"),
                                   std::string(",1,5\r\n"),
                                   std::string("_x\r\n"),
                                   std::string("=3\r\nabc\r\n"),
                                   std::string("+a\rb\r\n"),
                                   std::string("+a\n"),
                                   std::string("$9999999999\r\n"),
                                   std::string("*99999999999\r\n"),
                                   std::string("!-1\r\n"),
                                   deep,
                                   attributes}) {
    ReplyNode node;
    EXPECT_FALSE(ParseReply(bytes, &node).ok()) << bytes;
    EXPECT_FALSE(ReplyLength(bytes).ok()) << bytes;
  }
}

TEST(ReplyParser, HugeAnnouncementsCostNothing) {
  ReplyNode node;
  for (const std::string_view bytes : {"*200000000\r\n:1\r\n", "$1000000000\r\nabc"}) {
    const auto used = ParseReply(bytes, &node);
    ASSERT_TRUE(used.ok());
    EXPECT_FALSE(used->has_value());
  }
}

// Writes a node as the protocol can say it, and turns it into what is to come back.
void Write(ReplyNode* node, ReplyWriter* writer) {
  const bool resp3 = writer->protocol() == 3;
  const auto aggregate = [&] {
    if (!resp3) node->type = Type::kArray;
    for (ReplyNode& item : node->items) Write(&item, writer);
  };
  switch (node->type) {
    case Type::kNil:
      return writer->Nil();
    case Type::kSimple:
      return writer->Simple(node->text);
    case Type::kError:
      return writer->Error(node->text);
    case Type::kInteger:
      return writer->Integer(node->integer);
    case Type::kBulk:
      return writer->Bulk(node->text);
    case Type::kArray:
      writer->Array(node->items.size());
      return aggregate();
    case Type::kMap:
      writer->Map(node->items.size() / 2);
      return aggregate();
    case Type::kSet:
      writer->Set(node->items.size());
      return aggregate();
    case Type::kPush:
      writer->Push(node->items.size());
      return aggregate();
    case Type::kDouble: {
      const size_t begin = writer->out()->size();
      writer->Double(node->number);
      if (!resp3) *node = Parsed(std::string_view(*writer->out()).substr(begin));
      return;
    }
    case Type::kBool:
      if (!resp3) node->type = Type::kInteger;
      return writer->Bool(node->integer == 1);
    case Type::kVerbatim:
      if (!resp3) node->type = Type::kBulk;
      return writer->Verbatim(node->text);
    case Type::kBigNumber:
      if (!resp3) node->type = Type::kBulk;
      return writer->BigNumber(node->text);
  }
}

ReplyNode AnyNode(int depth) {
  ReplyNode node;
  node.type = static_cast<Type>(*rc::gen::inRange(0, static_cast<int>(Type::kBigNumber) + 1));
  switch (node.type) {
    case Type::kNil:
      break;
    case Type::kSimple:
    case Type::kError:
    case Type::kBigNumber:
      node.text = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
      break;
    case Type::kBulk:
    case Type::kVerbatim:
      node.text = *rc::gen::arbitrary<std::string>();
      break;
    case Type::kInteger:
      node.integer = *rc::gen::arbitrary<int64_t>();
      break;
    case Type::kBool:
      node.integer = *rc::gen::inRange(0, 2);
      break;
    case Type::kDouble:
      node.number = *rc::gen::arbitrary<double>();
      break;
    case Type::kArray:
    case Type::kMap:
    case Type::kSet:
    case Type::kPush: {
      const int half = depth < 3 ? *rc::gen::inRange(0, 3) : 0;
      for (int i = 0; i < 2 * half; ++i) node.items.push_back(AnyNode(depth + 1));
      break;
    }
  }
  return node;
}

RC_GTEST_PROP(ReplyParserLaws, WhatIsWrittenComesBack, ()) {
  const int protocol = *rc::gen::element(2, 3);
  ReplyNode expected = AnyNode(0);
  std::string bytes;
  ReplyWriter writer(&bytes, protocol);
  Write(&expected, &writer);
  const size_t length = bytes.size();

  for (size_t i = 0; i < length; ++i) {
    ReplyNode node;
    const auto used = ParseReply(std::string_view(bytes).substr(0, i), &node);
    RC_ASSERT(used.ok());
    RC_ASSERT(!used->has_value());
  }
  bytes += "*";
  ReplyNode node;
  const auto used = ParseReply(bytes, &node);
  RC_ASSERT(used.ok());
  RC_ASSERT(*used == std::optional<size_t>(length));
  RC_ASSERT(Equal(node, expected));
}

RC_GTEST_PROP(ReplyParserLaws, GarbageNeverUsesMoreThanThereIs, ()) {
  std::string bytes;
  const int lines = *rc::gen::inRange(1, 10);
  for (int i = 0; i < lines; ++i) {
    bytes += *rc::gen::elementOf(std::string("*$%~>|+-:,#=!(_x"));
    bytes += *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123-.einf t\r\n")));
    bytes += "\r\n";
  }
  ReplyNode node;
  const auto used = ParseReply(bytes, &node);
  if (used.ok() && used->has_value()) RC_ASSERT(**used <= bytes.size());
  const auto length = ReplyLength(bytes);
  RC_ASSERT(length.ok() == used.ok());
  if (used.ok()) RC_ASSERT(*length == *used);
}

}  // namespace
}  // namespace kindred
