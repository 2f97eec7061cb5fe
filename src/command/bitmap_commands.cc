#include <string>

#include "command/bits.h"
#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

// A bit beyond the longest string that may be stored is refused also where it is only read.
bool ExpectBitOffset(std::string_view text, const Call& call, uint64_t* offset,
                     ReplyWriter& reply) {
  const std::optional<int64_t> parsed = ParseInt64(text);
  if (parsed && *parsed >= 0 && static_cast<uint64_t>(*parsed) / 8 < call.value_bytes_max) {
    *offset = static_cast<uint64_t>(*parsed);
    return true;
  }
  reply.Error(kBitOffset);
  return false;
}

std::string_view PayloadOf(const ValueView* value) {
  return value != nullptr ? value->payload : std::string_view();
}

Next Setbit(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  uint64_t offset = 0;
  if (!ExpectBitOffset(args[2], call, &offset, reply)) return Next::Unchanged();
  if (args[3] != "0" && args[3] != "1") {
    reply.Error(kBitValue);
    return Next::Unchanged();
  }
  if (!ExpectString(value, reply)) return Next::Unchanged();
  const bool on = args[3] == "1";
  const std::string_view old = PayloadOf(value);
  const bool was_on = BitAt(old, offset);
  reply.Integer(was_on);
  const size_t bytes = offset / 8 + 1;
  if (was_on == on && bytes <= old.size()) return Next::Unchanged();
  Value next = {Kind::kString, value != nullptr ? value->expires_ms : kNever, {}};
  next.payload.reserve(std::max(bytes, old.size()));
  next.payload = old;
  if (next.payload.size() < bytes) next.payload.resize(bytes);
  WriteField(&next.payload, offset, 1, on);
  return Next::Put(std::move(next));
}

void Getbit(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  uint64_t offset = 0;
  if (!ExpectBitOffset(args[2], call, &offset, reply)) return;
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  reply.Integer(BitAt(PayloadOf(value), offset));
}

bool ExpectUnit(std::string_view word, bool* in_bits, ReplyWriter& reply) {
  *in_bits = SameWord(word, "bit");
  if (*in_bits || SameWord(word, "byte")) return true;
  reply.Error(kSyntax);
  return false;
}

// The bits that a range of bytes or of bits covers.
std::optional<IndexRange> BitsOf(int64_t start, int64_t end, bool in_bits, size_t bytes) {
  if (in_bits) return ResolveRange(start, end, uint64_t{bytes} * 8);
  const auto range = ResolveRange(start, end, bytes);
  if (!range) return std::nullopt;
  return IndexRange{range->first * 8, range->last * 8 + 7};
}

void Bitcount(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  int64_t start = 0;
  int64_t end = -1;
  bool in_bits = false;
  if (args.size() == 3 || args.size() > 5) return reply.Error(kSyntax);
  if (args.size() > 3) {
    if (!ExpectInteger(args[2], &start, reply) || !ExpectInteger(args[3], &end, reply)) return;
    if (args.size() == 5 && !ExpectUnit(args[4], &in_bits, reply)) return;
  }
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  const std::string_view payload = PayloadOf(value);
  const auto range = BitsOf(start, end, in_bits, payload.size());
  const bool empty = !range || IsBackward(start, end);
  reply.Integer(empty ? 0 : static_cast<int64_t>(CountBits(payload, *range)));
}

void Bitpos(const ValueView* value, Args args, const Call& call, ReplyWriter& reply) {
  int64_t bit = 0;
  int64_t start = 0;
  int64_t end = -1;
  bool in_bits = false;
  if (!ExpectInteger(args[2], &bit, reply)) return;
  if (bit != 0 && bit != 1) return reply.Error(kBitToFind);
  if (args.size() > 6) return reply.Error(kSyntax);
  if (args.size() > 3 && !ExpectInteger(args[3], &start, reply)) return;
  if (args.size() > 5 && !ExpectUnit(args[5], &in_bits, reply)) return;
  if (args.size() > 4 && !ExpectInteger(args[4], &end, reply)) return;
  CountLookup(value, call);
  if (!ExpectString(value, reply)) return;
  // A missing key is an endless row of zeros, whatever the range.
  if (value == nullptr) return reply.Integer(bit == 1 ? -1 : 0);
  const auto range = BitsOf(start, end, in_bits, value->payload.size());
  if (!range) return reply.Integer(-1);
  if (const auto found = FindBit(value->payload, bit == 1, *range)) {
    return reply.Integer(static_cast<int64_t>(*found));
  }
  // Without an end the string goes on in zeros.
  const bool goes_on = bit == 0 && args.size() < 5;
  reply.Integer(goes_on ? static_cast<int64_t>(range->last + 1) : -1);
}

constexpr CommandRow kRows[] = {
    {.name = "setbit",
     .arity = 4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadWrite | kKeyAccess | kKeyUpdate,
     .kind = RowKind::kWrite,
     .write = Setbit,
     .summary = "Sets or clears the bit at offset of the string value. Creates the key if it "
                "doesn't exist.",
     .since = "2.2.0",
     .group = "bitmap",
     .complexity = "O(1)",
     .arguments = "key offset:integer value:integer"},
    {.name = "getbit",
     .arity = 3,
     .flags = kFlagReadonly | kFlagFast,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Getbit,
     .summary = "Returns a bit value by offset.",
     .since = "2.2.0",
     .group = "bitmap",
     .complexity = "O(1)",
     .arguments = "key offset:integer"},
    {.name = "bitcount",
     .arity = -2,
     .flags = kFlagReadonly,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Bitcount,
     .summary = "Counts the number of set bits (population counting) in a string.",
     .since = "2.6.0",
     .group = "bitmap",
     .complexity = "O(N)",
     .arguments = "key [range={start:integer end:integer [unit=BYTE|BIT]}]"},
    {.name = "bitpos",
     .arity = -3,
     .flags = kFlagReadonly,
     .acl = kAclBitmap,
     .keys = kFirstKey,
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kRead,
     .read = Bitpos,
     .summary = "Finds the first set (1) or clear (0) bit in a string.",
     .since = "2.8.7",
     .group = "bitmap",
     .complexity = "O(N)",
     .arguments = "key bit:integer "
                  "[range={start:integer [end-unit-block={end:integer [unit=BYTE|BIT]}]}]"},
};

}  // namespace

std::span<const CommandRow> BitmapCommands() { return kRows; }

}  // namespace kindred
