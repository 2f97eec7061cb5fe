#ifndef KINDRED_SERVER_HELP_H_
#define KINDRED_SERVER_HELP_H_

// What all containers of subcommands share: their HELP, as a row and as a reply.
//
// Constants and pure functions, any thread.

#include <span>
#include <string_view>

#include "command/row.h"

namespace kindred {

// Of the subcommand `name`, such as "client|help".
constexpr CommandRow HelpRow(std::string_view name, std::string_view since, std::string_view group,
                             uint32_t acl = 0) {
  CommandRow row;
  row.name = name;
  row.arity = 2;
  row.flags = kFlagLoading | kFlagStale;
  row.acl = acl;
  row.summary = "Returns helpful text about the different subcommands.";
  row.since = since;
  row.group = group;
  row.complexity = "O(1)";
  return row;
}

// `lines` between the head and the foot that all of them have. `command` as it was typed.
void WriteHelp(std::string_view command, std::span<const std::string_view> lines,
               ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_SERVER_HELP_H_
