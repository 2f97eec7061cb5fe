// OBJECT HELP: the part of OBJECT that has no key.
#include "server/help.h"
#include "server/session_command.h"

namespace kindred {
namespace {

constexpr std::string_view kHelp[] = {
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

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr SessionCommand kCommands[] = {
    {.row = HelpRow("object|help", "6.2.0", "generic", kAclKeyspace), .run = Help},
};

}  // namespace

std::span<const SessionCommand> ObjectSessionCommands() { return kCommands; }

}  // namespace kindred
