// CONFIG, INFO, TIME.
#include "resp/errors.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"

namespace kindred {
namespace {

void ConfigGet(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  auto pairs = session.server().ConfigGet(args.subspan(2));
  reply.Map(pairs.size());
  for (const auto& [name, value] : pairs) {
    reply.Bulk(name);
    reply.Bulk(value);
  }
}

void ConfigSet(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (args.size() % 2 != 0) {
    reply.Error(kSyntax);
  } else if (auto error = session.server().ConfigSet(args.subspan(2))) {
    reply.Error(*error);
  } else {
    reply.Simple("OK");
  }
}

void ConfigResetStat(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.server().statistics().Reset();
  reply.Simple("OK");
}

void Info(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(session.server().Info(session.face(), args.subspan(1), now_ms));
}

void Time(Session&, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Array(2);
  reply.Bulk(std::to_string(now_ms / 1000));
  reply.Bulk(std::to_string(now_ms % 1000 * 1000));
}

constexpr uint32_t kAdminAnyTime = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "config",
             .arity = -2,
             .summary = "A container for server configuration commands.",
             .since = "2.0.0",
             .group = "server",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "config|get",
             .arity = -3,
             .flags = kAdminAnyTime,
             .summary = "Returns the effective values of configuration parameters.",
             .since = "2.0.0",
             .group = "server",
             .complexity = "O(N) when N is the number of configuration parameters provided",
             .arguments = "parameter..."},
     .run = ConfigGet},
    {.row = {.name = "config|set",
             .arity = -4,
             .flags = kAdminAnyTime,
             .summary = "Sets configuration parameters in-flight.",
             .since = "2.0.0",
             .group = "server",
             .complexity = "O(N) when N is the number of configuration parameters provided",
             .arguments = "data={parameter value}...",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = ConfigSet},
    {.row = {.name = "config|resetstat",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Resets the server's statistics.",
             .since = "2.0.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = ConfigResetStat},
    {.row = {.name = "info",
             .arity = -1,
             .flags = kFlagLoading | kFlagStale,
             .acl = kAclDangerous,
             .summary = "Returns information and statistics about the server.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "[section]...",
             .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
     .run = Info,
     .after_all = true},
    {.row = {.name = "time",
             .arity = 1,
             .flags = kFlagLoading | kFlagStale | kFlagFast,
             .summary = "Returns the server time.",
             .since = "2.6.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = Time},
};

}  // namespace

std::span<const SessionCommand> ServerCommands() { return kCommands; }

}  // namespace kindred
