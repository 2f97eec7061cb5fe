#ifndef KINDRED_RESP_COMMAND_PARSER_H_
#define KINDRED_RESP_COMMAND_PARSER_H_

// A client's bytes -> its commands, as Redis 7.2 reads them:
//
//   command   = multibulk | inline
//   multibulk = "*" count CRLF { "$" length CRLF bytes CRLF }     (count times)
//   inline    = words of a line, quoted as in inline_arguments.h, up to LF or CRLF
//
// One parser belongs to one connection and is used by the loop that owns it. It does no I/O and
// copies no argument: they are views into the caller's bytes. It keeps only offsets, and those of
// arguments that have arrived, so that a header announcing a million elements costs nothing.
// Like Redis it checks that a CR ends each header and takes whatever two bytes stand in the place
// of the other line ends; and a zero byte hides the rest of a header or of an inline command.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/inline_arguments.h"

namespace kindred {

struct ParserLimits {
  size_t max_bulk_bytes = size_t{512} << 20;   // One argument: "invalid bulk length".
  size_t max_args = size_t{1} << 20;           // One command: "invalid multibulk length".
  size_t max_inline_bytes = size_t{64} << 10;  // An inline command or a header: "too big ...".
  size_t max_query_bytes = size_t{1} << 30;    // A whole command, above 0: closed without a word.
};

// Who has not logged in yet has no reason to send more than this: Redis's bounds for strangers.
inline constexpr int64_t kStrangersArgsMax = 10;
inline constexpr int64_t kStrangersBulkBytesMax = 16384;

enum class ParseStatus { kCommand, kNeedMore, kError };

class CommandParser {
 public:
  explicit CommandParser(const ParserLimits& limits) : limits_(limits) {}
  CommandParser(const CommandParser&) = delete;
  CommandParser& operator=(const CommandParser&) = delete;

  // Whether the bounds for strangers hold, from the next header on.
  void set_stranger(bool stranger) { stranger_ = stranger; }

  // Reads the command at the front of `input`.
  // kCommand: args() and consumed() describe it; the next call begins the next command, whose
  //   bytes are then to be at the front. An empty line, "*0" and "*-1" are commands without
  //   arguments, to be passed over in silence.
  // kNeedMore: nothing is consumed. The caller calls again with the same bytes at the front, where
  //   ever they lie now, and more behind them; what has been read is not read again.
  // kError: the connection is to be closed, after "-ERR " and error() if that is not empty. Every
  //   further call answers the same until Reset().
  ParseStatus Parse(std::string_view input);

  // After kCommand. The views point into `input` (for an inline command into the parser) and are
  // good until the input changes or the parser is used again.
  std::span<const std::string_view> args() const { return args_; }
  size_t consumed() const { return consumed_; }

  // After kError: Redis's exact text. Empty: a command longer than max_query_bytes, which Redis
  // answers by closing.
  std::string_view error() const { return error_; }

  // After kNeedMore: how many more bytes the argument being read needs at least. What a client
  // announces is not what it sends: to be used as a hint, in proportion to what it has sent.
  size_t BytesWanted() const { return bytes_wanted_; }

  // Forgets everything, as for a new connection.
  void Reset();

 private:
  enum class Phase { kStart, kInline, kCount, kBulkLength, kBulk, kDone, kFailed };
  enum class Step { kDone, kNeedMore, kFailed };

  void StartCommand();
  Step ParseInline(std::string_view input);
  Step ParseMultibulk(std::string_view input);
  Step ParseCount(std::string_view input);
  Step ParseBulkLength(std::string_view input);
  Step FindLineEnd(std::string_view input, char end, std::string_view too_long);
  Step FindHeader(std::string_view input, std::string_view too_long, std::string_view* number);
  Step Finish(std::string_view bytes);
  Step Fail(std::string_view text);

  const ParserLimits limits_;
  bool stranger_ = false;

  Phase phase_ = Phase::kStart;
  size_t position_ = 0;              // Everything before it has been understood.
  size_t scanned_ = 0;               // From position_ to here there is no end of the line.
  size_t args_left_ = 0;             // Announced, not yet arrived.
  size_t bulk_bytes_ = 0;            // In kBulk: the length of the argument at position_.
  std::vector<ArgumentSpan> spans_;  // Arguments that have arrived.
  std::string inline_bytes_;         // The words of an inline command without their quotes.

  std::vector<std::string_view> args_;
  size_t consumed_ = 0;
  size_t bytes_wanted_ = 0;
  std::string error_;
};

}  // namespace kindred

#endif  // KINDRED_RESP_COMMAND_PARSER_H_
