// INFO, TIME.
#include "resp/errors.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"

namespace kindred {
namespace {

void Info(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(session.server().Info(session.face(), args.subspan(1), now_ms));
}

void Time(Session&, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Array(2);
  reply.Bulk(std::to_string(now_ms / 1000));
  reply.Bulk(std::to_string(now_ms % 1000 * 1000));
}

constexpr SessionCommand kCommands[] = {
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
