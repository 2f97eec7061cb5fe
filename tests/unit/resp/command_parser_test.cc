#include "resp/command_parser.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kindred {
namespace {

using Command = std::vector<std::string>;
using Commands = std::vector<Command>;

std::string Multibulk(const Command& command) {
  std::string bytes = "*" + std::to_string(command.size()) + "\r\n";
  for (const std::string& arg : command) {
    bytes += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
  }
  return bytes;
}

// What a connection does with a parser: bytes arrive in pieces, commands leave from the front.
class Connection {
 public:
  explicit Connection(const ParserLimits& limits = ParserLimits()) : parser_(limits) {}

  void Receive(std::string_view bytes) {
    if (failed_) return;
    // The bytes move at every arrival, so that a view kept from before would be seen by ASAN.
    buffer_ = std::string(buffer_).append(bytes);
    while (ParseOne()) {
    }
  }

  void ReceiveByteByByte(std::string_view bytes) {
    for (const char c : bytes) Receive({&c, 1});
  }

  const Commands& commands() const { return commands_; }
  const std::string& rest() const { return buffer_; }
  bool failed() const { return failed_; }
  std::string error() const { return std::string(parser_.error()); }
  size_t BytesWanted() const { return parser_.BytesWanted(); }

 private:
  bool ParseOne() {
    switch (parser_.Parse(buffer_)) {
      case ParseStatus::kCommand:
        EXPECT_GT(parser_.consumed(), 0u);
        EXPECT_LE(parser_.consumed(), buffer_.size());
        commands_.emplace_back(parser_.args().begin(), parser_.args().end());
        buffer_.erase(0, parser_.consumed());
        return true;
      case ParseStatus::kNeedMore:
        EXPECT_GT(parser_.BytesWanted(), 0u);
        return false;
      case ParseStatus::kError:
        failed_ = true;
        return false;
    }
    return false;
  }

