// CONFIG, INFO, TIME.
#include "command/handler_tools.h"
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

// The default user's password is everybody's business, on all nodes.
std::optional<std::string> SetPasswordIfNamed(Session& session, Args names_and_values,
                                              uint64_t now_ms) {
  for (size_t i = 0; i < names_and_values.size(); i += 2) {
    if (!SameWord(names_and_values[i], "requirepass")) continue;
    Acl::Changed changed =
        session.server().acl_sources().SetRequirepass(names_and_values[i + 1], now_ms);
    session.HoldReplyUntil(changed.after);
    return std::move(changed.error);
  }
  return std::nullopt;
}

void ConfigSet(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  const Args names_and_values = args.subspan(2);
  if (args.size() % 2 != 0) {
    reply.Error(kSyntax);
  } else if (auto error = session.server().ConfigSet(names_and_values)) {
    reply.Error(*error);
  } else if (auto refused = SetPasswordIfNamed(session, names_and_values, now_ms)) {
    reply.Error(*refused);
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
