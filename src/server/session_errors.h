#ifndef KINDRED_SERVER_SESSION_ERRORS_H_
#define KINDRED_SERVER_SESSION_ERRORS_H_

// Error texts that only the server's own commands and its front door give, beside those of
// resp/errors.h and in the same form. Redis's to the letter where Redis has them.
//
// Constants and pure functions, any thread.

#include <algorithm>
#include <string>
#include <string_view>

#include "fmt/format.h"

namespace kindred {

inline constexpr std::string_view kMaxClients = "ERR max number of clients reached";
inline constexpr std::string_view kProtectedMode =
    "DENIED Redis is running in protected mode because protected mode is enabled and no password "
    "is set for the default user. In this mode connections are only accepted from the loopback "
    "interface. If you want to connect from external computers to Redis you may adopt one of the "
    "following solutions: 1) Just disable protected mode sending the command 'CONFIG SET "
    "protected-mode no' from the loopback interface by connecting to Redis from the same host the "
    "server is running, however MAKE SURE Redis is not publicly accessible from internet if you do "
    "so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable "
    "the protected mode by editing the Redis configuration file, and setting the protected mode "
    "option to 'no', and then restarting the server. 3) If you started the server manually just "
    "for testing, restart it with the '--protected-mode no' option. 4) Set up an authentication "
    "password for the default user. NOTE: You only need to do one of the above things in order for "
    "the server to start accepting connections from the outside.";

inline constexpr std::string_view kSelectInCluster = "ERR SELECT is not allowed in cluster mode";
inline constexpr std::string_view kInvalidSlot = "ERR Invalid slot";
inline constexpr std::string_view kInvalidSlotOrNumber = "ERR Invalid slot or number of keys";
inline std::string UnknownNode(std::string_view id) {
  return fmt::format("ERR Unknown node {}", id.substr(0, id.find('\0')));
}
inline constexpr std::string_view kInvalidClientId = "ERR Invalid client ID";
inline constexpr std::string_view kNoSuchClient = "ERR No such client";
inline constexpr std::string_view kClientIdTooSmall = "ERR client-id should be greater than 0";
inline std::string NoSuchUser(std::string_view user) {
  return fmt::format("ERR No such user '{}'", user.substr(0, user.find('\0')));
}
inline constexpr std::string_view kPauseMode = "ERR CLIENT PAUSE mode must be WRITE or ALL";
inline constexpr std::string_view kUnblockReason =
    "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR";
inline constexpr std::string_view kTimeoutNotInteger =
    "ERR timeout is not an integer or out of range";
inline constexpr std::string_view kTimeoutNegative = "ERR timeout is negative";
inline std::string UnknownClientType(std::string_view type) {
  return fmt::format("ERR Unknown client type '{}'", type.substr(0, type.find('\0')));
}

inline std::string UnknownConfigOption(std::string_view name) {
  return fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'",
                     name.substr(0, name.find('\0')));
}
inline std::string ConfigSetFailed(std::string_view name, std::string_view why) {
  return fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name, why);
}
inline constexpr std::string_view kNoConfigFile = "ERR The server is running without a config file";
inline std::string RewriteFailed(std::string_view why) {
  return fmt::format("ERR Rewriting config file: {}", why);
}

// A subcommand whose arguments it does not take. `command` in capitals.
inline std::string SubcommandSyntax(std::string_view subcommand, std::string_view command) {
  return fmt::format(
      "ERR unknown subcommand or wrong number of arguments for '{:.128}'. Try {} HELP.",
      subcommand.substr(0, subcommand.find('\0')), command);
}
inline constexpr std::string_view kSlowLogCount = "ERR count should be greater than or equal to -1";
inline std::string NoSamples(std::string_view event) {
  return fmt::format("ERR No samples available for event '{}'", event.substr(0, event.find('\0')));
}

inline constexpr std::string_view kMonitorInTransaction =
    "ERR MONITOR isn't allowed for DENY BLOCKING client";
inline constexpr std::string_view kNestedMulti = "ERR MULTI calls can not be nested";
inline constexpr std::string_view kExecWithoutMulti = "ERR EXEC without MULTI";
inline constexpr std::string_view kDiscardWithoutMulti = "ERR DISCARD without MULTI";
inline constexpr std::string_view kWatchInsideMulti = "ERR WATCH inside MULTI is not allowed";
inline constexpr std::string_view kNotInTransaction =
    "ERR Command not allowed inside a transaction";
