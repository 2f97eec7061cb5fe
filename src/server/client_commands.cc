// CLIENT: what a client says of itself, and what is said of clients.
#include <algorithm>

#include "base/number.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/client_words.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {

bool IsClientWord(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= '!' && c <= '~'; });
}

void SetClientName(Session& session, std::string_view name) {
  session.server().clients().ChangeWords(session.client(),
                                         [name](ClientWords& words) { words.name = name; });
}

namespace {

void Id(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Integer(static_cast<int64_t>(session.client().id));
}

void Info(Session& session, Args, ReplyWriter& reply, uint64_t now_ms) {
  reply.Verbatim(session.server().clients().Line(session.client(), now_ms));
}

void List(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  if (args.size() == 2) {
    reply.Verbatim(session.server().clients().All({}, now_ms));
  } else if (args.size() == 4 && SameWord(args[2], "type")) {
    if (const auto type = ParseClientType(args[3])) {
      reply.Verbatim(session.server().clients().All(type, now_ms));
    } else {
      reply.Error(UnknownClientType(args[3]));
    }
  } else if (args.size() > 3 && SameWord(args[2], "id")) {
    std::vector<uint64_t> ids;
    for (std::string_view arg : args.subspan(3)) {
      std::optional<int64_t> id = ParseInt64(arg);
      if (!id) {
        reply.Error(kInvalidClientId);
        return;
      }
      ids.push_back(static_cast<uint64_t>(*id));
    }
    reply.Verbatim(session.server().clients().Those(ids, now_ms));
  } else {
    reply.Error(kSyntax);
  }
}

void GetName(Session& session, Args, ReplyWriter& reply, uint64_t) {
  std::string name = session.server().clients().WordsOf(session.client()).name;
  if (name.empty()) {
    reply.Nil();
  } else {
    reply.Bulk(name);
  }
}

void SetName(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (!IsClientWord(args[2])) {
    reply.Error(kInvalidClientName);
    return;
  }
  SetClientName(session, args[2]);
  reply.Simple("OK");
}

void SetInfo(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  bool is_name = SameWord(args[2], "lib-name");
  if (!is_name && !SameWord(args[2], "lib-ver")) {
    reply.Error(UnrecognizedOption(args[2]));
  } else if (!IsClientWord(args[3])) {
    reply.Error(InvalidClientAttribute(is_name ? "lib-name" : "lib-ver"));
  } else {
    session.server().clients().ChangeWords(session.client(), [&](ClientWords& words) {
      (is_name ? words.library_name : words.library_version) = args[3];
    });
    reply.Simple("OK");
  }
}

// What is set would matter if keys were evicted; it shows in CLIENT LIST.
void SetSwitch(Session& session, std::string_view word, bool ClientWords::*which,
               ReplyWriter& reply) {
  bool on = SameWord(word, "on");
  if (!on && !SameWord(word, "off")) {
    reply.Error(kSyntax);
    return;
  }
  session.server().clients().ChangeWords(session.client(),
                                         [&](ClientWords& words) { words.*which = on; });
  reply.Simple("OK");
}

void NoEvict(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  SetSwitch(session, args[2], &ClientWords::no_evict, reply);
}

void NoTouch(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  SetSwitch(session, args[2], &ClientWords::no_touch, reply);
}

constexpr uint32_t kAnyTime = kFlagNoScript | kFlagLoading | kFlagStale;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "client",
             .arity = -2,
             .summary = "A container for client connection commands.",
             .since = "2.4.0",
             .group = "connection",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "client|id",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns the unique client ID of the connection.",
             .since = "5.0.0",
             .group = "connection",
             .complexity = "O(1)"},
     .run = Id},
    {.row = {.name = "client|info",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns information about the connection.",
             .since = "6.2.0",
             .group = "connection",
             .complexity = "O(1)",
             .tips = "nondeterministic_output"},
     .run = Info},
    {.row = {.name = "client|list",
             .arity = -2,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Lists open connections.",
             .since = "2.4.0",
             .group = "connection",
             .complexity = "O(N) where N is the number of client connections",
             .arguments =
                 "[client-type=TYPE <NORMAL|MASTER|REPLICA|PUBSUB>] [ID client-id:integer]...",
             .tips = "nondeterministic_output"},
     .run = List},
    {.row = {.name = "client|getname",
             .arity = 2,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Returns the name of the connection.",
             .since = "2.6.9",
             .group = "connection",
             .complexity = "O(1)"},
     .run = GetName},
    {.row = {.name = "client|setname",
             .arity = 3,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Sets the connection name.",
             .since = "2.6.9",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "connection-name",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = SetName},
    {.row = {.name = "client|setinfo",
             .arity = 4,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Sets information specific to the client or connection.",
             .since = "7.2.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "attr=LIB-NAME libname|LIB-VER libver",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = SetInfo},
    {.row = {.name = "client|no-evict",
             .arity = 3,
             .flags = kFlagAdmin | kAnyTime,
             .acl = kAclConnection,
             .summary = "Sets the client eviction mode of the connection.",
             .since = "7.0.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "enabled=ON|OFF"},
     .run = NoEvict},
    {.row = {.name = "client|no-touch",
             .arity = 3,
             .flags = kAnyTime,
             .acl = kAclConnection,
             .summary = "Controls whether commands sent by the client affect the LRU/LFU of "
                        "accessed keys.",
             .since = "7.2.0",
             .group = "connection",
             .complexity = "O(1)",
             .arguments = "enabled=ON|OFF"},
     .run = NoTouch},
};

}  // namespace

std::span<const SessionCommand> ClientCommands() { return kCommands; }

}  // namespace kindred
