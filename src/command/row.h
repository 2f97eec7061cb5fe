// One command: its row is the single truth from which COMMAND, COMMAND DOCS, ACL, routing and
// metrics derive, and it stands beside its handler. Handlers are pure functions of (value,
// arguments, call): they know nothing of nodes, disks, siblings or quorums.
#ifndef KINDRED_COMMAND_ROW_H_
#define KINDRED_COMMAND_ROW_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "causal/record.h"
#include "resp/reply_writer.h"
#include "topology/topology.h"
#include "value/lookups.h"
#include "value/value.h"

namespace kindred {

using Args = std::span<const std::string_view>;  // args[0] is the command's name as it was typed

// What a handler may know besides the value and the arguments, and where it says what it read.
struct Call {
  uint64_t now_ms = 0;
  uint8_t db = 0;
  size_t value_bytes_max = 512u << 20;
  const Topology* topology = nullptr;  // for SIBLINGS, which names nodes; otherwise unused
  Lookups* lookups = nullptr;          // where CountLookup (handler_tools.h) adds; null: nowhere
};

// What a write command wants the key to hold. Delete is returned also where the value is null: a
// newest version that is dead may hide siblings that a client's context asks to replace. Whoever
// calls may leave such a write out when the record holds no live version and no context was given.
struct Next {
  enum class What : uint8_t { kUnchanged, kPut, kDelete };
  What what = What::kUnchanged;
  Value value;  // for kPut

  static Next Unchanged() { return {}; }
  static Next Delete() { return {What::kDelete, {}}; }
  static Next Put(Value v) { return {What::kPut, std::move(v)}; }
};

// `value` is null where the key does not exist (never written, deleted or expired). Exactly one
// reply is written.
using ReadHandler = void (*)(const ValueView* value, Args args, const Call& call,
                             ReplyWriter& reply);
using RecordHandler = void (*)(const Record& record, Args args, const Call& call,
                               ReplyWriter& reply);
using WriteHandler = Next (*)(const ValueView* value, Args args, const Call& call,
                              ReplyWriter& reply);
// Sees the values of all keys as they are at one moment: values[i] is what the i-th key in the
// order of KeysOf holds, and nexts[i] what it shall hold; all nexts are Unchanged on entry. A key
// that stands twice has its value in both places, and its nexts count one after the other: the last
// that is not Unchanged wins. Where the reply is an error all nexts are Unchanged.
using ManyHandler = void (*)(std::span<const ValueView* const> values, Args args, const Call& call,
                             ReplyWriter& reply, std::span<Next> nexts);

enum class RowKind : uint8_t {
  kRead,        // ReadHandler, one key or several that are joined
  kRecordRead,  // RecordHandler: sees all siblings
  kWrite,       // WriteHandler
  kManyKeys,    // ManyHandler: reads and writes several keys as one (without kFlagWrite: reads)
  kKeyspace,    // SCAN, KEYS, DBSIZE, ...: the node's own work over many keys
  kSession,     // answered where the client is connected: PING, CLIENT, CONFIG, ...
  kContainer,   // never run, only its subcommands are: OBJECT (CommandTable::FindFor)
};

// How the replies of a command's parts, one for each key, become one.
enum class Join : uint8_t {
  kOneKey,  // there is only one part
  kSum,     // integers are added (DEL, EXISTS)
  kArray,   // replies become the elements of an array, in the order of the keys (MGET)
  kAllOk,   // +OK, or the first error (MSET)
};

// Redis's command flags (COMMAND INFO prints their names).
enum CommandFlag : uint32_t {
  kFlagWrite = 1u << 0,
  kFlagReadonly = 1u << 1,
  kFlagDenyOom = 1u << 2,
  kFlagFast = 1u << 3,
  kFlagAdmin = 1u << 4,
  kFlagNoScript = 1u << 5,
  kFlagLoading = 1u << 6,
  kFlagStale = 1u << 7,
  kFlagNoAuth = 1u << 8,
  kFlagNoAsyncLoading = 1u << 9,
  kFlagMovableKeys = 1u << 10,
  kFlagAllowBusy = 1u << 11,
  kFlagNoMulti = 1u << 12,
  kFlagBlocking = 1u << 13,
  kFlagPubsub = 1u << 14,
  kFlagSkipMonitor = 1u << 15,
  kFlagSkipSlowlog = 1u << 16,
};

// Redis's ACL categories. A row names those that its flags do not imply (AclCategoriesOf).
enum AclCategory : uint32_t {
  kAclKeyspace = 1u << 0,
  kAclRead = 1u << 1,
  kAclWrite = 1u << 2,
  kAclString = 1u << 3,
  kAclBitmap = 1u << 4,
  kAclAdmin = 1u << 5,
  kAclFast = 1u << 6,
  kAclSlow = 1u << 7,
  kAclDangerous = 1u << 8,
  kAclConnection = 1u << 9,
  kAclTransaction = 1u << 10,
  kAclPubsub = 1u << 11,
  kAclBlocking = 1u << 12,
  kAclScripting = 1u << 13,
};

// What a command does to its keys, for the key specifications of COMMAND INFO: one of the first
// four, which speak of the value and what belongs to it, and what it does to the user's data.
enum KeyUse : uint32_t {
  kKeyReadOnly = 1u << 0,
  kKeyReadWrite = 1u << 1,
  kKeyOverwrite = 1u << 2,
  kKeyRemove = 1u << 3,
  kKeyAccess = 1u << 4,
  kKeyUpdate = 1u << 5,
  kKeyInsert = 1u << 6,
  kKeyDelete = 1u << 7,
  kKeyVariable = 1u << 8,  // depends on the options
};

// Where the keys stand among the arguments. first 0: no keys; last -1: up to the last argument.
struct KeyPositions {
  int first = 0;
  int last = 0;
  int step = 0;
};
inline constexpr KeyPositions kNoKeys = {0, 0, 0};
inline constexpr KeyPositions kFirstKey = {1, 1, 1};
inline constexpr KeyPositions kAllKeys = {1, -1, 1};
inline constexpr KeyPositions kKeyValuePairs = {1, -1, 2};

struct CommandRow {
  std::string_view name;  // lower case; a subcommand is "client|id"
  int arity = 0;          // with the name; negative: at least that many
  uint32_t flags = 0;
  uint32_t acl = 0;
  KeyPositions keys = kNoKeys;
  uint32_t key_use = 0;
  uint32_t rest_use = 0;  // of all keys but the first, where it is another; 0: the same
  RowKind kind = RowKind::kSession;
  Join join = Join::kOneKey;
  ReadHandler read = nullptr;
  RecordHandler read_record = nullptr;
  WriteHandler write = nullptr;
  ManyHandler many = nullptr;
  // Whether the command with these arguments means "whatever was there" (a plain SET), so that it
  // may be written unguarded. Null: never, the command reads, modifies and writes.
  bool (*blind)(Args args) = nullptr;
  // Refuses arguments that the command as a whole cannot have, before it is split into its parts:
  // false, and one error is written. Null: nothing is refused that early.
  bool (*check)(Args args, ReplyWriter& reply) = nullptr;
  // The database of the i-th key, in a session that has selected `db` (COPY ... DB). Null: that of
  // the session. REQUIRES: `check` has let the arguments pass.
  uint8_t (*db_of_key)(Args args, size_t i, uint8_t db) = nullptr;
  // What these arguments make of key_use, which then has kKeyVariable (SET ... GET also reads).
  uint32_t (*key_use_of)(Args args) = nullptr;