  CommandParser parser_;
  std::string buffer_;
  Commands commands_;
  bool failed_ = false;
};

void ExpectCommands(std::string_view bytes, const Commands& expected) {
  Connection at_once;
  at_once.Receive(bytes);
  EXPECT_EQ(at_once.commands(), expected);
  EXPECT_EQ(at_once.rest(), "");
  EXPECT_FALSE(at_once.failed());

  Connection slow;
  slow.ReceiveByteByByte(bytes);
  EXPECT_EQ(slow.commands(), expected);
  EXPECT_EQ(slow.rest(), "");
  EXPECT_FALSE(slow.failed());
}

void ExpectError(std::string_view bytes, const std::string& text) {
  Connection at_once;
  at_once.Receive(bytes);
  EXPECT_TRUE(at_once.failed()) << bytes.substr(0, 40);
  EXPECT_EQ(at_once.error(), text);

  Connection slow;
  for (size_t i = 0; i < bytes.size(); i += 7) slow.Receive(bytes.substr(i, 7));
  EXPECT_TRUE(slow.failed()) << bytes.substr(0, 40);
  EXPECT_EQ(slow.error(), text);
}

void ExpectNeedMore(std::string_view bytes) {
  Connection connection;
  connection.ReceiveByteByByte(bytes);
  EXPECT_FALSE(connection.failed());
  EXPECT_TRUE(connection.commands().empty());
  EXPECT_EQ(connection.rest(), bytes);
}

TEST(CommandParser, ReadsOneCommand) {
  ExpectCommands("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n", {{"SET", "k", "hello"}});
}

TEST(CommandParser, ReadsBinaryArguments) {
  const std::string binary("\0\r\n$5\r\n\xff", 8);
  ExpectCommands(Multibulk({"SET", binary, ""}), {{"SET", binary, ""}});
}

TEST(CommandParser, ReadsAPipelineOfAllKinds) {
  ExpectCommands(
      "PING\r\n*1\r\n$4\r\nPING\r\n\r\n*0\r\nGET  k\n*-1\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n",
      {{"PING"}, {"PING"}, {}, {}, {"GET", "k"}, {}, {"GET", ""}});
}

TEST(CommandParser, PassesOverEmptyCommands) {
  ExpectCommands("*0\r\n", {{}});
  ExpectCommands("*-1\r\n", {{}});
  ExpectCommands("*-10\r\n", {{}});
  ExpectCommands("\r\n\n", {{}, {}});
  ExpectCommands(" \t \r\n", {{}});
}

TEST(CommandParser, ArgumentsAreViewsIntoTheInput) {
  const std::string input = Multibulk({"GET", "key"}) + "*1";
  CommandParser parser{ParserLimits()};
  ASSERT_EQ(parser.Parse(input), ParseStatus::kCommand);
  ASSERT_EQ(parser.args().size(), 2u);
  EXPECT_EQ(parser.args()[1].data(), input.data() + 17);
  EXPECT_EQ(parser.consumed(), input.size() - 2);
}

TEST(CommandParser, TakesAnyTwoBytesForALineEndBehindACarriageReturn) {
  ExpectCommands("*1\rx$4\rxPINGxy", {{"PING"}});
}

TEST(CommandParser, UnquotesInlineCommands) {
  ExpectCommands("ECHO \"a\\x41\\n\\q\"\r\n", {{"ECHO", "aA\nq"}});
  ExpectCommands("\"\\n\\r\\t\\b\\a\\\\\\\"\"\n", {{"\n\r\t\b\a\\\""}});
  ExpectCommands("ECHO 'a\\'b\\n'\n", {{"ECHO", "a'b\\n"}});
  ExpectCommands("ECHO a\"b c\"\r\n", {{"ECHO", "ab c"}});
  ExpectCommands("ECHO \"\" ''\r\n", {{"ECHO", "", ""}});
  ExpectCommands("ECHO \"\\xZZ\\x4\"\r\n", {{"ECHO", "xZZx4"}});
  ExpectCommands("ECHO a\\nb\r\n", {{"ECHO", "a\\nb"}});
  ExpectCommands("  \t\v ECHO  x  \r\n", {{"ECHO", "x"}});
  ExpectCommands("ECHO a\rb\r\n", {{"ECHO", "a", "b"}});
  ExpectCommands("\fPING\f\n", {{"PING\f"}});
  ExpectCommands("ECHO \"x\"\f\n", {{"ECHO", "x"}});
  ExpectCommands("PING\r\r\n", {{"PING"}});
}

TEST(CommandParser, RefusesUnbalancedQuotes) {
  for (const std::string_view bytes :
       {"ECHO \"a\"b\r\n", "ECHO \"a\r\n", "ECHO 'a\r\n", "ECHO a'b'c\r\n", "ECHO \"a\\\r\n",
        "ECHO 'it''s'\n", "\"\n", "'\\'\n"}) {
    ExpectError(bytes, "Protocol error: unbalanced quotes in request");
  }
}

TEST(CommandParser, RefusesWrongCounts) {
  for (const std::string_view bytes :
       {"*\r\n", "*abc\r\n", "*01\r\n", "*+1\r\n", "*-0\r\n", "* 1\r\n", "*1 \r\n", "*1048577\r\n",
        "*2147483648\r\n", "*9223372036854775808\r\n"}) {
    ExpectError(bytes, "Protocol error: invalid multibulk length");
  }
}

TEST(CommandParser, RefusesWrongBulkLengths) {
  for (const std::string_view length :
       {"", "-1", "04", "+4", "x", "4 ", "536870913", "9223372036854775808"}) {
    ExpectError("*1\r\n$" + std::string(length) + "\r\n", "Protocol error: invalid bulk length");
  }
}

TEST(CommandParser, RefusesWhatIsNotABulk) {
  ExpectError("*1\r\nx4\r\n", "Protocol error: expected '$', got 'x'");
  ExpectError("*2\r\n$4\r\nECHO\r\n:1\r\n", "Protocol error: expected '$', got ':'");
  ExpectError("*1\r\n\r\n", "Protocol error: expected '$', got ' '");
  ExpectError("*1\r\n\n\r\n", "Protocol error: expected '$', got ' '");
}

TEST(CommandParser, RefusesEndlessHeaders) {
  const std::string digits(70000, '1');
  ExpectError("*" + digits, "Protocol error: too big mbulk count string");
  ExpectError("*1\r\n$" + digits, "Protocol error: too big bulk count string");
  ExpectError(digits, "Protocol error: too big inline request");
  ExpectError("*1\r\n" + digits, "Protocol error: too big bulk count string");
}

TEST(CommandParser, AnInlineCommandMayBeAsLongAsTheLimit) {
  const std::string word(64 << 10, 'a');
  Connection connection;
  connection.Receive(word + "\n");
  EXPECT_EQ(connection.commands(), Commands{{word}});
  ExpectError(word + "a\n", "Protocol error: too big inline request");
}

TEST(CommandParser, AZeroByteHidesTheRestOfALine) {
  using std::string_literals::operator""s;
  ExpectNeedMore("PI\0NG\r\n"s);
  ExpectNeedMore("*1\0\r\n"s);
  ExpectNeedMore("*1\r\n\0$4\r\nPING\r\n"s);
  ExpectError("PI\0NG\n"s + std::string(70000, 'x'), "Protocol error: too big inline request");
}

TEST(CommandParser, AHeaderWaitsForBothBytesOfItsLineEnd) {
  ExpectNeedMore("*0\r");
  ExpectNeedMore("*1\r\nx4\r");
  ExpectNeedMore("*abc");
}

TEST(CommandParser, HugeAnnouncementsCostNothing) {
  Connection connection;
  connection.Receive("*1048576\r\n$536870912\r\nabc");
  EXPECT_FALSE(connection.failed());
  EXPECT_EQ(connection.BytesWanted(), (size_t{512} << 20) + 2 - 3);
}

TEST(CommandParser, TellsHowManyBytesAnArgumentStillNeeds) {
  Connection connection;
  connection.Receive("*2\r\n$3\r\nGET\r\n$10\r\n");
  EXPECT_EQ(connection.BytesWanted(), 12u);
  connection.Receive("0123456789\r");
  EXPECT_EQ(connection.BytesWanted(), 1u);
  connection.Receive("\n");
  EXPECT_EQ(connection.commands(), (Commands{{"GET", "0123456789"}}));
}

TEST(CommandParser, LimitsAreTheCallers) {
  Connection connection(ParserLimits{.max_bulk_bytes = 4, .max_args = 2, .max_inline_bytes = 8});
  connection.Receive("*2\r\n$4\r\nECHO\r\n$4\r\n0123\r\n");
  EXPECT_EQ(connection.commands().size(), 1u);
  connection.Receive("*1\r\n$5\r\n");
  EXPECT_EQ(connection.error(), "Protocol error: invalid bulk length");
}

TEST(CommandParser, ClosesWithoutAWordWhenAnUnfinishedCommandIsTooLarge) {
  Connection connection(ParserLimits{.max_query_bytes = 100});
  connection.Receive("*1\r\n$200\r\n" + std::string(90, 'x'));
  EXPECT_FALSE(connection.failed());
  connection.Receive("x");
  EXPECT_TRUE(connection.failed());
  EXPECT_EQ(connection.error(), "");
}

TEST(CommandParser, ACommandThatIsTooLargeIsRefusedHoweverItArrives) {
  const std::string large = "*1\r\n$90\r\n" + std::string(90, 'x') + "\r\n";
  Connection at_its_limit(ParserLimits{.max_query_bytes = large.size()});
  at_its_limit.Receive(large + large);
  EXPECT_EQ(at_its_limit.commands().size(), 2u);
  Connection beyond(ParserLimits{.max_query_bytes = large.size() - 1});
  beyond.Receive("PING\r\n" + large + "*x\r\n");
  EXPECT_EQ(beyond.commands(), Commands{{"PING"}});
  EXPECT_TRUE(beyond.failed());
  EXPECT_EQ(beyond.error(), "");
}

TEST(CommandParser, StaysFailedUntilReset) {
  CommandParser parser{ParserLimits()};
  EXPECT_EQ(parser.Parse("*x\r\n"), ParseStatus::kError);
  EXPECT_EQ(parser.Parse("PING\r\n"), ParseStatus::kError);
  parser.Reset();
  EXPECT_EQ(parser.error(), "");
  EXPECT_EQ(parser.Parse("PING\r\n"), ParseStatus::kCommand);
}

TEST(CommandParser, DoesNotScanALargeCommandAgain) {
  // 100,000 arguments, a few bytes at a time: reading from the start each time would take hours.
  const Command command(100000, "abc");
  const std::string bytes = Multibulk(command);
  CommandParser parser{ParserLimits()};
  for (size_t end = 0; end < bytes.size(); end += 5) {
    ASSERT_EQ(parser.Parse(std::string_view(bytes).substr(0, end)), ParseStatus::kNeedMore);
  }
  ASSERT_EQ(parser.Parse(bytes), ParseStatus::kCommand);
  EXPECT_EQ(parser.args().size(), command.size());
}

// Cuts `bytes` at the given places and hands over the pieces.
void ReceiveInPieces(std::string_view bytes, std::vector<size_t> cuts, Connection* connection) {
  for (size_t& cut : cuts) cut %= bytes.size() + 1;
  cuts.push_back(bytes.size());
  std::sort(cuts.begin(), cuts.end());
  size_t begin = 0;
  for (const size_t cut : cuts) {
    connection->Receive(bytes.substr(begin, cut - begin));
    begin = cut;
  }
}

// Every byte as \xHH in double quotes.
std::string Inline(const Command& command) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string line;
  for (const std::string& arg : command) {
    line += '"';
    for (const char c : arg) {
      const auto byte = static_cast<unsigned char>(c);
      line += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
    }
    line += "\" ";
  }
  return line + "\r\n";
}

