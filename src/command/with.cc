#include "command/with.h"

#include <string>
#include <utility>

#include "causal/token.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

enum Option : uint32_t {
  kNoOption = 0,
  kRead = 1u << 0,
  kWrite = 1u << 1,
  kContext = 1u << 2,
  kStrict = 1u << 3,
};

constexpr uint32_t kOptionsOfWith = kRead | kWrite | kContext | kStrict;
constexpr uint32_t kOptionsOfConsistency = kRead | kWrite;

Option OptionOf(std::string_view word) {
  if (SameWord(word, "r")) return kRead;
  if (SameWord(word, "w")) return kWrite;
  if (SameWord(word, "context")) return kContext;
  if (SameWord(word, "strict")) return kStrict;
  return kNoOption;
}

std::string_view NameOf(Option option) {
  switch (option) {
    case kRead:
      return "R";
    case kWrite:
      return "W";
    case kContext:
      return "CONTEXT";
    case kStrict:
      return "STRICT";
    case kNoOption:
      break;
  }
  return {};
}

absl::Status Refusal(std::string_view name, std::string_view problem) {
  std::string text = "ERR ";
  text.append(name).append(problem);
  return absl::InvalidArgumentError(text);
}

absl::Status Apply(Option option, std::string_view value, Consistency* out) {
  if (option == kStrict) {
    out->strict = true;
    return absl::OkStatus();
  }
  if (option == kContext) {
    absl::StatusOr<Context> context = DecodeToken(value);
    if (!context.ok()) return Refusal({}, "invalid context token, SIBLINGS gives them out");
    out->context = *std::move(context);
    return absl::OkStatus();
  }
  const std::optional<Level> level = Level::Parse(value, option == kRead);
  if (!level) {
    return option == kRead
               ? Refusal({}, "R takes ONE, QUORUM, ALL, LOCAL or a number from 1 to 255")
               : Refusal({}, "W takes ONE, QUORUM, ALL or a number from 1 to 255");
  }
  (option == kRead ? out->read : out->write) = *level;
  return absl::OkStatus();
}

// Applies options from args[1] on, and returns the index of the first argument that is none.
absl::StatusOr<size_t> ParseOptions(Args args, uint32_t allowed, Consistency* out) {
  uint32_t seen = 0;
  size_t i = 1;
  while (i < args.size()) {
    const Option option = OptionOf(args[i]);
    if ((option & allowed) == 0) break;
    if (seen & option) return Refusal(NameOf(option), " is given twice");
    seen |= option;
    const bool has_value = option != kStrict;
    if (has_value && i + 1 == args.size()) return Refusal(NameOf(option), " needs a value");
    if (absl::Status status = Apply(option, args[i + has_value], out); !status.ok()) return status;
    i += has_value ? 2 : 1;
  }
  return i;
}

}  // namespace

absl::StatusOr<size_t> ParseWith(Args args, Consistency* out) {
  absl::StatusOr<size_t> command = ParseOptions(args, kOptionsOfWith, out);
  if (!command.ok()) return command;
  if (*command == args.size()) return Refusal({}, "WITH needs a command after its options");
  if (SameWord(args[*command], "with")) return Refusal({}, "WITH cannot stand inside of WITH");
  return command;
}

absl::Status ParseConsistency(Args args, Consistency* out) {
  absl::StatusOr<size_t> end = ParseOptions(args, kOptionsOfConsistency, out);
  if (!end.ok()) return end.status();
  if (*end < args.size()) return Refusal({}, "CONSISTENCY takes R level and W level");
  return absl::OkStatus();
}

}  // namespace kindred