  // Documentation, for COMMAND INFO and COMMAND DOCS.
  std::string_view summary = {};
  std::string_view since = {};  // the version of Redis, or of Kindred for its own commands
  std::string_view group = {};  // "string", "generic", "connection", "server", "cluster"
  std::string_view complexity = {};
  std::string_view arguments = {};  // argument_docs.h has the grammar
  std::string_view tips = {};       // hints for clients and proxies, between them one space
  std::string_view key_notes = {};
  std::string_view deprecated_since = {};
  std::string_view replaced_by = {};
  bool is_internal = false;  // for the maintainers of the server, not for applications

  bool ArityFits(size_t args) const {
    return arity >= 0 ? args == static_cast<size_t>(arity) : args >= static_cast<size_t>(-arity);
  }
  bool IsSubcommand() const { return name.find('|') != std::string_view::npos; }
};

// The positions of the keys in `args`, in order; empty where the command has none.
struct KeyRange {
  size_t first = 0, count = 0, step = 1;
  size_t At(size_t i) const { return first + i * step; }
};
KeyRange KeysOf(const CommandRow& row, Args args);

// Whether all of them are of one slot.
bool InOneSlot(const CommandRow& row, Args args);

// What the command with these arguments does to its i-th key: bits of KeyUse without kKeyVariable.
uint32_t KeyUseOf(const CommandRow& row, Args args, size_t i);

// The row's own categories and those that its flags imply, as in Redis: a command that writes is
// in @write, one that is not @fast is @slow, and so on.
uint32_t AclCategoriesOf(const CommandRow& row);

}  // namespace kindred

#endif  // KINDRED_COMMAND_ROW_H_
