// Commands that only nodes give each other, within groups: no client finds them.
//
//   _record key                          the record of the key, as a bulk string of its bytes
//   _put key kind expires-ms payload     the key holds just that
//
// The rows live as long as the process. Any thread.
#ifndef KINDRED_NODE_INTERNAL_COMMANDS_H_
#define KINDRED_NODE_INTERNAL_COMMANDS_H_

#include <span>
#include <string_view>

#include "causal/record.h"
#include "command/row.h"

namespace kindred {

std::span<const CommandRow> InternalCommands();
const CommandRow& RecordRow();
const CommandRow& PutRow();

// The record of a reply to _record. False if it is none, but an error.
bool RecordOfReply(std::string_view reply, Record* record);

}  // namespace kindred

#endif  // KINDRED_NODE_INTERNAL_COMMANDS_H_
