#ifndef KINDRED_COMMAND_COMMAND_REPLY_H_
#define KINDRED_COMMAND_COMMAND_REPLY_H_

// What COMMAND, COMMAND INFO, COMMAND DOCS and COMMAND GETKEYS show of a row, in Redis 7's forms.
// Pure functions, any thread.

#include <span>

#include "command/table.h"
#include "resp/reply_writer.h"

namespace kindred {

// The array of ten: name, arity, flags, first key, last key, step, ACL categories, tips, key
// specifications, subcommands. `table` holds the subcommands' rows.
void WriteCommandInfo(const CommandTable& table, const CommandRow& row, ReplyWriter& reply);

// The map of name to map that COMMAND DOCS is, for `rows` in their order.
void WriteCommandDocs(const CommandTable& table, std::span<const CommandRow* const> rows,
                      ReplyWriter& reply);

// The keys of the command that `args` are, as COMMAND GETKEYS tells them; with `with_use` each
// with what is done to it, as COMMAND GETKEYSANDFLAGS. An error where there is no such command, or
// it has no keys. REQUIRES: args are not empty.
void WriteKeys(const CommandTable& table, Args args, bool with_use, ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_COMMAND_COMMAND_REPLY_H_
