// SLOWLOG.
#include "base/number.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

constexpr size_t kDefaultCount = 10;

// -1 means all. False, and an error is written, if it is no such number.
bool ParseCount(std::string_view text, size_t* count, ReplyWriter& reply) {
  const std::optional<int64_t> number = ParseInt64(text);
  if (!number || *number < -1) {
    reply.Error(kSlowLogCount);
    return false;
  }
  *count = static_cast<size_t>(*number);
  return true;
}

void Get(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  size_t count = kDefaultCount;
  if (args.size() > 3) {
    reply.Error(SubcommandSyntax(args[1], "SLOWLOG"));
    return;
  }
  if (args.size() == 3 && !ParseCount(args[2], &count, reply)) return;
  const std::vector<SlowCommand> commands = session.server().slow_log().Newest(count);
  reply.Array(commands.size());
  for (const SlowCommand& command : commands) {
    reply.Array(6);
    reply.Integer(static_cast<int64_t>(command.id));
    reply.Integer(static_cast<int64_t>(command.unix_s));
    reply.Integer(static_cast<int64_t>(command.duration_us));
    const std::vector<std::string> words = UnpackFromLog(command.packed_args);
    reply.Array(words.size());
    for (const std::string& word : words) reply.Bulk(word);
    reply.Bulk(command.client_address);
    reply.Bulk(command.client_name);
  }
}

void Len(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Integer(static_cast<int64_t>(session.server().slow_log().size()));
}

void Reset(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.server().slow_log().Reset();
  reply.Simple("OK");
}

constexpr std::string_view kHelp[] = {
    "GET [<count>]",
    "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
    "    Entries are made of:",
    "    id, timestamp, time in microseconds, arguments array, client IP and port,",
    "    client name",
    "LEN",
    "    Return the length of the slowlog.",
    "RESET",
    "    Reset the slowlog.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kAdminAnyTime = kFlagAdmin | kFlagLoading | kFlagStale;

constexpr CommandRow SlowLogHelpRow() {
  CommandRow row = HelpRow("slowlog|help", "6.2.0", "server");
  row.summary = "Show helpful text about the different subcommands";
  return row;
}

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "slowlog",
             .arity = -2,
             .summary = "A container for slow log commands.",
             .since = "2.2.12",
             .group = "server",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "slowlog|get",
             .arity = -2,
             .flags = kAdminAnyTime,
             .summary = "Returns the slow log's entries.",
             .since = "2.2.12",
             .group = "server",
             .complexity = "O(N) where N is the number of entries returned",
             .arguments = "[count:integer]",
             .tips = "request_policy:all_nodes nondeterministic_output"},
     .run = Get},
    {.row = {.name = "slowlog|len",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Returns the number of entries in the slow log.",
             .since = "2.2.12",
             .group = "server",
             .complexity = "O(1)",
             .tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output"},
     .run = Len},
    {.row = {.name = "slowlog|reset",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Clears all entries from the slow log.",
             .since = "2.2.12",
             .group = "server",
             .complexity = "O(N) where N is the number of entries in the slowlog",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = Reset},
    {.row = SlowLogHelpRow(), .run = Help},
};

}  // namespace

std::span<const SessionCommand> SlowLogCommands() { return kCommands; }

}  // namespace kindred
