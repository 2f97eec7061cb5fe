// SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE, WAIT, WAITAOF, SHUTDOWN: what is said about writes that are
// durable here before they are answered.
#include "base/bytes.h"
#include "base/number.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/arguments.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

// A group of writes that changes `meta` is synced whatever appendfsync says, and with it all that
// was written before.
void Save(Session& session, Args, ReplyWriter& reply, uint64_t now_ms) {
  std::string when;
  ByteWriter(&when).U64(now_ms);
  Batch batch;
  batch.Put(Column::kMeta, "saved", std::move(when));
  session.HoldReplyUntil(session.server().shared().store().Commit(std::move(batch)));
  reply.Simple("OK");
}

// Nothing is left to be done in the background: what was answered is on the disk.
void BgSave(Session&, Args args, ReplyWriter& reply, uint64_t) {
  const bool schedule = args.size() == 2 && SameWord(args[1], "schedule");
  if (args.size() == 1 || schedule) {
    reply.Simple("Background saving started");
  } else {
    reply.Error(kSyntax);
  }
}

void BgRewriteAof(Session&, Args, ReplyWriter& reply, uint64_t) {
  reply.Simple("Background append only file rewriting started");
}

void LastSave(Session&, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Integer(static_cast<int64_t>(now_ms / 1000));
}

// How many replicas beside one have each write that was answered: W - 1. It is no use to wait until
// there are more, as nobody tells this node about those.
int64_t ReplicasOfWrites(Session& session) {
  const uint32_t replicas = session.node().view().replicas();
  return std::max<int64_t>(0, int64_t{session.consistency().write.Of(replicas)} - 1);
}

void Wait(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  int64_t wanted = 0;
  uint64_t timeout_ms = 0;
  if (!ExpectInteger(args[1], &wanted, reply)) return;
  if (!ExpectTimeoutMs(args[2], &timeout_ms, reply)) return;
  reply.Integer(ReplicasOfWrites(session));
}

void WaitAof(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  int64_t local = 0;
  uint64_t timeout_ms = 0;
  if (!ExpectInteger(args[1], &local, reply)) return;
  if (local < 0 || local > 1) return reply.Error(kNotZeroOrOne);
  const std::optional<int64_t> replicas = ParseInt64(args[2]);
  if (!replicas || *replicas < 0) return reply.Error(kNotPositive);
  if (!ExpectTimeoutMs(args[3], &timeout_ms, reply)) return;
  const bool synced = session.server().config().GetText("appendfsync") == "always";
  reply.Array(2);
  reply.Integer(synced ? 1 : 0);
  reply.Integer(synced ? ReplicasOfWrites(session) : 0);
}

struct ShutdownOptions {
  bool save = false;
  bool no_save = false;
  bool now_or_force = false;
  bool abort = false;
};

bool ParseShutdown(Args args, ShutdownOptions* options) {
  for (std::string_view word : args.subspan(1)) {
    if (SameWord(word, "save")) {
      options->save = true;
    } else if (SameWord(word, "nosave")) {
      options->no_save = true;
    } else if (SameWord(word, "now") || SameWord(word, "force")) {
      options->now_or_force = true;
    } else if (SameWord(word, "abort")) {
      options->abort = true;
    } else {
      return false;
    }
  }
  const bool others = options->save || options->no_save || options->now_or_force;
  return !(options->save && options->no_save) && !(options->abort && others);
}

// The end of the connection is the answer. There is nothing to be saved first, or to be left out.
void Shutdown(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  ShutdownOptions options;
  if (!ParseShutdown(args, &options)) return reply.Error(kSyntax);
  if (options.abort) return reply.Error(kNoShutdown);
  session.server().host().Stop();
  session.CloseWhenAnswered();
}

constexpr uint32_t kAdminFlags = kFlagNoAsyncLoading | kFlagAdmin | kFlagNoScript;
constexpr std::string_view kWaitTips = "request_policy:all_shards response_policy:agg_min";

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "save",
             .arity = 1,
             .flags = kAdminFlags | kFlagNoMulti,
             .summary = "Synchronously saves the database(s) to disk.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(N) where N is the total number of keys in all databases"},
     .run = Save,
     .after_all = true},
    {.row = {.name = "bgsave",
             .arity = -1,
             .flags = kAdminFlags,
             .summary = "Asynchronously saves the database(s) to disk.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "[SCHEDULE]"},
     .run = BgSave},
    {.row = {.name = "bgrewriteaof",
             .arity = 1,
             .flags = kAdminFlags,
             .summary = "Asynchronously rewrites the append-only file to disk.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(1)"},
     .run = BgRewriteAof},
    {.row = {.name = "lastsave",
             .arity = 1,
             .flags = kFlagLoading | kFlagStale | kFlagFast,
             .acl = kAclAdmin | kAclDangerous,
             .summary = "Returns the Unix timestamp of the last successful save to disk.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = LastSave},
    {.row = {.name = "wait",
             .arity = 3,
             .acl = kAclConnection,
             .summary = "Blocks until the asynchronous replication of all preceding write commands "
                        "sent by the connection is completed.",
             .since = "3.0.0",
             .group = "generic",
             .complexity = "O(1)",
             .arguments = "numreplicas:integer timeout:integer",
             .tips = kWaitTips},
     .run = Wait,
     .after_all = true},
    {.row = {.name = "waitaof",
             .arity = 4,
             .flags = kFlagNoScript,
             .acl = kAclConnection,
             .summary = "Blocks until all of the preceding write commands sent by the connection "
                        "are written to the append-only file of the master and/or replicas.",
             .since = "7.2.0",
             .group = "generic",
             .complexity = "O(1)",
             .arguments = "numlocal:integer numreplicas:integer timeout:integer",
             .tips = kWaitTips},
     .run = WaitAof,
     .after_all = true},
    {.row = {.name = "shutdown",
             .arity = -1,
             .flags = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale | kFlagNoMulti |
                      kFlagAllowBusy,
             .summary = "Synchronously saves the database(s) to disk and shuts down the Redis "
                        "server.",
             .since = "1.0.0",
             .group = "server",
             .complexity = "O(N) when saving, where N is the total number of keys in all databases "
                           "when saving data, otherwise O(1)",
             .arguments = "[save-selector=NOSAVE|SAVE] [NOW] [FORCE] [ABORT]"},
     .run = Shutdown,
     .after_all = true},
};

}  // namespace

std::span<const SessionCommand> DurabilityCommands() { return kCommands; }

}  // namespace kindred
