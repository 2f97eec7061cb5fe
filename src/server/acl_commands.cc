// ACL: users and their rules; ACL LOG is in acl_log_commands.cc.
#include <algorithm>

#include "absl/status/status.h"
#include "base/hex.h"
#include "command/acl_categories.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/acl_check.h"
#include "server/acl_describe.h"
#include "server/acl_rules.h"
#include "server/help.h"
#include "server/secrets.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

constexpr int64_t kPasswordBits = 256;
constexpr int64_t kPasswordBitsMax = 4096;

Acl& AclOf(Session& session) { return session.server().acl(); }

// --- users

// Whoever has deleted himself still hears that it is done.
void Note(Session& session, const Acl::Changed& changed) {
  session.HoldReplyUntil(changed.after);
  if (!session.user().Refresh()) session.CloseWhenAnswered();
}

void ReplyChanged(Session& session, const Acl::Changed& changed, ReplyWriter& reply) {
  Note(session, changed);
  if (changed.error) {
    reply.Error(*changed.error);
  } else {
    reply.Simple("OK");
  }
}

void SetUser(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  const std::string_view name = args[2];
  if (HasSpaces(name)) {
    reply.Error(kAclUserNameHasSpaces);
    return;
  }
  const auto edit = [&](AclUsers* users) -> std::optional<std::string> {
    const std::shared_ptr<const AclUser> known = users->Find(name);
    AclUser user = known == nullptr ? AclUser(std::string(name)) : *known;
    auto error = ApplyAclRules(AclOf(session).commands(), args.subspan(3), &user);
    if (!error) users->Put(std::move(user));
    return error;
  };
  ReplyChanged(session, AclOf(session).Change(edit, &session.client(), now_ms), reply);
}

void DelUser(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms) {
  const Args names = args.subspan(2);
  if (std::find(names.begin(), names.end(), kDefaultUser) != names.end()) {
    reply.Error(kAclDefaultUserStays);
    return;
  }
  int64_t deleted = 0;
  const auto edit = [&](AclUsers* users) -> std::optional<std::string> {
    deleted = 0;
    for (std::string_view name : names) deleted += users->Remove(name) ? 1 : 0;
    return std::nullopt;
  };
  Note(session, AclOf(session).Change(edit, &session.client(), now_ms));
  reply.Integer(deleted);
}

void WriteSelector(const AclSelector& selector, ReplyWriter& reply) {
  reply.Bulk("commands");
  reply.Bulk(DescribeCommands(selector));
  reply.Bulk("keys");
  reply.Bulk(DescribeKeys(selector));
  reply.Bulk("channels");
  reply.Bulk(DescribeChannels(selector));
}

void GetUser(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const std::shared_ptr<const AclUser> user = AclOf(session).Now().users->Find(args[2]);
  if (user == nullptr) {
    reply.Nil();
    return;
  }
  const std::vector<std::string_view> flags = FlagsOf(*user);
  reply.Map(6);
  reply.Bulk("flags");
  reply.Set(flags.size());
  for (std::string_view flag : flags) reply.Bulk(flag);
  reply.Bulk("passwords");
  reply.Array(user->passwords.size());
  for (const std::string& password : user->passwords) reply.Bulk(password);
  WriteSelector(user->root(), reply);
  reply.Bulk("selectors");
  reply.Array(user->selectors.size() - 1);
  for (size_t i = 1; i < user->selectors.size(); ++i) {
    reply.Map(3);
    WriteSelector(user->selectors[i], reply);
  }
}

void List(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const Acl::Snapshot now = AclOf(session).Now();
  reply.Array(now.users->all().size());
  for (const auto& [name, user] : now.users->all()) {
    reply.Bulk(fmt::format("user {} {}", name, DescribeUser(*user)));
  }
}

void Users(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const Acl::Snapshot now = AclOf(session).Now();
  reply.Array(now.users->all().size());
  for (const auto& [name, user] : now.users->all()) reply.Bulk(name);
}

void WhoAmI(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Bulk(session.user().user().name);
}

// --- categories and passwords

void Cat(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  if (args.size() == 2) {
    reply.Array(AclCategoryNames().size());
    for (const AclCategoryName& category : AclCategoryNames()) {
      reply.Bulk(category.name.substr(1));
    }
    return;
  }
  const std::optional<uint32_t> category = AclCategoryByName(args[2]);
  if (args.size() > 3) {
    reply.Error(UnknownAclSubcommand(args[1]));
  } else if (!category) {
    reply.Error(UnknownAclCategory(args[2]));
  } else {
    std::vector<std::string_view> names;
    for (const CommandRow* row : AclOf(session).commands().rows()) {
      if ((AclCategoriesOf(*row) & *category) != 0) names.push_back(row->name);
    }
    reply.Array(names.size());
    for (std::string_view name : names) reply.Bulk(name);
  }
}

void GenPass(Session&, Args args, ReplyWriter& reply, uint64_t) {
  int64_t bits = kPasswordBits;
  if (args.size() > 3) {
    reply.Error(UnknownAclSubcommand(args[1]));
    return;
  }
  if (args.size() == 3 && !ExpectInteger(args[2], &bits, reply)) return;
  if (bits <= 0 || bits > kPasswordBitsMax) {
    reply.Error(kAclGenPassBits);
    return;
  }
  const size_t digits = static_cast<size_t>((bits + 3) / 4);
  reply.Bulk(HexEncode(SecretRandomBytes((digits + 1) / 2)).substr(0, digits));
}

// --- the file

void Save(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const absl::Status saved = session.server().acl_sources().Save();
  if (saved.ok()) {
    reply.Simple("OK");
  } else {
    reply.Error(AclSaveFailed(std::string(saved.message())));
  }
}

