// ACL LOG.
#include <algorithm>

#include "command/handler_tools.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

constexpr int64_t kEntriesShown = 10;

std::string_view WordOf(AclReason reason) {
  switch (reason) {
    case AclReason::kCommand:
      return "command";
    case AclReason::kKey:
      return "key";
    case AclReason::kAuth:
      return "auth";
  }
  return "unknown";
}

void WriteText(std::string_view field, std::string_view text, ReplyWriter& reply) {
  reply.Bulk(field);
  reply.Bulk(text);
}

void WriteNumber(std::string_view field, uint64_t number, ReplyWriter& reply) {
  reply.Bulk(field);
  reply.Integer(static_cast<int64_t>(number));
}

void WriteLogEntry(const AclLogEntry& entry, ReplyWriter& reply, uint64_t now_ms) {
  const uint64_t age_ms = now_ms > entry.updated_ms ? now_ms - entry.updated_ms : 0;
  reply.Map(10);
  WriteNumber("count", entry.count, reply);
  WriteText("reason", WordOf(entry.reason), reply);
  WriteText("context", entry.context, reply);
  WriteText("object", entry.object, reply);
  WriteText("username", entry.user, reply);
  reply.Bulk("age-seconds");
  reply.Double(static_cast<double>(age_ms) / 1000);
  WriteText("client-info", entry.client, reply);
  WriteNumber("entry-id", entry.id, reply);
  WriteNumber("timestamp-created", entry.created_ms, reply);
  WriteNumber("timestamp-last-updated", entry.updated_ms, reply);
}

void Log(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  int64_t count = kEntriesShown;
  if (args.size() > 3) {
    reply.Error(UnknownAclSubcommand(args[1]));
    return;
  }
  if (args.size() == 3 && SameWord(args[2], "reset")) {
    session.server().acl().log().Reset();
    reply.Simple("OK");
    return;
  }
  if (args.size() == 3 && !ExpectInteger(args[2], &count, reply)) return;
  const std::vector<AclLogEntry> entries =
      session.server().acl().log().Newest(static_cast<size_t>(std::max<int64_t>(count, 0)));
  reply.Array(entries.size());
  for (const AclLogEntry& entry : entries) WriteLogEntry(entry, reply, now_ms);
}

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "acl|log",
             .arity = -2,
             .flags = kFlagAdmin | kFlagNoScript | kFlagLoading | kFlagStale,
             .summary = "Lists recent security events generated due to ACL rules.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N) with N being the number of entries shown.",
             .arguments = "[operation=count:integer|RESET]"},
     .run = Log},
};

}  // namespace

std::span<const SessionCommand> AclLogCommands() { return kCommands; }

}  // namespace kindred
