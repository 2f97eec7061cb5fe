// MODULE: there are none, and none can be loaded.
#include "server/help.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

void List(Session&, Args, ReplyWriter& reply, uint64_t) { reply.Array(0); }

void NotAllowed(Session&, Args, ReplyWriter& reply, uint64_t) {
  reply.Error(CommandNotAllowed("MODULE", "enable-module-command"));
}

constexpr std::string_view kHelp[] = {
    "LIST",
    "    Return a list of loaded modules.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kLoadFlags = kFlagNoAsyncLoading | kFlagAdmin | kFlagNoScript;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "module",
             .arity = -2,
             .summary = "A container for module commands.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "module|list",
             .arity = 2,
             .flags = kFlagAdmin | kFlagNoScript,
             .summary = "Returns all loaded modules.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(N) where N is the number of loaded modules.",
             .tips = "nondeterministic_output_order"},
     .run = List},
    {.row = {.name = "module|load",
             .arity = -3,
             .flags = kLoadFlags,
             .summary = "Loads a module.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "path [arg]..."},
     .run = NotAllowed},
    {.row = {.name = "module|loadex",
             .arity = -3,
             .flags = kLoadFlags,
             .summary = "Loads a module using extended parameters.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "path [configs=CONFIG {name value}]* [ARGS args]..."},
     .run = NotAllowed},
    {.row = {.name = "module|unload",
             .arity = 3,
             .flags = kLoadFlags,
             .summary = "Unloads a module.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "name"},
     .run = NotAllowed},
    {.row = HelpRow("module|help", "5.0.0", "server"), .run = Help},
};

}  // namespace

std::span<const SessionCommand> ModuleCommands() { return kCommands; }

}  // namespace kindred
