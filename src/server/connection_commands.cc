// HELLO, AUTH, PING, ECHO, SELECT, RESET, QUIT.
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/client_words.h"
#include "server/login.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

void Hello(Session& session, Args args, ReplyWriter& old_reply, uint64_t now_ms) {
  HelloOptions options;
  if (!ParseHello(args, &options, old_reply)) return;
  if (options.login &&
      !session.LogIn(options.login->user, options.login->password, args[0], now_ms)) {
    old_reply.Error(kWrongPass);
    return;
  }
  if (!session.user().authenticated()) {
    old_reply.Error(kNoAuthHello);
    return;
  }
  if (options.name) SetClientName(session, *options.name);
  if (options.protocol != 0) session.set_protocol(options.protocol);

  // The answer is the first in the protocol that was asked for.
  ReplyWriter reply(old_reply.out(), session.protocol());
  bool cluster = session.face() == Face::kCluster;
  reply.Map(7);
  reply.Bulk("server");
  reply.Bulk("redis");
  reply.Bulk("version");
  reply.Bulk(kRedisVersion);
  reply.Bulk("proto");
  reply.Integer(session.protocol());
  reply.Bulk("id");
  reply.Integer(static_cast<int64_t>(session.client().id));
  reply.Bulk("mode");
  reply.Bulk(cluster ? "cluster" : "standalone");
  reply.Bulk("role");
  reply.Bulk("master");
  reply.Bulk("modules");
  reply.Array(0);
}

void Auth(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  const std::optional<Login> login = ParseAuth(args, session.server().acl(), reply);
  if (!login) return;
  if (session.LogIn(login->user, login->password, args[0], now_ms)) {
    reply.Simple("OK");
  } else {
    reply.Error(kWrongPass);
  }
}

void Ping(Session&, Args args, ReplyWriter& reply, uint64_t) {
  if (args.size() > 2) {
    reply.Error(WrongArity("ping"));
  } else if (args.size() == 2) {
    reply.Bulk(args[1]);
  } else {
    reply.Simple("PONG");
  }
}

void Echo(Session&, Args args, ReplyWriter& reply, uint64_t) { reply.Bulk(args[1]); }

void Select(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  int64_t number = 0;
  uint8_t db = 0;
  if (!ExpectInt32(args[1], &number, reply)) return;
  if (session.face() == Face::kCluster && number != 0) return reply.Error(kSelectInCluster);
  if (!ExpectDatabase(args[1], &db, reply)) return;
  session.set_db(db);
  reply.Simple("OK");
}

void Reset(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.ResetState();
  reply.Simple("RESET");
}

void Quit(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.CloseWhenAnswered();
  reply.Simple("OK");
}

constexpr uint32_t kAnyTime =
    kFlagNoScript | kFlagLoading | kFlagStale | kFlagFast | kFlagNoAuth | kFlagAllowBusy;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "hello",
             .arity = -1,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Handshakes with the Redis server.",
             .since = "6.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "[arguments={protover:integer [auth=AUTH {username password}] [SETNAME "
                          "clientname]}]"},
     .run = Hello,
     // In a transaction the replies behind it are of the protocol that it has chosen.
     .after_all = true},
    {.row = {.name = "auth",
             .arity = -2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Authenticates the connection.",
             .since = "1.0.0",
             .group = "connection",
             .complexity = "O(N) where N is the number of passwords defined for the user",
             .arguments = "[username] password"},
     .run = Auth},
    {.row = {.name = "ping",
             .arity = -1,
             .flags = kFlagFast,
             .acl = kAclConnection,
             .summary = "Returns the server's liveliness response.",
             .since = "1.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "[message]",
             .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .run = Ping},
    {.row = {.name = "echo",
             .arity = 2,
             .flags = kFlagLoading | kFlagStale | kFlagFast,
             .acl = kAclConnection,
             .summary = "Returns the given string.",
             .since = "1.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "message"},
     .run = Echo},
    {.row = {.name = "select",
             .arity = 2,
             .flags = kFlagLoading | kFlagStale | kFlagFast,
             .acl = kAclConnection,
             .summary = "Changes the selected database.",
             .since = "1.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "index:integer"},
     .run = Select},
    {.row = {.name = "reset",
             .arity = 1,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Resets the connection.",
             .since = "6.2.0",
             .group = "connection",
             .complexity = "O(1)"},
     .run = Reset,
     .not_queued = true},
    {.row = {.name = "quit",
             .arity = -1,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Closes the connection.",
             .since = "1.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .deprecated_since = "7.2.0",
             .replaced_by = "just closing the connection"},
     .run = Quit,
     .not_queued = true},
};

}  // namespace

std::span<const SessionCommand> ConnectionCommands() { return kCommands; }

}  // namespace kindred
