// CLUSTER: the subcommands with which an administrator of a Redis Cluster deals out slots and
// masters. Here the nodes do that themselves: none of them is taken, each says so.
#include "absl/strings/ascii.h"
#include "server/session_command.h"
#include "server/session_errors.h"

namespace kindred {
namespace {

void NotSupported(Session&, Args args, ReplyWriter& reply, uint64_t) {
  reply.Error(ClusterNotSupported(absl::AsciiStrToUpper({args[1].data(), args[1].size()})));
}

constexpr SessionCommand Admin(std::string_view name, int arity, std::string_view since,
                               std::string_view summary, std::string_view complexity,
                               std::string_view arguments = {}, std::string_view tips = {}) {
  CommandRow row;
  row.name = name;
  row.arity = arity;
  row.flags = kFlagNoAsyncLoading | kFlagAdmin | kFlagStale;
  row.summary = summary;
  row.since = since;
  row.group = "cluster";
  row.complexity = complexity;
  row.arguments = arguments;
  row.tips = tips;
  SessionCommand command;
  command.row = row;
  command.run = NotSupported;
  command.cluster_only = true;
  return command;
}

constexpr SessionCommand Reset() {
  SessionCommand command =
      Admin("cluster|reset", -2, "3.0.0", "Resets a node.",
            "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a "
            "side effect.",
            "[reset-type=HARD|SOFT]");
  command.row.flags = kFlagAdmin | kFlagStale | kFlagNoScript;
  return command;
}

constexpr std::string_view kBySlot = "O(N) where N is the total number of hash slot arguments";
constexpr std::string_view kByRange =
    "O(N) where N is the total number of the slots between the start slot and end slot arguments.";

constexpr SessionCommand kCommands[] = {
    Admin("cluster|addslots", -3, "3.0.0", "Assigns new hash slots to a node.", kBySlot,
          "slot:integer..."),
    Admin("cluster|addslotsrange", -4, "7.0.0", "Assigns new hash slot ranges to a node.", kByRange,
          "range={start-slot:integer end-slot:integer}..."),
    Admin("cluster|bumpepoch", 2, "3.0.0", "Advances the cluster config epoch.", "O(1)", {},
          "nondeterministic_output"),
    Admin("cluster|delslots", -3, "3.0.0", "Sets hash slots as unbound for a node.", kBySlot,
          "slot:integer..."),
    Admin("cluster|delslotsrange", -4, "7.0.0", "Sets hash slot ranges as unbound for a node.",
          kByRange, "range={start-slot:integer end-slot:integer}..."),
    Admin("cluster|failover", -2, "3.0.0",
          "Forces a replica to perform a manual failover of its master.", "O(1)",
          "[options=FORCE|TAKEOVER]"),
    Admin("cluster|flushslots", 2, "3.0.0", "Deletes all slots information from a node.", "O(1)"),
    Admin("cluster|forget", 3, "3.0.0", "Removes a node from the nodes table.", "O(1)", "node-id"),
    Admin("cluster|meet", -4, "3.0.0", "Forces a node to handshake with another node.", "O(1)",
          "ip port:integer [cluster-bus-port:integer]"),
    Admin("cluster|replicate", 3, "3.0.0", "Configure a node as replica of a master node.", "O(1)",
          "node-id"),
    Reset(),
    Admin("cluster|saveconfig", 2, "3.0.0",
          "Forces a node to save the cluster configuration to disk.", "O(1)"),
    Admin("cluster|set-config-epoch", 3, "3.0.0", "Sets the configuration epoch for a new node.",
          "O(1)", "config-epoch:integer"),
    Admin("cluster|setslot", -4, "3.0.0", "Binds a hash slot to a node.", "O(1)",
          "slot:integer subcommand=IMPORTING node-id|MIGRATING node-id|NODE node-id|STABLE"),
};

}  // namespace

std::span<const SessionCommand> ClusterAdminCommands() { return kCommands; }

}  // namespace kindred
