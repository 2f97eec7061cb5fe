#include "resp/command_parser.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/number.h"

namespace kindred {
namespace {

// Rooms for arguments that a connection keeps between commands; a rare huge command gives its
// memory back.
constexpr size_t kSpansKept = 1024;

// The first byte of a client that speaks TLS, which would wait for an answer for good.
constexpr char kTlsHandshake = '\x16';

// The two bytes that end a header or an argument.
constexpr size_t kLineEndBytes = 2;

template <typename T>
void ClearAndTrim(std::vector<T>* elements) {
  elements->clear();
  if (elements->capacity() > kSpansKept) elements->shrink_to_fit();
}

}  // namespace

ParseStatus CommandParser::Parse(std::string_view input) {
  if (phase_ == Phase::kFailed) return ParseStatus::kError;
  if (phase_ == Phase::kDone) StartCommand();
  CHECK(position_ <= input.size());
  bytes_wanted_ = 1;
  if (input.empty()) return ParseStatus::kNeedMore;
  if (phase_ == Phase::kStart) phase_ = input[0] == '*' ? Phase::kCount : Phase::kInline;

  // A command has to end within its limit. How many bytes beyond it came at once makes no
  // difference.
  const std::string_view allowed = input.substr(0, limits_.max_query_bytes);
  Step step = phase_ == Phase::kInline ? ParseInline(allowed) : ParseMultibulk(allowed);
  if (step == Step::kNeedMore && allowed.size() < input.size()) step = Fail("");
  switch (step) {
    case Step::kDone:
      return ParseStatus::kCommand;
    case Step::kNeedMore:
      return ParseStatus::kNeedMore;
    case Step::kFailed:
      return ParseStatus::kError;
  }
  return ParseStatus::kError;
}

void CommandParser::Reset() {
  StartCommand();
  error_.clear();
}

void CommandParser::StartCommand() {
  phase_ = Phase::kStart;
  position_ = 0;
  scanned_ = 0;
  args_left_ = 0;
  bulk_bytes_ = 0;
  ClearAndTrim(&spans_);
  ClearAndTrim(&args_);
  inline_bytes_.clear();
  consumed_ = 0;
  bytes_wanted_ = 0;
}

CommandParser::Step CommandParser::ParseInline(std::string_view input) {
  if (input[0] == kTlsHandshake) return Fail("Protocol error: this port does not speak TLS");
  const Step step = FindLineEnd(input, '\n', "Protocol error: too big inline request");
  if (step != Step::kDone) return step;

  std::string_view line = input.substr(0, scanned_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!SplitInlineArguments(line, &inline_bytes_, &spans_)) {
    return Fail("Protocol error: unbalanced quotes in request");
  }
  position_ = scanned_ + 1;
  return Finish(inline_bytes_);
}

CommandParser::Step CommandParser::ParseMultibulk(std::string_view input) {
  if (phase_ == Phase::kCount) {
    const Step step = ParseCount(input);
    if (step != Step::kDone) return step;
  }
  while (args_left_ > 0) {
    if (phase_ == Phase::kBulkLength) {
      const Step step = ParseBulkLength(input);
      if (step != Step::kDone) return step;
    }
    const size_t needed = bulk_bytes_ + kLineEndBytes;
    const size_t arrived = input.size() - position_;
    if (arrived < needed) {
      bytes_wanted_ = needed - arrived;
      return Step::kNeedMore;
    }
    spans_.push_back({position_, bulk_bytes_});
    position_ += needed;
    scanned_ = position_;
    --args_left_;
    phase_ = Phase::kBulkLength;
  }
  return Finish(input);
}

CommandParser::Step CommandParser::ParseCount(std::string_view input) {
  std::string_view text;
  const Step step = FindHeader(input, "Protocol error: too big mbulk count string", &text);
  if (step != Step::kDone) return step;

  const std::optional<int64_t> count = ParseInt64(text);
  if (!count || (*count > 0 && static_cast<uint64_t>(*count) > limits_.max_args)) {
    return Fail("Protocol error: invalid multibulk length");
  }
  if (stranger_ && *count > kStrangersArgsMax) {
    return Fail("Protocol error: unauthenticated multibulk length");
  }
  args_left_ = *count > 0 ? static_cast<size_t>(*count) : 0;
  phase_ = Phase::kBulkLength;
  return Step::kDone;
}

CommandParser::Step CommandParser::ParseBulkLength(std::string_view input) {
  const size_t begin = position_;
  std::string_view text;
  const Step step = FindHeader(input, "Protocol error: too big bulk count string", &text);
  if (step != Step::kDone) return step;

  const char kind = input[begin];
  if (kind != '$') {
    // A line end must not get into the reply line; Redis shows a space for it.
    const char shown = kind == '\r' || kind == '\n' ? ' ' : kind;
    return Fail(std::string("Protocol error: expected '$', got '") + shown + "'");
  }
  const std::optional<int64_t> length = ParseInt64(text);
  if (!length || *length < 0 || static_cast<uint64_t>(*length) > limits_.max_bulk_bytes) {
    return Fail("Protocol error: invalid bulk length");
  }
  if (stranger_ && *length > kStrangersBulkBytesMax) {
    return Fail("Protocol error: unauthenticated bulk length");
  }
  bulk_bytes_ = static_cast<size_t>(*length);
  phase_ = Phase::kBulk;
  return Step::kDone;
}

// Finds `end` in the line at position_ and leaves scanned_ there. How the bytes were cut on their
// way makes no difference: a line is too long by where its end is, or is not.
CommandParser::Step CommandParser::FindLineEnd(std::string_view input, char end,
                                               std::string_view too_long) {
  const size_t longest = position_ + limits_.max_inline_bytes;
  const size_t stop = std::min(input.size(), longest + 1);
  while (scanned_ < stop && input[scanned_] != '\0') {
    if (input[scanned_] == end) return Step::kDone;
    ++scanned_;
  }
  return input.size() > longest ? Fail(too_long) : Step::kNeedMore;
}

// Reads "<kind><number>\r<any byte>" at position_ and moves behind it. The kind is the caller's to
// judge.
CommandParser::Step CommandParser::FindHeader(std::string_view input, std::string_view too_long,
                                              std::string_view* number) {
  const Step step = FindLineEnd(input, '\r', too_long);
  if (step != Step::kDone) return step;
  if (input.size() - scanned_ < kLineEndBytes) return Step::kNeedMore;

  const std::string_view line = input.substr(position_, scanned_ - position_);
  *number = line.empty() ? line : line.substr(1);
  position_ = scanned_ + kLineEndBytes;
  scanned_ = position_;
  return Step::kDone;
}

// `bytes` is what the spans are offsets in.
CommandParser::Step CommandParser::Finish(std::string_view bytes) {
  args_.reserve(spans_.size());
  for (const ArgumentSpan& span : spans_) args_.push_back(bytes.substr(span.begin, span.length));
  consumed_ = position_;
  bytes_wanted_ = 0;
  phase_ = Phase::kDone;
  return Step::kDone;
}

CommandParser::Step CommandParser::Fail(std::string_view text) {
  error_ = text;
  bytes_wanted_ = 0;
  phase_ = Phase::kFailed;
  return Step::kFailed;
}

}  // namespace kindred
