// INFO, TIME, MONITOR, LOLWUT, SWAPDB.
#include "base/number.h"
#include "command/handler_tools.h"
#include "fmt/format.h"
#include "resp/errors.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"
#include "server/transaction.h"

namespace kindred {
namespace {

void Info(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(session.server().Info(session.face(), args.subspan(1), now_ms));
}

void Time(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const uint64_t now_us = session.server().host().WallUs();
  reply.Array(2);
  reply.Bulk(std::to_string(now_us / 1'000'000));
  reply.Bulk(std::to_string(now_us % 1'000'000));
}

void Monitor(Session& session, Args, ReplyWriter& reply, uint64_t) {
  if (session.transaction().running) return reply.Error(kMonitorInTransaction);
  session.Monitor();
  reply.Simple("OK");
}

void Lolwut(Session&, Args args, ReplyWriter& reply, uint64_t) {
  int64_t version = 0;
  if (args.size() > 2 && SameWord(args[1], "version") && !ExpectInteger(args[2], &version, reply)) {
    return;
  }
  reply.Verbatim(fmt::format("Redis ver. {}\n", kRedisVersion));
}

// Keys carry the number of their database with them, on the disks of several nodes: to exchange two
// databases would be to write all of their keys anew.
void SwapDb(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (session.face() == Face::kCluster) return reply.Error(kSwapDbInCluster);
  const std::optional<int64_t> first = ParseInt64(args[1]), second = ParseInt64(args[2]);
  if (!first || *first != static_cast<int32_t>(*first)) return reply.Error(kInvalidFirstDb);
  if (!second || *second != static_cast<int32_t>(*second)) return reply.Error(kInvalidSecondDb);
  for (int64_t db : {*first, *second}) {
    if (db < 0 || db >= static_cast<int64_t>(Stripe::kDatabases)) {
      return reply.Error(kDbIndexOutOfRange);
    }
  }
  if (*first == *second) return reply.Simple("OK");
  reply.Error(kSwapDbNotSupported);
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
    {.row = {.name = "monitor",
             .arity = 1,
             .flags = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale,
             .summary = "Listens for all requests received by the server in real-time.",
             .since = "1.0.0",
             .group = "server"},
     .run = Monitor},
    {.row = {.name = "lolwut",
             .arity = -1,
             .flags = kFlagReadonly | kFlagFast,
             .summary = "Displays computer art and the Redis version",
             .since = "5.0.0",
             .group = "server",
             .arguments = "[VERSION version:integer]"},
     .run = Lolwut},
    {.row = {.name = "swapdb",
             .arity = 3,
             .flags = kFlagWrite | kFlagFast,
             .acl = kAclKeyspace | kAclDangerous,
             .summary = "Swaps two Redis databases.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(N) where N is the count of clients watching or blocking on keys from "
                           "both databases.",
             .arguments = "index1:integer index2:integer"},
     .run = SwapDb},
};

}  // namespace

std::span<const SessionCommand> ServerCommands() { return kCommands; }

}  // namespace kindred
