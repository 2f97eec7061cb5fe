#ifndef KINDRED_COMMAND_BITFIELD_H_
#define KINDRED_COMMAND_BITFIELD_H_

// The operations of BITFIELD: what the arguments say, and the arithmetic on numbers of 1 to 64
// bits. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "command/row.h"

namespace kindred {

enum class FieldOverflow : uint8_t { kWrap, kSaturate, kFail };

struct FieldType {
  bool is_signed = false;
  unsigned width = 0;  // bits; 1 to 64, unsigned ones to 63
};

struct FieldOperation {
  enum class What : uint8_t { kGet, kSet, kIncrement };
  What what = What::kGet;
  FieldType type;
  uint64_t offset = 0;  // bits
  int64_t operand = 0;  // of kSet and kIncrement
  FieldOverflow overflow = FieldOverflow::kWrap;

  uint64_t LastBit() const { return offset + type.width - 1; }
};

// `words` are the arguments behind the key. Else false, and one error is written.
bool ParseFieldOperations(Args words, const Call& call, std::vector<FieldOperation>* out,
                          ReplyWriter& reply);

// Whether the arguments behind the key only read. False also where they are wrong.
bool OnlyGets(Args words);

// The number that a field's bits (the lowest ones of `bits`) stand for.
int64_t NumberOf(FieldType type, uint64_t bits);

// What the field shall hold, as its lowest bits; nothing if that is too large for it or too small,
// and the operation is to fail then. REQUIRES: it is kSet or kIncrement.
std::optional<uint64_t> NextBits(const FieldOperation& operation, uint64_t old_bits);

}  // namespace kindred

#endif  // KINDRED_COMMAND_BITFIELD_H_
