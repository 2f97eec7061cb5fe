#ifndef KINDRED_SERVER_SESSION_COMMAND_H_
#define KINDRED_SERVER_SESSION_COMMAND_H_

// The commands that are answered where the client is connected, without looking at keys: each has
// the same row as every other command, and a handler that sees the session. They stand family by
// family in the files connection_commands.cc, client_commands.cc and so on.
//
// Constant data; any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "command/row.h"

namespace kindred {

class Session;

// Writes exactly one reply.
using SessionHandler = void (*)(Session& session, Args args, ReplyWriter& reply, uint64_t now_ms);

struct SessionCommand {
  CommandRow row;  // Of kind kSession, or kKeyspace: the node's work, without `run`.
  // Null for a mere container, and for what the session itself runs: WITH, WATCH, EXEC.
  SessionHandler run = nullptr;
  bool has_subcommands = false;
  bool after_all = false;     // Waits for all commands before it, whose effect it shows.
  bool cluster_only = false;  // On the plain face it says that cluster support is disabled.
  bool not_queued = false;    // Runs at once also between MULTI and EXEC.
  // The row by which the node runs these arguments; null: `run` does it.
  const CommandRow* (*at_node)(Session& session, Args args) = nullptr;
};

std::span<const SessionCommand> ConnectionCommands();     // HELLO, PING, SELECT, ...
std::span<const SessionCommand> ClientCommands();         // CLIENT: what is said of clients
std::span<const SessionCommand> ClientControlCommands();  // CLIENT KILL, PAUSE, REPLY, ...
std::span<const SessionCommand> ConfigCommands();         // CONFIG
std::span<const SessionCommand> ServerCommands();         // INFO, TIME, MONITOR, ...
std::span<const SessionCommand> DurabilityCommands();     // SAVE, WAIT, SHUTDOWN, ...
std::span<const SessionCommand> ReplicationCommands();    // ROLE, REPLICAOF, ...
std::span<const SessionCommand> ModuleCommands();         // MODULE
std::span<const SessionCommand> MemoryCommands();         // MEMORY
std::span<const SessionCommand> DebugCommands();          // DEBUG
std::span<const SessionCommand> SlowLogCommands();        // SLOWLOG
std::span<const SessionCommand> LatencyCommands();        // LATENCY
std::span<const SessionCommand> CommandCommands();        // COMMAND
std::span<const SessionCommand> ClusterCommands();        // CLUSTER, READONLY, ...
std::span<const SessionCommand> ClusterAdminCommands();   // CLUSTER MEET, ADDSLOTS, ...
std::span<const SessionCommand> ConsistencyCommands();    // WITH, CONSISTENCY, OWNERS
std::span<const SessionCommand> TransactionCommands();    // MULTI, EXEC, WATCH, ...
std::span<const SessionCommand> AclCommands();            // ACL: users
std::span<const SessionCommand> AclLogCommands();         // ACL LOG
std::span<const SessionCommand> ObjectSessionCommands();  // OBJECT HELP

std::vector<std::span<const SessionCommand>> SessionCommandFamilies();

}  // namespace kindred

#endif  // KINDRED_SERVER_SESSION_COMMAND_H_
