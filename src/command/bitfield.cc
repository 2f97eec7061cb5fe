#include "command/bitfield.h"

#include "base/check.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

// Any sum of two 64-bit numbers, signed or not.
__extension__ using Wide = __int128;

using What = FieldOperation::What;

bool ExpectType(std::string_view text, FieldType* type, ReplyWriter& reply) {
  type->is_signed = text.starts_with('i');
  const int64_t width_max = type->is_signed ? 64 : 63;
  if (type->is_signed || text.starts_with('u')) {
    const std::optional<int64_t> width = ParseInt64(text.substr(1));
    if (width && *width >= 1 && *width <= width_max) {
      type->width = static_cast<unsigned>(*width);
      return true;
    }
  }
  reply.Error(kBitfieldType);
  return false;
}

// "#3" means the fourth field of this width.
bool ExpectOffset(std::string_view text, unsigned width, const Call& call, uint64_t* offset,
                  ReplyWriter& reply) {
  const bool in_fields = text.starts_with('#');
  const std::optional<int64_t> parsed = ParseInt64(in_fields ? text.substr(1) : text);
  const Wide bits = parsed ? Wide{*parsed} * (in_fields ? width : 1) : -1;
  if (bits >= 0 && bits / 8 < static_cast<Wide>(call.value_bytes_max)) {
    *offset = static_cast<uint64_t>(bits);
    return true;
  }
  reply.Error(kBitOffset);
  return false;
}

bool ExpectOverflow(std::string_view word, FieldOverflow* overflow, ReplyWriter& reply) {
  if (SameWord(word, "wrap")) {
    *overflow = FieldOverflow::kWrap;
  } else if (SameWord(word, "sat")) {
    *overflow = FieldOverflow::kSaturate;
  } else if (SameWord(word, "fail")) {
    *overflow = FieldOverflow::kFail;
  } else {
    reply.Error(kBitfieldOverflow);
    return false;
  }
  return true;
}

// The operation that `words` begin with, if there are enough of them; OVERFLOW is none.
std::optional<What> WhatOf(Args words) {
  if (SameWord(words[0], "get") && words.size() > 2) return What::kGet;
  if (SameWord(words[0], "set") && words.size() > 3) return What::kSet;
  if (SameWord(words[0], "incrby") && words.size() > 3) return What::kIncrement;
  return std::nullopt;
}

size_t WordsOf(What what) { return what == What::kGet ? 3 : 4; }

bool IsOverflow(Args words) { return SameWord(words[0], "overflow") && words.size() > 1; }

}  // namespace

bool ParseFieldOperations(Args words, const Call& call, std::vector<FieldOperation>* out,
                          ReplyWriter& reply) {
  FieldOverflow overflow = FieldOverflow::kWrap;
  while (!words.empty()) {
    if (IsOverflow(words)) {
      if (!ExpectOverflow(words[1], &overflow, reply)) return false;
      words = words.subspan(2);
      continue;
    }
    const std::optional<What> what = WhatOf(words);
    if (!what) {
      reply.Error(kSyntax);
      return false;
    }
    FieldOperation operation;
    operation.what = *what;
    operation.overflow = overflow;
    if (!ExpectType(words[1], &operation.type, reply) ||
        !ExpectOffset(words[2], operation.type.width, call, &operation.offset, reply) ||
        (*what != What::kGet && !ExpectInteger(words[3], &operation.operand, reply))) {
      return false;
    }
    out->push_back(operation);
    words = words.subspan(WordsOf(*what));
  }
  return true;
}

bool OnlyGets(Args words) {
  while (!words.empty()) {
    if (IsOverflow(words)) {
      words = words.subspan(2);
    } else if (WhatOf(words) == What::kGet) {
      words = words.subspan(WordsOf(What::kGet));
    } else {
      return false;
    }
  }
  return true;
}

int64_t NumberOf(FieldType type, uint64_t bits) {
  const bool negative = type.is_signed && (bits >> (type.width - 1) & 1) != 0;
  // All bits above the field's own are copies of its sign.
  if (negative && type.width < 64) bits |= ~uint64_t{0} << type.width;
  return static_cast<int64_t>(bits);
}

std::optional<uint64_t> NextBits(const FieldOperation& operation, uint64_t old_bits) {
  CHECK(operation.what != What::kGet);
  const FieldType type = operation.type;
  const Wide above = Wide{1} << (type.is_signed ? type.width - 1 : type.width);
  const Wide least = type.is_signed ? -above : 0;
  Wide number = operation.operand;
  if (operation.what == What::kIncrement) {
    number += NumberOf(type, old_bits);
  } else if (!type.is_signed) {
    // Redis takes a negative number for an unsigned field as the large one with the same bits.
    number = static_cast<uint64_t>(operation.operand);
  }
  if (number < least || number >= above) {
    switch (operation.overflow) {
      case FieldOverflow::kWrap:
        break;
      case FieldOverflow::kSaturate:
        number = number < least ? least : above - 1;
        break;
      case FieldOverflow::kFail:
        return std::nullopt;
    }
  }
  const uint64_t mask = type.width == 64 ? ~uint64_t{0} : (uint64_t{1} << type.width) - 1;
  return static_cast<uint64_t>(number) & mask;
}

}  // namespace kindred