void Load(Session& session, Args, ReplyWriter& reply, uint64_t now_ms) {
  ReplyChanged(session, session.server().acl_sources().Load(&session.client(), now_ms), reply);
}

// --- trying

// The row of the command that begins with args[0], as it would be found if it were run.
const CommandRow* FindCommand(const CommandTable& commands, Args args) {
  const CommandRow* row = commands.Find(args[0]);
  if (row == nullptr || args.size() < 2 || commands.SubcommandsOf(*row).empty()) return row;
  return commands.FindSubcommand(row->name, args[1]);
}

void DryRun(Session& session, Args args, ReplyWriter& reply, uint64_t) {
  const std::shared_ptr<const AclUser> user = AclOf(session).Now().users->Find(args[2]);
  const Args command = args.subspan(3);
  if (user == nullptr) {
    reply.Error(AclUserNotFound(args[2]));
    return;
  }
  const CommandRow* row = FindCommand(AclOf(session).commands(), command);
  if (row == nullptr) {
    reply.Error(AclCommandNotFound(command[0]));
    return;
  }
  if (!row->ArityFits(command.size())) {
    reply.Error(WrongArity(row->name));
    return;
  }
  const AclVerdict verdict = CheckAcl(*user, *row, command);
  if (verdict.denied == AclDenied::kNothing) {
    reply.Simple("OK");
  } else {
    reply.Bulk(DryRunText(verdict, *user, *row, command));
  }
}

constexpr std::string_view kHelp[] = {
    "CAT [<category>]",
    "    List all commands that belong to <category>, or all command categories",
    "    when no category is specified.",
    "DELUSER <username> [<username> ...]",
    "    Delete a list of users.",
    "DRYRUN <username> <command> [<arg> ...]",
    "    Returns whether the user can execute the given command without executing the command.",
    "GETUSER <username>",
    "    Get the user's details.",
    "GENPASS [<bits>]",
    "    Generate a secure 256-bit user password. The optional `bits` argument can",
    "    be used to specify a different size.",
    "LIST",
    "    Show users details in config file format.",
    "LOAD",
    "    Reload users from the ACL file.",
    "LOG [<count> | RESET]",
    "    Show the ACL log entries.",
    "SAVE",
    "    Save the current config to the ACL file.",
    "SETUSER <username> <attribute> [<attribute> ...]",
    "    Create or modify a user with the specified attributes.",
    "USERS",
    "    List all the registered usernames.",
    "WHOAMI",
    "    Return the current connection username.",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr uint32_t kAnyTime = kFlagNoScript | kFlagLoading | kFlagStale;
constexpr uint32_t kAdmin = kFlagAdmin | kAnyTime;

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "acl",
             .arity = -2,
             .summary = "A container for Access List Control commands.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "Depends on subcommand."},
     .has_subcommands = true},
    {.row = {.name = "acl|cat",
             .arity = -2,
             .flags = kAnyTime,
             .summary = "Lists the ACL categories, or the commands inside a category.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(1) since the categories and commands are a fixed set.",
             .arguments = "[category]"},
     .run = Cat},
    {.row = {.name = "acl|deluser",
             .arity = -3,
             .flags = kAdmin,
             .summary = "Deletes ACL users, and terminates their connections.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(1) amortized time considering the typical user.",
             .arguments = "username...",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = DelUser},
    {.row = {.name = "acl|dryrun",
             .arity = -4,
             .flags = kAdmin,
             .summary =
                 "Simulates the execution of a command by a user, without executing the command.",
             .since = "7.0.0",
             .group = "server",
             .complexity = "O(1).",
             .arguments = "username command [arg]..."},
     .run = DryRun},
    {.row = {.name = "acl|genpass",
             .arity = -2,
             .flags = kAnyTime,
             .summary = "Generates a pseudorandom, secure password that can be used to identify "
                        "ACL users.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(1)",
             .arguments = "[bits:integer]"},
     .run = GenPass},
    {.row = {.name = "acl|getuser",
             .arity = 3,
             .flags = kAdmin,
             .summary = "Lists the ACL rules of a user.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of password, command and pattern rules "
                           "that the user has.",
             .arguments = "username"},
     .run = GetUser},
    {.row = HelpRow("acl|help", "6.0.0", "server"), .run = Help},
    {.row = {.name = "acl|list",
             .arity = 2,
             .flags = kAdmin,
             .summary = "Dumps the effective rules in ACL file format.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of configured users."},
     .run = List},
    {.row = {.name = "acl|load",
             .arity = 2,
             .flags = kAdmin,
             .summary = "Reloads the rules from the configured ACL file.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of configured users."},
     .run = Load},
    {.row = {.name = "acl|save",
             .arity = 2,
             .flags = kAdmin,
             .summary = "Saves the effective ACL rules in the configured ACL file.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of configured users.",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = Save},
    {.row = {.name = "acl|setuser",
             .arity = -3,
             .flags = kAdmin,
             .summary = "Creates and modifies an ACL user and its rules.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of rules provided.",
             .arguments = "username [rule]...",
             .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .run = SetUser},
    {.row = {.name = "acl|users",
             .arity = 2,
             .flags = kAdmin,
             .summary = "Lists all ACL users.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(N). Where N is the number of configured users."},
     .run = Users},
    {.row = {.name = "acl|whoami",
             .arity = 2,
             .flags = kAnyTime,
             .summary = "Returns the authenticated username of the current connection.",
             .since = "6.0.0",
             .group = "server",
             .complexity = "O(1)"},
     .run = WhoAmI},
};

}  // namespace

std::span<const SessionCommand> AclCommands() { return kCommands; }

}  // namespace kindred
