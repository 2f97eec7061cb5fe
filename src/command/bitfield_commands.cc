#include <algorithm>
#include <string>
#include <vector>

#include "command/bitfield.h"
#include "command/bits.h"
#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

using What = FieldOperation::What;

// A set answers what was there, an increment what is there now.
void Run(const FieldOperation& operation, std::string* payload, ReplyWriter& reply) {
  const FieldType type = operation.type;
  const uint64_t old_bits = ReadField(*payload, operation.offset, type.width);
  const auto next_bits = NextBits(operation, old_bits);
  if (!next_bits) return reply.Nil();
  WriteField(payload, operation.offset, type.width, *next_bits);
  reply.Integer(NumberOf(type, operation.what == What::kSet ? old_bits : *next_bits));
}

void Get(const FieldOperation& operation, std::string_view payload, ReplyWriter& reply) {
  const uint64_t bits = ReadField(payload, operation.offset, operation.type.width);
  reply.Integer(NumberOf(operation.type, bits));
}

void ReplyGets(const ValueView* value, const std::vector<FieldOperation>& operations,
               const Call& call, ReplyWriter& reply) {
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  reply.Array(operations.size());
  for (const FieldOperation& operation : operations) {
    Get(operation, value != nullptr ? value->payload : std::string_view(), reply);
  }
}

Next Bitfield(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  std::vector<FieldOperation> operations;
  if (!ParseFieldOperations(args.subspan(2), call, &operations, reply)) return Next::Unchanged();
  size_t bytes = 0;  // that have to be there for the writes
  for (const FieldOperation& operation : operations) {
    if (operation.what != What::kGet) bytes = std::max<size_t>(bytes, operation.LastBit() / 8 + 1);
  }
  if (bytes == 0) {
    ReplyGets(value, operations, call, reply);
    return Next::Unchanged();
  }
  if (!ExpectString(value, reply) || !ExpectLength(bytes, call, reply)) return Next::Unchanged();
  const ValueView old = value != nullptr ? *value : ValueView{};
  Value next = {Kind::kString, old.expires_ms, {}};
  next.payload.reserve(std::max(bytes, old.payload.size()));
  next.payload = old.payload;
  // Also where all writes fail in the end.
  if (next.payload.size() < bytes) next.payload.resize(bytes);
  reply.Array(operations.size());
  for (const FieldOperation& operation : operations) {
    if (operation.what == What::kGet) {
      Get(operation, next.payload, reply);
    } else {
      Run(operation, &next.payload, reply);
    }
  }
  return next.payload == old.payload ? Next::Unchanged() : Next::Put(std::move(next));
}

void BitfieldRo(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  std::vector<FieldOperation> operations;
  if (!ParseFieldOperations(args.subspan(2), call, &operations, reply)) return;
  const auto writes = [](const FieldOperation& operation) { return operation.what != What::kGet; };
  if (std::any_of(operations.begin(), operations.end(), writes)) {
    return reply.Error(kBitfieldReadonly);
  }
  ReplyGets(value, operations, call, reply);
}

uint32_t BitfieldUse(Args args) {
  return OnlyGets(args.subspan(2)) ? kKeyReadOnly | kKeyAccess
                                   : kKeyReadWrite | kKeyAccess | kKeyUpdate;
}

constexpr CommandRow kRows[] = {
    {.name = "bitfield",
     .arity = -2,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariable,
     .kind = RowKind::kWrite,
     .write = Bitfield,
     .key_use_of = BitfieldUse,
     .summary = "Performs arbitrary bitfield integer operations on strings.",
     .since = "3.2.0",
     .group = "bitmap",
     .complexity = "O(1) for each subcommand specified",
     .arguments = "key [operation=get-block=GET {encoding offset:integer}|"
                  "write={[overflow-block=OVERFLOW <WRAP|SAT|FAIL>] "
                  "write-operation=set-block=SET {encoding offset:integer value:integer}|"
                  "incrby-block=INCRBY {encoding offset:integer increment:integer}}]...",
     .key_notes = "This command allows both access and modification of the key"},
    {.name = "bitfield_ro",
     .arity = -2,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = BitfieldRo,
     .summary = "Performs arbitrary read-only bitfield integer operations on strings.",
     .since = "6.0.0",
     .group = "bitmap",
     .complexity = "O(1) for each subcommand specified",
     .arguments = "key [get-block=GET {encoding offset:integer}]*"},
};

}  // namespace

std::span<const CommandRow> BitfieldCommands() { return kRows; }

}  // namespace kindred
