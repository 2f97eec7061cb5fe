#include "message/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "message/message_codec.h"
#include "tests/unit/message/random_message.h"

namespace kindred {
namespace {

using Result = FrameReader::Result;

std::string Turn(const std::vector<Message>& messages) {
  std::string bytes;
  FrameWriter writer;
  writer.Begin(&bytes);
  for (const Message& message : messages) EXPECT_TRUE(writer.Add(message));
  writer.Finish();
  return bytes;
}

Message ReplyOf(size_t size) { return Forwarded{1, Outcome::kDone, std::string(size, 'r')}; }

// What the reader has, each described; ends with "?" or, after an error, "!".
std::vector<std::string> ReadAll(FrameReader* reader) {
  std::vector<std::string> lines;
  Message message;
  Result result;
  while ((result = reader->Next(&message)) == Result::kMessage) lines.push_back(Describe(message));
  lines.push_back(result == Result::kNeedMore ? "?" : "!");
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Frame, ATurnIsOneFrame) {
  const std::string bytes = Turn({Ack{1}, Ack{2}});
  EXPECT_EQ(bytes, std::string("\0\0\0\6\6\1\0\6\2\0", 10));
}

TEST(Frame, ATurnWithoutMessagesLeavesNoBytes) { EXPECT_EQ(Turn({}), ""); }

TEST(Frame, TurnsAreAppendedToWhatWaitsToBeSent) {
  std::string bytes;
  FrameWriter writer;
  for (uint64_t id : {1, 2}) {
    writer.Begin(&bytes);
    EXPECT_TRUE(writer.Add(Ack{id}));
    writer.Finish();
  }
  EXPECT_EQ(bytes, Turn({Ack{1}}) + Turn({Ack{2}}));
}

TEST(Frame, AFullFrameIsClosedAndTheNextBegun) {
  std::string bytes;
  FrameWriter writer(/*frame_bytes_max=*/100);
  writer.Begin(&bytes);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(writer.Add(ReplyOf(60)));
  writer.Finish();
  EXPECT_EQ(bytes, Turn({ReplyOf(60), ReplyOf(60)}) + Turn({ReplyOf(60)}));
}

TEST(Frame, AMessageThatIsTooLargeIsLeftOut) {
  std::string bytes;
  FrameWriter writer(kFrameBytesMax, /*message_bytes_max=*/100);
  writer.Begin(&bytes);
  EXPECT_TRUE(writer.Add(Ack{1}));
  EXPECT_FALSE(writer.Add(ReplyOf(200)));
  EXPECT_TRUE(writer.Add(Ack{2}));
  writer.Finish();
  EXPECT_EQ(bytes, Turn({Ack{1}, Ack{2}}));
}

TEST(Frame, MessagesComeOutOnceTheirFrameIsWhole) {
  const std::string bytes = Turn({Flushed{1, 7}, Flushed{2, 8}});
  FrameReader reader;
  for (char byte : bytes.substr(0, bytes.size() - 1)) {
    reader.Feed({&byte, 1});
    ASSERT_EQ(ReadAll(&reader), Lines{"?"});
  }
  reader.Feed(bytes.substr(bytes.size() - 1));
  EXPECT_EQ(ReadAll(&reader), (Lines{"Flushed clock=7", "Flushed clock=8", "?"}));
}

RC_GTEST_PROP(Frame, AnyPiecesGiveTheMessagesInOrder, ()) {
  std::string bytes;
  Lines expected;
  FrameWriter writer(/*frame_bytes_max=*/40);
  for (int turn = *rc::gen::inRange(0, 4); turn > 0; --turn) {
    writer.Begin(&bytes);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const Message message = DrawMessage();
      RC_ASSERT(writer.Add(message));
      expected.push_back(Describe(message));
    }
    writer.Finish();
  }
  FrameReader reader;
  Lines got;
  for (std::string_view rest = bytes; !rest.empty();) {
    const size_t size = std::min(rest.size(), *rc::gen::inRange<size_t>(1, 50));
    reader.Feed(rest.substr(0, size));
    rest.remove_prefix(size);
    for (std::string& line : ReadAll(&reader)) got.push_back(std::move(line));
  }
  got.erase(std::remove(got.begin(), got.end(), "?"), got.end());
  RC_ASSERT(got == expected);
}

RC_GTEST_PROP(Frame, ForeignBytesDoNoHarm, ()) {
  FrameReader reader;
  reader.Feed(*rc::gen::arbitrary<std::string>());
  ReadAll(&reader);
}

RC_GTEST_PROP(Frame, FlippedBitsDoNoHarm, ()) {
  std::string bytes = Turn({DrawMessage(), DrawMessage()});
  const size_t bit = *rc::gen::inRange<size_t>(0, bytes.size() * 8);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  FrameReader reader;
  reader.Feed(bytes);
  ReadAll(&reader);
}

TEST(Frame, AnEmptyFrameIsAnError) {
  FrameReader reader;
  reader.Feed(std::string(4, '\0'));
  EXPECT_EQ(ReadAll(&reader), Lines{"!"});
}

TEST(Frame, AFrameBeyondTheLimitIsAnErrorAtItsHeader) {
  FrameReader reader(/*frame_bytes_limit=*/100);
  reader.Feed(std::string("\0\0\0\x65", 4));
  EXPECT_EQ(ReadAll(&reader), Lines{"!"});
}

TEST(Frame, AMessageThatGoesBeyondItsFrameIsAnErrorForGood) {
  std::string bytes = Turn({Flushed{1, 7}});
  bytes[3] = static_cast<char>(bytes[3] - 1);
  FrameReader reader;
  reader.Feed(bytes);
  EXPECT_EQ(ReadAll(&reader), Lines{"!"});
  reader.Feed(Turn({Ack{1}}));
  EXPECT_EQ(ReadAll(&reader), Lines{"!"});
}

TEST(Frame, AnAnnouncedLengthTakesNoMemory) {
  FrameReader reader;
  std::string header;
  ByteWriter(&header).U32(kFrameBytesLimit);
  reader.Feed(header + std::string(100, 'x'));
  EXPECT_EQ(ReadAll(&reader), Lines{"?"});
  EXPECT_LE(reader.MemoryBytes(), 2 * 104u);
}

TEST(Frame, TheRoomOfALargeFrameIsGivenBack) {
  FrameReader reader;
  reader.Feed(Turn({ReplyOf(20 << 20)}));
  EXPECT_GT(reader.MemoryBytes(), 20u << 20);
  Message message;
  EXPECT_EQ(reader.Next(&message), Result::kMessage);
  reader.Feed(Turn({Ack{1}}));
  EXPECT_LT(reader.MemoryBytes(), 1u << 20);
  EXPECT_EQ(ReadAll(&reader), (Lines{"Ack", "?"}));
}

}  // namespace
}  // namespace kindred
