// COMMAND.
#include "base/glob.h"
#include "command/acl_categories.h"
#include "command/command_reply.h"
#include "command/handler_tools.h"
#include "command/with.h"
#include "resp/errors.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"

namespace kindred {
namespace {

void InfoOfAll(Session& session, ReplyWriter& reply) {
  const CommandTable& table = session.server().commands();
  reply.Array(table.commands().size());
  for (const CommandRow* row : table.commands()) WriteCommandInfo(table, *row, reply);
}

void Command(Session& session, Args, ReplyWriter& reply, uint64_t) { InfoOfAll(session, reply); }

void Count(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Integer(static_cast<int64_t>(session.server().commands().commands().size()));
}

void Info(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (args.size() == 2) {
    InfoOfAll(session, reply);
    return;
  }
  const CommandTable& table = session.server().commands();
  reply.Array(args.size() - 2);
  for (std::string_view name : args.subspan(2)) {
    if (const CommandRow* row = table.FindFullName(name)) {
      WriteCommandInfo(table, *row, reply);
    } else {
      reply.Nil();
    }
  }
}

void Docs(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const CommandTable& table = session.server().commands();
  if (args.size() == 2) {
    WriteCommandDocs(table, table.commands(), reply);
    return;
  }
  std::vector<const CommandRow*> rows;
  for (std::string_view name : args.subspan(2)) {
    if (const CommandRow* row = table.FindFullName(name)) rows.push_back(row);
  }
  WriteCommandDocs(table, rows, reply);
}

void WriteNames(const std::vector<const CommandRow*>& rows, ReplyWriter& reply) {
  reply.Array(rows.size());
  for (const CommandRow* row : rows) reply.Bulk(row->name);
}

void List(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const CommandTable& table = session.server().commands();
  std::vector<const CommandRow*> rows;
  if (args.size() == 2) {
    rows.assign(table.rows().begin(), table.rows().end());
    WriteNames(rows, reply);
    return;
  }
  if (args.size() != 5 || !SameWord(args[2], "filterby")) {
    reply.Error(kSyntax);
    return;
  }
  std::string_view filter = args[4];
  if (SameWord(args[3], "pattern")) {
    for (const CommandRow* row : table.rows()) {
      if (GlobMatch(filter, row->name, /*ignore_case=*/true)) rows.push_back(row);
    }
  } else if (SameWord(args[3], "aclcat")) {
    const uint32_t category = AclCategoryByName(filter).value_or(0);
    for (const CommandRow* row : table.rows()) {
      if ((AclCategoriesOf(*row) & category) != 0) rows.push_back(row);
    }
  } else if (!SameWord(args[3], "module")) {  // There are no modules.
    reply.Error(kSyntax);
    return;
  }
  WriteNames(rows, reply);
}

// Of a command within WITH, those of that command.
void WriteKeysOf(Session& session, Args command, bool with_use, ReplyWriter& reply) {
  const CommandTable& table = session.server().commands();
  if (table.Find(command[0]) == session.server().with_row()) {
    Consistency unused;
    const absl::StatusOr<size_t> inner = ParseWith(command, &unused);
    if (!inner.ok()) return reply.Error(kGetKeysArguments);
    command = command.subspan(*inner);
  }
  WriteKeys(table, command, with_use, reply);
}

void Getkeys(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  WriteKeysOf(session, args.subspan(2), /*with_use=*/false, reply);
}

void Getkeysandflags(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  WriteKeysOf(session, args.subspan(2), /*with_use=*/true, reply);
}

constexpr std::string_view kHelp[] = {
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

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kAnyTime = kFlagLoading | kFlagStale;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "command",
             .arity = -1,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns detailed information about all commands.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(N) where N is the total number of Redis commands",
             .tips = "nondeterministic_output_order"},
     .run = Command,
     .has_subcommands = true},
    {.row = {.name = "command|count",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns a count of commands.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)"},
     .run = Count},
    {.row = {.name = "command|info",
             .arity = -2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns information about one, multiple or all commands.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(N) where N is the number of commands to look up",
             .arguments = "[command-name]...",
             .tips = "nondeterministic_output_order"},
     .run = Info},
    {.row = {.name = "command|docs",
             .arity = -2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns documentary information about one, multiple or all commands.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(N) where N is the number of commands to look up",
             .arguments = "[command-name]...",
             .tips = "nondeterministic_output_order"},
     .run = Docs},
    {.row = {.name = "command|list",
             .arity = -2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns a list of command names.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(N) where N is the total number of Redis commands",
             .arguments =
                 "[filterby=FILTERBY <MODULE module-name|ACLCAT category|PATTERN pattern>]",
             .tips = "nondeterministic_output_order"},
     .run = List},
    {.row = {.name = "command|getkeys",
             .arity = -3,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Extracts the key names from an arbitrary command.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(N) where N is the number of arguments to the command",
             .arguments = "command [arg]..."},
     .run = Getkeys},
    {.row = {.name = "command|getkeysandflags",
             .arity = -3,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Extracts the key names and access flags for an arbitrary command.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(N) where N is the number of arguments to the command",
             .arguments = "command [arg]..."},
     .run = Getkeysandflags},
    {.row = HelpRow("command|help", "5.0.0", "server", kAclConnection), .run = Help},
};

}  // namespace

std::span<const SessionCommand> CommandCommands() { return kCommands; }

}  // namespace kindred