RC_GTEST_PROP(CommandParserLaws, CutsAnywhereMakeNoDifference,
              (const Commands& commands, const std::vector<size_t>& cuts)) {
  std::string bytes;
  for (const Command& command : commands) {
    bytes += *rc::gen::arbitrary<bool>() ? Multibulk(command) : Inline(command);
  }
  Connection connection;
  ReceiveInPieces(bytes, cuts, &connection);
  RC_ASSERT(!connection.failed());
  RC_ASSERT(connection.commands() == commands);
  RC_ASSERT(connection.rest().empty());
}

// Bytes that look like the protocol, so that garbage gets far into the parser.
rc::Gen<std::string> Garbage() {
  return rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
      {{4, rc::gen::elementOf(std::string("*$\r\n0123456789-\"'\\x "))},
       {1, rc::gen::arbitrary<char>()}}));
}

RC_GTEST_PROP(CommandParserLaws, GarbageIsReadAlikeInWhateverPieces,
              (const std::vector<size_t>& cuts)) {
  std::string bytes;
  const std::vector<std::string> lines = *rc::gen::container<std::vector<std::string>>(Garbage());
  for (const std::string& line : lines) bytes += line + "\r\n";
  Connection at_once;
  at_once.Receive(bytes);
  Connection in_pieces;
  ReceiveInPieces(bytes, cuts, &in_pieces);
  RC_ASSERT(in_pieces.commands() == at_once.commands());
  RC_ASSERT(in_pieces.failed() == at_once.failed());
  RC_ASSERT(in_pieces.error() == at_once.error());
}

