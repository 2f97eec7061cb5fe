#include "command/consistency.h"

#include <algorithm>

#include "base/number.h"
#include "command/handler_tools.h"

namespace kindred {

uint32_t Level::Of(uint32_t replicas) const {
  switch (name_) {
    case Name::kNumber:
      return std::min<uint32_t>(number_, replicas);
    case Name::kQuorum:
      return replicas / 2 + 1;
    case Name::kAll:
      return replicas;
    case Name::kLocal:
      return 1;
  }
  return replicas;
}

std::string Level::ToString() const {
  switch (name_) {
    case Name::kNumber:
      return std::to_string(number_);
    case Name::kQuorum:
      return "QUORUM";
    case Name::kAll:
      return "ALL";
    case Name::kLocal:
      return "LOCAL";
  }
  return {};
}

std::optional<Level> Level::Parse(std::string_view text, bool local_allowed) {
  if (SameWord(text, "one")) return Number(1);
  if (SameWord(text, "quorum")) return Quorum();
  if (SameWord(text, "all")) return All();
  if (SameWord(text, "local") && local_allowed) return Local();
  const std::optional<int64_t> number = ParseInt64(text);
  if (!number || *number < 1 || *number > UINT8_MAX) return std::nullopt;
  return Number(static_cast<uint8_t>(*number));
}

}  // namespace kindred
