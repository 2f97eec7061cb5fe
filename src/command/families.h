#ifndef KINDRED_COMMAND_FAMILIES_H_
#define KINDRED_COMMAND_FAMILIES_H_

// The rows of the commands that have keys or work over all of them, family by family; each family
// stands beside its handlers in the file of its name. The commands of a connection and of the
// server have their rows in server/. The rows live as long as the process. Any thread.

#include <span>
#include <vector>

#include "command/row.h"

namespace kindred {

std::span<const CommandRow> StringCommands();       // GET, MGET, GETEX, APPEND, ...
std::span<const CommandRow> StringSetCommands();    // SET, SETEX, MSET, ...
std::span<const CommandRow> StringRangeCommands();  // SETRANGE, GETRANGE, SUBSTR
std::span<const CommandRow> CounterCommands();      // INCR, INCRBYFLOAT, ...
std::span<const CommandRow> BitmapCommands();       // SETBIT, BITCOUNT, BITPOS, ...
std::span<const CommandRow> BitfieldCommands();     // BITFIELD, BITFIELD_RO
std::span<const CommandRow> BitopCommands();        // BITOP
std::span<const CommandRow> LcsCommands();          // LCS
std::span<const CommandRow> KeyCommands();          // DEL, EXISTS, TYPE, ...
std::span<const CommandRow> ExpiryCommands();       // EXPIRE, TTL, PERSIST, ...
std::span<const CommandRow> RenameCommands();       // RENAME, RENAMENX, COPY
std::span<const CommandRow> DumpCommands();         // DUMP, RESTORE
std::span<const CommandRow> ObjectCommands();       // OBJECT, MEMORY USAGE
std::span<const CommandRow> KeyspaceCommands();     // SCAN, KEYS, DBSIZE, FLUSHALL, ...
std::span<const CommandRow> ExtensionCommands();    // SIBLINGS

// All of the above, for a CommandTable.
std::vector<std::span<const CommandRow>> DataCommandFamilies();

// Those that nodes find by their words, and clients by a command of the server's that they are a
// part of: COMMAND tells that DEBUG has no keys, and DEBUG OBJECT has one.
std::span<const CommandRow> UnlistedCommands();
const CommandRow& DebugObjectRow();

}  // namespace kindred

#endif  // KINDRED_COMMAND_FAMILIES_H_
