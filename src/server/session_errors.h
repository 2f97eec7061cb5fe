#ifndef KINDRED_SERVER_SESSION_ERRORS_H_
#define KINDRED_SERVER_SESSION_ERRORS_H_

// Error texts that only the server's own commands and its front door give, beside those of
// resp/errors.h and in the same form. Redis's to the letter where Redis has them.
//
// Constants and pure functions, any thread.

#include <string>
#include <string_view>

#include "fmt/format.h"

namespace kindred {

inline constexpr std::string_view kMaxClients = "ERR max number of clients reached";
inline constexpr std::string_view kProtectedMode =
    "DENIED Redis is running in protected mode because protected mode is enabled and no password "
    "is set for the default user. In this mode connections are only accepted from the loopback "
    "interface. If you want to connect from external computers, set the option protected-mode to "
    "no, in the configuration file or with CONFIG SET from a client on this machine.";

inline constexpr std::string_view kSelectInCluster = "ERR SELECT is not allowed in cluster mode";
inline constexpr std::string_view kInvalidSlot = "ERR Invalid slot";
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

inline constexpr std::string_view kNestedMulti = "ERR MULTI calls can not be nested";
inline constexpr std::string_view kExecWithoutMulti = "ERR EXEC without MULTI";
inline constexpr std::string_view kDiscardWithoutMulti = "ERR DISCARD without MULTI";
inline constexpr std::string_view kWatchInsideMulti = "ERR WATCH inside MULTI is not allowed";
// EXEC itself was wrong. `error` begins with "ERR ".
inline std::string ExecAborted(std::string_view error) {
  return fmt::format("EXECABORT Transaction discarded because of: {}", error.substr(4));
}

// Kindred's own.
inline constexpr std::string_view kTransactionTooLarge =
    "ERR the transaction has too many commands, bytes or watched keys";
inline constexpr std::string_view kWithInsideMulti = "ERR WITH inside MULTI is not allowed";
inline constexpr std::string_view kWithNeedsKeys = "ERR WITH needs a command on keys";

}  // namespace kindred

#endif  // KINDRED_SERVER_SESSION_ERRORS_H_
