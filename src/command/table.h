#ifndef KINDRED_COMMAND_TABLE_H_
#define KINDRED_COMMAND_TABLE_H_

// All commands of a server, found by name. Made once from the families' rows, which outlive it, and
// never changed: any thread may use it. Looking a name up allocates nothing.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "command/row.h"

namespace kindred {

class CommandTable {
 public:
  // REQUIRES: the rows outlive the table; names in lower case, at most 64 bytes, each once; a
  // subcommand's parent is there.
  explicit CommandTable(const std::vector<std::span<const CommandRow>>& families);

  // The command of this name, typed in any case; never a subcommand. Null: there is none.
  const CommandRow* Find(std::string_view name) const;

  // FindSubcommand("client", "ID").
  const CommandRow* FindSubcommand(std::string_view parent, std::string_view sub) const;

  // What these arguments run: the command, or where that is a mere container its subcommand. Null:
  // there is none. A container alone is found, and its arity refuses it. REQUIRES: args not empty.
  const CommandRow* FindFor(Args args) const;

  // What COMMAND INFO takes: "get", or "client|id".
  const CommandRow* FindFullName(std::string_view name) const;

  // Commands and subcommands, in the order of the families.
  std::span<const CommandRow* const> rows() const { return rows_; }
  // The commands alone, as COMMAND and COMMAND COUNT tell them.
  std::span<const CommandRow* const> commands() const { return commands_; }
  std::vector<const CommandRow*> SubcommandsOf(const CommandRow& command) const;

 private:
  const CommandRow* Lookup(std::string_view lower_case_name) const;
  void Insert(const CommandRow* row);

  std::vector<const CommandRow*> rows_;
  std::vector<const CommandRow*> commands_;
  // Open addressing. Invariant: the size is a power of two, and most of it is null.
  std::vector<const CommandRow*> buckets_;
};

}  // namespace kindred

#endif  // KINDRED_COMMAND_TABLE_H_
