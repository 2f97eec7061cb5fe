// CONFIG.
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/help.h"
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
  session.server().ResetStatistics();
  reply.Simple("OK");
}

void ConfigRewrite(Session& session, Args, ReplyWriter& reply, uint64_t) {
  if (auto error = session.server().ConfigRewrite()) {
    reply.Error(*error);
  } else {
    reply.Simple("OK");
  }
}

constexpr std::string_view kHelp[] = {
    "GET <pattern>",
    "    Return parameters matching the glob-like <pattern> and their values.",
    "SET <directive> <value>",
    "    Set the configuration <directive> to <value>.",
    "RESETSTAT",
    "    Reset statistics reported by the INFO command.",
    "REWRITE",
    "    Rewrite the configuration file.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

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
    {.row = {.name = "config|rewrite",
             .arity = 2,
             .flags = kAdminAnyTime,
             .summary = "Persists the effective configuration to file.",
             .since = "2.8.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = ConfigRewrite},
    {.row = HelpRow("config|help", "5.0.0", "server"), .run = Help},
};

}  // namespace

std::span<const SessionCommand> ConfigCommands() { return kCommands; }

}  // namespace kindred
