// The HELP of the containers whose other subcommands stand elsewhere.
#include "server/help.h"
#include "server/session_command.h"

namespace kindred {
namespace {

constexpr std::string_view kCommandHelp[] = {
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
};

void CommandHelp(Session&, Args args, ReplyWriter& reply, uint64_t) {
  WriteHelp(args[0], kCommandHelp, reply);
}

constexpr std::string_view kObjectHelp[] = {
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
};

void ObjectHelp(Session&, Args args, ReplyWriter& reply, uint64_t) {
  WriteHelp(args[0], kObjectHelp, reply);
}

constexpr SessionCommand kCommands[] = {
    {.row = HelpRow("command|help", "5.0.0", "server", kAclConnection), .run = CommandHelp},
    {.row = HelpRow("object|help", "6.2.0", "generic", kAclKeyspace), .run = ObjectHelp},
};

}  // namespace

std::span<const SessionCommand> HelpCommands() { return kCommands; }

}  // namespace kindred
