#include "node/internal_commands.h"

#include <charconv>
#include <string>

#include "base/bytes.h"
#include "resp/errors.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

void TellRecord(const Record& record, Args, const Call&, ReplyWriter& reply) {
  std::string bytes;
  ByteWriter out(&bytes);
  record.Encode(out);
  reply.Bulk(bytes);
}

bool ParseNumber(std::string_view text, uint64_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

Next PutValue(const ValueView*, Args args, const Call&, ReplyWriter& reply) {
  uint64_t kind = 0;
  Value value;
  const bool known = ParseNumber(args[2], &kind) && ParseNumber(args[3], &value.expires_ms) &&
                     kind == static_cast<uint64_t>(Kind::kString);
  if (!known) {
    reply.Error(kSyntax);
    return Next::Unchanged();
  }
  value.kind = static_cast<Kind>(kind);
  value.payload = std::string(args[4]);
  reply.Simple("OK");
  return Next::Put(std::move(value));
}

constexpr CommandRow kRows[] = {
    {.name = "_record",
     .arity = 2,
     .flags = kFlagReadonly,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRecordRead,
     .read_record = TellRecord},
    {.name = "_put",
     .arity = 5,
     .flags = kFlagWrite,
     .keys = kFirstKey,
     .key_use = kKeyOverwrite | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = PutValue},
};

}  // namespace

std::span<const CommandRow> InternalCommands() { return kRows; }
const CommandRow& RecordRow() { return kRows[0]; }
const CommandRow& PutRow() { return kRows[1]; }

bool RecordOfReply(std::string_view reply, Record* record) {
  ReplyNode node;
  const auto used = ParseReply(reply, &node);
  if (!used.ok() || !used->has_value() || node.type != ReplyNode::Type::kBulk) return false;
  ByteReader in(node.text);
  return Record::Decode(in, record);
}

}  // namespace kindred
