// CLIENT: what changes how clients are served.
#include "base/number.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/arguments.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

struct KillOptions {
  ClientFilter filter;
  bool skip_me = true;
};

// CLIENT KILL address.
bool ParseOldKill(Args args, KillOptions* options) {
  options->filter.address = args[2];
  options->skip_me = false;
  return true;
}

// One option with its value. False, and an error is written, if there is none of that kind.
bool ParseKillOption(Session& session, std::string_view option, std::string_view value,
                     KillOptions* options, ReplyWriter& reply) {
  auto refuse = [&reply](std::string_view error) {
    reply.Error(error);
    return false;
  };
  ClientFilter& filter = options->filter;
  if (SameWord(option, "id")) {
    std::optional<int64_t> id = ParseInt64(value);
    if (!id || *id < 1) return refuse(kClientIdTooSmall);
    filter.id = static_cast<uint64_t>(*id);
  } else if (SameWord(option, "type")) {
    filter.type = ParseClientType(value);
    if (!filter.type) return refuse(UnknownClientType(value));
  } else if (SameWord(option, "addr")) {
    filter.address = value;
  } else if (SameWord(option, "laddr")) {
    filter.local_address = value;
  } else if (SameWord(option, "user")) {
    const bool known = session.server().acl().Now().users->Find(value) != nullptr;
    if (!known) return refuse(NoSuchUser(value));
    filter.user = value;
  } else if (SameWord(option, "skipme") && SameWord(value, "yes")) {
    options->skip_me = true;
  } else if (SameWord(option, "skipme") && SameWord(value, "no")) {
    options->skip_me = false;
  } else {
    return refuse(kSyntax);
  }
  return true;
}

bool ParseKill(Session& session, Args args, KillOptions* options, ReplyWriter& reply) {
  if (args.size() == 3) return ParseOldKill(args, options);
  for (size_t i = 2; i < args.size(); i += 2) {
    if (i + 1 == args.size()) {
      reply.Error(kSyntax);
      return false;
    }
    if (!ParseKillOption(session, args[i], args[i + 1], options, reply)) return false;
  }
  return true;
}

void Kill(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  KillOptions options;
  if (!ParseKill(session, args, &options, reply)) return;
  Clients::Killed killed = session.server().clients().Kill(options.filter, &session.client());
  if (options.skip_me) killed.self = false;
  if (killed.self) session.CloseWhenAnswered();  // It still hears what came of it.
  const size_t count = killed.others + (killed.self ? 1 : 0);
  if (args.size() > 3) {
    reply.Integer(static_cast<int64_t>(count));
  } else if (count > 0) {
    reply.Simple("OK");
  } else {
    reply.Error(kNoSuchClient);
  }
}

void PauseClients(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  uint64_t timeout_ms = 0;
  Pause::What what = Pause::What::kAll;
  if (args.size() > 4) return reply.Error(SubcommandSyntax(args[1], "CLIENT"));
  if (args.size() == 4 && SameWord(args[3], "write")) {
    what = Pause::What::kWrites;
  } else if (args.size() == 4 && !SameWord(args[3], "all")) {
    reply.Error(kPauseMode);
    return;
  }
  if (!ExpectTimeoutMs(args[2], &timeout_ms, reply)) return;
  session.server().pause().Begin(what, now_ms + timeout_ms, now_ms);
  reply.Simple("OK");
}

void Unpause(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.server().pause().End();
  reply.Simple("OK");
}

// Neither OFF nor SKIP is answered.
void Reply(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (SameWord(args[2], "on")) {
    session.set_replies(Session::Replies::kOn);
    reply.Simple("OK");
  } else if (SameWord(args[2], "off")) {
    session.set_replies(Session::Replies::kOff);
  } else if (SameWord(args[2], "skip")) {
    if (session.replies() != Session::Replies::kOff) {
      session.set_replies(Session::Replies::kSkipNext);
    }
  } else {
    reply.Error(kSyntax);
  }
}

// Without client-side caching nobody's notifications go anywhere.
void GetRedir(Session&, Args, ReplyWriter& reply, uint64_t) { reply.Integer(-1); }

void TrackingInfo(Session&, Args, ReplyWriter& reply, uint64_t) {
  reply.Map(3);
  reply.Bulk("flags");
  reply.Set(1);
  reply.Bulk("off");
  reply.Bulk("redirect");
  reply.Integer(-1);
  reply.Bulk("prefixes");
  reply.Array(0);
}

