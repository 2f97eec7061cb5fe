#include "resp/errors.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace kindred {
namespace {

// What Redis quotes of a name, and the length of the list of quoted arguments that it stops at.
constexpr size_t kQuotedBytesMax = 128;

// What C's "%.*s" prints of `text`.
std::string_view Quoted(std::string_view text, size_t bytes_max = std::string_view::npos) {
  return text.substr(0, std::min(text.find('\0'), bytes_max));
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string NoQuorum(int got, int need, std::string_view outcome) {
  return fmt::format("NOQUORUM {} of {} replicas answered{}", got, need, outcome);
}

}  // namespace

std::string UnsupportedOption(std::string_view option) {
  return fmt::format("ERR Unsupported option {}", Quoted(option));
}

std::string InvalidExpire(std::string_view command) {
  return fmt::format("ERR invalid expire time in '{}' command", command);
}

std::string WrongArity(std::string_view command) {
  return fmt::format("ERR wrong number of arguments for '{}' command", command);
}

std::string UnknownCommand(std::span<const std::string_view> args) {
  CHECK(!args.empty());
  std::string list;
  for (const std::string_view arg : args.subspan(1)) {
    if (list.size() >= kQuotedBytesMax) break;
    // The quotes and the space come on top, so that the list may end a little above its bound.
    list += fmt::format("'{}' ", Quoted(arg, kQuotedBytesMax - list.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     Quoted(args[0], kQuotedBytesMax), list);
}

std::string UnknownSubcommand(std::string_view subcommand, std::string_view command) {
  return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.",
                     Quoted(subcommand, kQuotedBytesMax), UpperCase(command));
}

std::string HelloOption(std::string_view option) {
  return fmt::format("ERR Syntax error in HELLO option '{}'", Quoted(option));
}

std::string UnrecognizedOption(std::string_view option) {
  return fmt::format("ERR Unrecognized option '{}'", Quoted(option));
}

std::string InvalidClientAttribute(std::string_view option) {
  return fmt::format("ERR {} cannot contain spaces, newlines or special characters.",
                     Quoted(option));
}

std::string ProtocolError(std::string_view protocol_error) {
  return fmt::format("ERR {}", protocol_error);
}

std::string NoQuorumRefused(int got, int need) { return NoQuorum(got, need, "; nothing was done"); }

std::string NoQuorumUnknown(int got, int need) {
  return NoQuorum(got, need, " in time; the write may still take effect");
}

std::string NoQuorumRead(int got, int need) { return NoQuorum(got, need, " in time"); }

}  // namespace kindred
