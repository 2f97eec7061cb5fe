// LATENCY.
#include <algorithm>
#include <set>

#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

uint64_t NowSeconds(Session& session) { return session.server().host().WallUs() / 1'000'000; }

void Latest(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const auto all = session.server().latency_events().all();
  reply.Array(all.size());
  for (const auto& [name, series] : all) {
    reply.Array(4);
    reply.Bulk(name);
    reply.Integer(static_cast<int64_t>(series.samples.back().unix_s));
    reply.Integer(static_cast<int64_t>(series.samples.back().ms));
    reply.Integer(static_cast<int64_t>(series.max_ms));
  }
}

void History(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const auto series = session.server().latency_events().Find(args[2]);
  if (!series) {
    reply.Array(0);
    return;
  }
  reply.Array(series->samples.size());
  for (const LatencySample& sample : series->samples) {
    reply.Array(2);
    reply.Integer(static_cast<int64_t>(sample.unix_s));
    reply.Integer(static_cast<int64_t>(sample.ms));
  }
}

void Reset(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const Args names = args.subspan(2);
  const size_t forgotten = session.server().latency_events().Reset({names.begin(), names.end()});
  reply.Integer(static_cast<int64_t>(forgotten));
}

void Doctor(Session& session, Args, ReplyWriter& reply, uint64_t) {
  Server& server = session.server();
  const Config config = server.config();
  reply.Verbatim(LatencyReport(server.latency_events().all(),
                               static_cast<uint64_t>(config.GetNumber("latency-monitor-threshold")),
                               config.GetNumber("slowlog-log-slower-than"), NowSeconds(session)));
}

void Graph(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const auto series = session.server().latency_events().Find(args[2]);
  if (series) {
    reply.Verbatim(LatencyGraph(args[2], *series, NowSeconds(session)));
  } else {
    reply.Error(NoSamples(args[2]));
  }
}

void WriteTimes(const CommandTotals& command, ReplyWriter& reply) {
  reply.Bulk(command.row->name);
  reply.Map(2);
  reply.Bulk("calls");
  reply.Integer(static_cast<int64_t>(command.times.total()));
  reply.Bulk("histogram_usec");
  const auto steps = command.times.Distribution();
  reply.Map(steps.size());
  for (const auto& [micros, count] : steps) {
    reply.Integer(static_cast<int64_t>(micros));
    reply.Integer(static_cast<int64_t>(count));
  }
}

// A container means its subcommands.
bool IsNamed(const CommandTable& table, const CommandRow& row, Args names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    const CommandRow* named = table.FindFullName(name);
    return named != nullptr &&
           (named == &row || row.name.starts_with(std::string(named->name) + "|"));
  });
}

void Histogram(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const CommandTable& table = session.server().commands();
  std::vector<CommandTotals> commands = session.server().command_statistics().totals();
  std::erase_if(commands, [&](const CommandTotals& command) {
    return command.times.total() == 0 ||
           (args.size() > 2 && !IsNamed(table, *command.row, args.subspan(2)));
  });
  reply.Map(commands.size());
  for (const CommandTotals& command : commands) WriteTimes(command, reply);
}

constexpr std::string_view kHelp[] = {
    "DOCTOR",
    "    Return a human readable latency analysis report.",
    "GRAPH <event>",
    "    Return an ASCII latency graph for the <event> class.",
    "HISTORY <event>",
    "    Return time-latency samples for the <event> class.",
    "LATEST",
    "    Return the latest latency samples for all events.",
    "RESET [<event> ...]",
    "    Reset latency data of one or more <event> classes.",
    "    (default: reset all data for all event classes)",
    "HISTOGRAM [COMMAND ...]",
    "    Return a cumulative distribution of latencies in the format of a histogram for the "
    "specified command names.",
    "    If no commands are specified then all histograms are replied.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kAdminAnyTime = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale;
constexpr std::string_view kTips =
    "nondeterministic_output request_policy:all_nodes response_policy:special";

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "latency",
             .arity = -2,
             .summary = "A container for latency diagnostics commands.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "latency|doctor",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Returns a human-readable latency analysis report.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)",
             .tips = kTips},
     .run = Doctor},
    {.row = {.name = "latency|graph",
             .arity = 3,
             .flags = kAdminAnyTime,
             .summary = "Returns a latency graph for an event.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "event",
             .tips = kTips},
     .run = Graph},
    {.row = {.name = "latency|histogram",
             .arity = -2,
             .flags = kAdminAnyTime,
             .summary = "Returns the cumulative distribution of latencies of a subset or all "
                        "commands.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(N) where N is the number of commands with latency information being "
                           "retrieved.",
             .arguments = "[command]...",
             .tips = kTips},
     .run = Histogram},
    {.row = {.name = "latency|history",
             .arity = 3,
             .flags = kAdminAnyTime,
             .summary = "Returns timestamp-latency samples for an event.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "event",
             .tips = kTips},
     .run = History},
    {.row = {.name = "latency|latest",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Returns the latest latency samples for all events.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)",
             .tips = kTips},
     .run = Latest},
    {.row = {.name = "latency|reset",
             .arity = -2,
             .flags = kAdminAnyTime,
             .summary = "Resets the latency data for one or more events.",
             .since = "2.8.13",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "[event]...",
             .tips = "request_policy:all_nodes response_policy:agg_sum"},
     .run = Reset},
    {.row = HelpRow("latency|help", "2.8.13", "server"), .run = Help},
};

}  // namespace

std::span<const SessionCommand> LatencyCommands() { return kCommands; }

}  // namespace kindred
