// The HELP of the commands that are containers.
#include "server/session_command.h"

namespace kindred {
namespace {

void WriteLines(std::span<const std::string_view> lines, ReplyWriter& reply) {
  reply.Array(lines.size());
  for (const std::string_view line : lines) reply.Simple(line);
}

void CommandHelp(Session&, Args, ReplyWriter& reply, uint64_t) {
  constexpr std::string_view kLines[] = {
      "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
      "(no subcommand)",
      "    Return details about all Redis commands.",
      "COUNT",
      "    Return the total number of commands in this Redis server.",
      "LIST",
      "    Return a list of all commands in this Redis server.",
      "INFO [<command-name> ...]",
      "    Return details about multiple Redis commands.",
      "    If no command names are given, documentation details for all",
      "    commands are returned.",
      "DOCS [<command-name> ...]",
      "    Return documentation details about multiple Redis commands.",
      "    If no command names are given, documentation details for all",
      "    commands are returned.",
      "GETKEYS <full-command>",
      "    Return the keys from a full Redis command.",
      "GETKEYSANDFLAGS <full-command>",
      "    Return the keys and the access flags from a full Redis command.",
      "HELP",
      "    Prints this help.",
  };
  WriteLines(kLines, reply);
}

void MemoryHelp(Session&, Args, ReplyWriter& reply, uint64_t) {
  constexpr std::string_view kLines[] = {
      "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
      "USAGE <key> [SAMPLES <count>]",
      "    Return memory in bytes used by <key> and its value. Nested values are",
      "    sampled up to <count> times (default: 5, 0 means sample all).",
      "HELP",
      "    Prints this help.",
  };
  WriteLines(kLines, reply);
}

void ObjectHelp(Session&, Args, ReplyWriter& reply, uint64_t) {
  constexpr std::string_view kLines[] = {
      "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
      "ENCODING <key>",
      "    Return the kind of internal representation used in order to store the value",
      "    associated with a <key>.",
      "FREQ <key>",
      "    Return the access frequency index of the <key>. The returned integer is",
      "    proportional to the logarithm of the recent access frequency of the key.",
      "IDLETIME <key>",
      "    Return the idle time of the <key>, that is the approximated number of",
      "    seconds elapsed since the last access to the key.",
      "REFCOUNT <key>",
      "    Return the number of references of the value associated with the specified",
      "    <key>.",
      "HELP",
      "    Prints this help.",
  };
  WriteLines(kLines, reply);
}

constexpr std::string_view kSummary = "Returns helpful text about the different subcommands.";

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "command|help",
             .arity = 2,
             .flags = kFlagLoading | kFlagStale,
             .acl = kAclConnection,
             .summary = kSummary,
             .since = "5.0.0",
             .group = "server",
             .complexity = "O(1)"},
     .run = CommandHelp},
    {.row = {.name = "memory|help",
             .arity = 2,
             .flags = kFlagLoading | kFlagStale,
             .summary = kSummary,
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(1)"},
     .run = MemoryHelp},
    {.row = {.name = "object|help",
             .arity = 2,
             .flags = kFlagLoading | kFlagStale,
             .acl = kAclKeyspace,
             .summary = kSummary,
             .since = "6.2.0",
             .group = "generic",
             .complexity = "O(1)"},
     .run = ObjectHelp},
};

}  // namespace

std::span<const SessionCommand> HelpCommands() { return kCommands; }

}  // namespace kindred