RC_GTEST_PROP(CommandParserLaws, ADamagedCommandIsReadAlikeInWhateverPieces,
              (const Command& command, size_t place, char damage,
               const std::vector<size_t>& cuts)) {
  std::string bytes = Multibulk(command) + Multibulk(command);
  bytes[place % bytes.size()] = damage;
  Connection at_once;
  at_once.Receive(bytes);
  Connection in_pieces;
  ReceiveInPieces(bytes, cuts, &in_pieces);
  RC_ASSERT(in_pieces.commands() == at_once.commands());
  RC_ASSERT(in_pieces.error() == at_once.error());
}

// --- strangers

TEST(CommandParser, AStrangersCommandIsSmall) {
  CommandParser parser(ParserLimits{});
  parser.set_stranger(true);
  const std::string small = "*2\r\n$4\r\nAUTH\r\n$16384\r\n" + std::string(16384, 'x') + "\r\n";
  EXPECT_EQ(parser.Parse(small), ParseStatus::kCommand);
  EXPECT_EQ(parser.Parse("*2\r\n$4\r\nAUTH\r\n$16385\r\n"), ParseStatus::kError);
  EXPECT_EQ(parser.error(), "Protocol error: unauthenticated bulk length");
  parser.Reset();
  EXPECT_EQ(parser.Parse("*10\r\n"), ParseStatus::kNeedMore);
  parser.Reset();
  EXPECT_EQ(parser.Parse("*11\r\n"), ParseStatus::kError);
  EXPECT_EQ(parser.error(), "Protocol error: unauthenticated multibulk length");
  parser.Reset();
  EXPECT_EQ(parser.Parse("*9999999\r\n"), ParseStatus::kError);
  EXPECT_EQ(parser.error(), "Protocol error: invalid multibulk length") << "whoever sends it";
  parser.Reset();
  parser.set_stranger(false);
  EXPECT_EQ(parser.Parse("*11\r\n$16385\r\n"), ParseStatus::kNeedMore);
}

}  // namespace
}  // namespace kindred
