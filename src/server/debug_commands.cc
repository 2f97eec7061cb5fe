// DEBUG: the part of it that clients' tests use, and that harms nobody. In Redis it is one command
// that looks at its first argument itself, and for COMMAND and ACL it has no keys. So it is here,
// too; DEBUG OBJECT is then the node's.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "base/number.h"
#include "command/families.h"
#include "command/handler_tools.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

bool IsLocal(std::string_view address) {
  return address.starts_with("127.0.0.1:") || address.starts_with("[::1]:");
}

bool IsAllowed(Session& session) {
  const std::string who = session.server().config().GetText("enable-debug-command");
  return who == "yes" || (who == "local" && IsLocal(session.client().address));
}

constexpr double kSleepSecondsMax = 3600;

// What is not a number is none at all, as in Redis.
void Sleep(Session& session, std::string_view text, ReplyWriter& reply, uint64_t now_ms) {
  double seconds = 0;
  if (!absl::SimpleAtod({text.data(), text.size()}, &seconds) || !(seconds > 0)) {
    return reply.Simple("OK");
  }
  seconds = std::min(seconds, kSleepSecondsMax);
  session.SleepUntil(now_ms + static_cast<uint64_t>(seconds * 1000) + 1);
}

void SetActiveExpire(Session& session, std::string_view text, ReplyWriter& reply) {
  session.server().shared().set_active_expiry(ParseInt64(text).value_or(0) != 0);
  reply.Simple("OK");
}

constexpr std::string_view kHelp[] = {
    "OBJECT <key>",
    "    Show low level info about `key` and associated value.",
    "SET-ACTIVE-EXPIRE <0|1>",
    "    Setting it to 0 disables expiring keys in background when they are not",
    "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
    "    default.",
    "SLEEP <seconds>",
    "    Stop the connection for <seconds>. Decimals allowed.",
};

void Debug(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  if (!IsAllowed(session)) {
    reply.Error(CommandNotAllowed("DEBUG", "enable-debug-command"));
  } else if (SameWord(args[1], "help") && args.size() == 2) {
    WriteHelp(args[0], kHelp, reply);
  } else if (SameWord(args[1], "sleep") && args.size() == 3) {
    Sleep(session, args[2], reply, now_ms);
  } else if (SameWord(args[1], "set-active-expire") && args.size() == 3) {
    SetActiveExpire(session, args[2], reply);
  } else {
    reply.Error(SubcommandSyntax(args[1], "DEBUG"));
  }
}

const CommandRow* AtNode(Session& session, Args args) {
  const bool is_object = args.size() == 3 && SameWord(args[1], "object");
  return is_object && IsAllowed(session) ? &DebugObjectRow() : nullptr;
}

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "debug",
             .arity = -2,
             .flags = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale,
             .summary = "A container for debugging commands.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "Depends on subcommand.",
             .is_internal = true},
     .run = Debug,
     .after_all = true,
     .at_node = AtNode},
};

}  // namespace

std::span<const SessionCommand> DebugCommands() { return kCommands; }

}  // namespace kindred
