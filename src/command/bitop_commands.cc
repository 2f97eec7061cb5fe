#include <algorithm>
#include <optional>
#include <string>

#include "command/families.h"
#include "command/handler_tools.h"

namespace kindred {
namespace {

enum class BitOperation : uint8_t { kAnd, kOr, kXor, kNot };

std::optional<BitOperation> OperationOf(std::string_view word) {
  if (SameWord(word, "and")) return BitOperation::kAnd;
  if (SameWord(word, "or")) return BitOperation::kOr;
  if (SameWord(word, "xor")) return BitOperation::kXor;
  if (SameWord(word, "not")) return BitOperation::kNot;
  return std::nullopt;
}

bool CheckBitop(Args args, ReplyWriter& reply) {
  const auto operation = OperationOf(args[1]);
  if (!operation) {
    reply.Error(kSyntax);
    return false;
  }
  if (*operation == BitOperation::kNot && args.size() != 4) {
    reply.Error(kBitopNot);
    return false;
  }
  return true;
}

template <typename Operation>
void Combine(std::string_view operand, std::string* result, Operation operation) {
  for (size_t i = 0; i < operand.size(); ++i) {
    (*result)[i] = static_cast<char>(operation((*result)[i], operand[i]));
  }
}

// A shorter string goes on in zeros, up to the end of `result`.
void Combine(BitOperation operation, std::string_view operand, std::string* result) {
  switch (operation) {
    case BitOperation::kAnd:
      Combine(operand, result, [](char a, char b) { return a & b; });
      std::fill(result->begin() + static_cast<std::ptrdiff_t>(operand.size()), result->end(), '\0');
      return;
    case BitOperation::kOr:
      return Combine(operand, result, [](char a, char b) { return a | b; });
    case BitOperation::kXor:
      return Combine(operand, result, [](char a, char b) { return a ^ b; });
    case BitOperation::kNot:
      return Combine(operand, result, [](char, char b) { return ~b; });
  }
}

// The first key is where the result goes, the others are the operands.
void Bitop(std::span<const ValueView* const> values, Args args, const Call& call,
           ReplyWriter& reply, std::span<Next> nexts) {
  const auto operands = values.subspan(1);
  size_t bytes = 0;
  for (const ValueView* operand : operands) {
    CountLookup(operand, call);
    if (!ExpectString(operand, reply)) return;
    if (operand != nullptr) bytes = std::max(bytes, operand->payload.size());
  }
  const BitOperation operation = *OperationOf(args[1]);
  const auto payload = [&operands](size_t i) {
    return operands[i] != nullptr ? operands[i]->payload : std::string_view();
  };
  std::string result(payload(0));
  result.resize(bytes);
  if (operation == BitOperation::kNot) Combine(operation, payload(0), &result);
  for (size_t i = 1; i < operands.size(); ++i) Combine(operation, payload(i), &result);
  reply.Integer(static_cast<int64_t>(bytes));
  nexts[0] = bytes == 0 ? Next::Delete() : Next::Put({Kind::kString, kNever, std::move(result)});
}

constexpr CommandRow kRows[] = {
    {.name = "bitop",
     .arity = -4,
     .flags = kFlagWrite | kFlagDenyOom,
     .acl = kAclBitmap,
     .keys = {2, -1, 1},
     .key_use = kKeyOverwrite | kKeyUpdate,
     .rest_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kManyKeys,
     .many = Bitop,
     .check = CheckBitop,
     .summary = "Performs bitwise operations on multiple strings, and stores the result.",
     .since = "2.6.0",
     .group = "bitmap",
     .complexity = "O(N)",
     .arguments = "operation=<AND|OR|XOR|NOT> destkey:key key..."},
};

}  // namespace

std::span<const CommandRow> BitopCommands() { return kRows; }

}  // namespace kindred