// EXEC itself was wrong, or denied. Of the code of `error` only the usual one is left out.
inline std::string ExecAborted(std::string_view error) {
  constexpr std::string_view kUsualCode = "ERR ";
  if (error.starts_with(kUsualCode)) error.remove_prefix(kUsualCode.size());
  return fmt::format("EXECABORT Transaction discarded because of: {}", error);
}

// ACL.
inline constexpr std::string_view kAclUserNameHasSpaces =
    "ERR Usernames can't contain spaces or null characters";
inline constexpr std::string_view kAclDefaultUserStays = "ERR The 'default' user cannot be removed";
inline constexpr std::string_view kAclGenPassBits =
    "ERR ACL GENPASS argument must be the number of bits for the output password, a positive "
    "number up to 4096";
inline std::string UnknownAclCategory(std::string_view category) {
  return fmt::format("ERR Unknown category '{}'",
                     category.substr(0, std::min<size_t>(category.find('\0'), 128)));
}
inline std::string AclUserNotFound(std::string_view user) {
  return fmt::format("ERR User '{}' not found", user.substr(0, user.find('\0')));
}
inline std::string AclCommandNotFound(std::string_view command) {
  return fmt::format("ERR Command '{}' not found", command.substr(0, command.find('\0')));
}
// A known subcommand with too many arguments: Redis takes it for an unknown one.
inline std::string UnknownAclSubcommand(std::string_view subcommand) {
  return fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try ACL HELP.",
                     subcommand.substr(0, std::min<size_t>(subcommand.find('\0'), 128)));
}
// Redis's sentence sends the reader to its log; what is in ours stands here, too.
inline std::string AclSaveFailed(std::string_view why) {
  return fmt::format(
      "ERR There was an error trying to save the ACLs. Please check the server logs for more "
      "information ({})",
      why);
}

// A command that an option switches on. `command` in capitals.
inline std::string CommandNotAllowed(std::string_view command, std::string_view option) {
  return fmt::format(
      "ERR {} command not allowed. If the {} option is set to \"local\", you can run it from a "
      "local connection, otherwise you need to set this option in the configuration file, and "
      "then restart the server.",
      command, option);
}

inline constexpr std::string_view kNotZeroOrOne =
    "ERR value is out of range, value must between 0 and 1";
inline constexpr std::string_view kNotPositive = "ERR value is out of range, must be positive";
inline constexpr std::string_view kNoShutdown = "ERR No shutdown in progress.";
inline constexpr std::string_view kInvalidMasterPort = "ERR Invalid master port";
inline constexpr std::string_view kReplicaOfInCluster =
    "ERR REPLICAOF not allowed in cluster mode.";
inline constexpr std::string_view kFailoverInCluster =
    "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.";
inline constexpr std::string_view kNoFailover = "ERR No failover in progress.";
inline constexpr std::string_view kFailoverNeedsReplicas =
    "ERR FAILOVER requires connected replicas.";
inline constexpr std::string_view kSwapDbInCluster = "ERR SWAPDB is not allowed in cluster mode";
inline constexpr std::string_view kInvalidFirstDb = "ERR invalid first DB index";
inline constexpr std::string_view kInvalidSecondDb = "ERR invalid second DB index";

// Kindred's own.
inline constexpr std::string_view kSwapDbNotSupported =
    "ERR SWAPDB is not supported: it would have to write all keys of both databases anew";
inline std::string ClusterNotSupported(std::string_view subcommand) {
  return fmt::format(
      "ERR CLUSTER {} is not supported: nodes join with the option join, and deal out the slots "
      "themselves",
      subcommand.substr(0, subcommand.find('\0')));
}
inline constexpr std::string_view kReplicaOfNotSupported =
    "ERR REPLICAOF is not supported: nodes become members of a cluster with the option join, and "
    "keep copies for each other";
inline constexpr std::string_view kTransactionTooLarge =
    "ERR the transaction has too many commands, bytes or watched keys";
inline constexpr std::string_view kWithInsideMulti = "ERR WITH inside MULTI is not allowed";
inline constexpr std::string_view kContextOfOneKey =
    "ERR WITH CONTEXT needs a command that writes each key by itself; nothing was done";
inline constexpr std::string_view kWithNeedsKeys = "ERR WITH needs a command on keys";

}  // namespace kindred

#endif  // KINDRED_SERVER_SESSION_ERRORS_H_