// No command blocks, so nobody can be freed.
void Unblock(Session&, Args args, ReplyWriter& reply, uint64_t) {
  int64_t id = 0;
  if (args.size() > 4) {
    reply.Error(SubcommandSyntax(args[1], "CLIENT"));
  } else if (args.size() == 4 && !SameWord(args[3], "timeout") && !SameWord(args[3], "error")) {
    reply.Error(kUnblockReason);
  } else if (ExpectInteger(args[2], &id, reply)) {
    reply.Integer(0);
  }
}

constexpr std::string_view kHelp[] = {
    "GETREDIR",
    "    Return the client ID we are redirecting to when tracking is enabled.",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID",
    "    Return the ID of the current connection.",
    "INFO",
    "    Return information about the current client connection.",
    "KILL <ip:port>",
    "    Kill connection made from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Kill connections. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made from the specified address",
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made to specified local address",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Kill connections by type.",
    "    * USER <username>",
    "      Kill connections authenticated by <username>.",
    "    * SKIPME (YES|NO)",
    "      Skip killing current connection (default: yes).",
    "LIST [options ...]",
    "    Return information about client connections. Options:",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Return clients of specified type.",
    "UNPAUSE",
    "    Stop the current client pause, resuming traffic.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Suspend all, or just write, clients for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETNAME <name>",
    "    Assign the name <name> to the current connection.",
    "SETINFO <option> <value>",
    "    Set client meta attr. Options are:",
    "    * LIB-NAME: the client lib name.",
    "    * LIB-VER: the client lib version.",
    "UNBLOCK <clientid> [TIMEOUT|ERROR]",
    "    Unblock the specified blocked client.",
    "TRACKINGINFO",
    "    Report tracking status for the current connection.",
    "NO-EVICT (ON|OFF)",
    "    Protect current client connection from eviction.",
    "NO-TOUCH (ON|OFF)",
    "    Will not touch LRU/LFU stats when this mode is on.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kAnyTime = kFlagNoScript | kFlagLoading | kFlagStale;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "client|kill",
             .arity = -3,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Terminates open connections.",
             .since = "2.4.0",
             .group = "connection",
             .complexity = "O(N) where N is the number of client connections",
             .arguments =
                 "filter=old-format|new-format=<[ID client-id:integer]|[client-type=TYPE "
                 "<NORMAL|MASTER|SLAVE|REPLICA|PUBSUB>]|[USER username]|[ADDR addr]|[LADDR laddr]|"
                 "[skipme=SKIPME <YES|NO>]>..."},
     .run = Kill},
    {.row = {.name = "client|pause",
             .arity = -3,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Suspends commands processing.",
             .since = "3.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "timeout:integer [mode=WRITE|ALL]"},
     .run = PauseClients},
    {.row = {.name = "client|unpause",
             .arity = 2,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Resumes processing commands from paused clients.",
             .since = "6.2.0",
             .group = "connection",
             .complexity = "O(N) Where N is the number of paused clients"},
     .run = Unpause},
    {.row = {.name = "client|reply",
             .arity = 3,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Instructs the server whether to reply to commands.",
             .since = "3.2.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "action=ON|OFF|SKIP"},
     .run = Reply},
    {.row = {.name = "client|getredir",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns the client ID to which the connection's tracking notifications "
                        "are redirected.",
             .since = "6.0.0",
             .group = "connection",
             .complexity = "O(1)"},
     .run = GetRedir},
    {.row = {.name = "client|trackinginfo",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns information about server-assisted client-side caching for the "
                        "connection.",
             .since = "6.2.0",
             .group = "connection",
             .complexity = "O(1)"},
     .run = TrackingInfo},
    {.row = {.name = "client|unblock",
             .arity = -3,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Unblocks a client blocked by a blocking command from a different "
                        "connection.",
             .since = "5.0.0",
             .group = "connection",
             .complexity = "O(log N) where N is the number of client connections",
             .arguments = "client-id:integer [unblock-type=TIMEOUT|ERROR]"},
     .run = Unblock},
    {.row = HelpRow("client|help", "5.0.0", "connection", kAclConnection), .run = Help},
};

}  // namespace

std::span<const SessionCommand> ClientControlCommands() { return kCommands; }

}  // namespace kindred
