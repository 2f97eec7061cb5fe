#ifndef KINDRED_RESP_REPLY_PARSER_H_
#define KINDRED_RESP_REPLY_PARSER_H_

// Bytes -> one reply, RESP2 or RESP3. For joining the replies of the parts of a split command, for
// the admin tools, and for tests. Stricter than clients: what no server of RESP would send is
// malformed. A reply that has not arrived whole is read again from its start when more comes.
//
// Pure functions, any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kindred {

struct ReplyNode {
  enum class Type {
    kNil,        // "_", "$-1" or "*-1"
    kSimple,     // text
    kError,      // text, with its code word; a line or a bulk error
    kInteger,    // integer
    kBulk,       // text
    kArray,      // items
    kMap,        // items: key, value, key, value, ...
    kSet,        // items
    kPush,       // items
    kDouble,     // number
    kBool,       // integer: 0 or 1
    kVerbatim,   // text, without the format mark
    kBigNumber,  // text
  };

  Type type = Type::kNil;
  std::string text;
  int64_t integer = 0;
  double number = 0;
  std::vector<ReplyNode> items;
};

// Replies nested deeper than this are malformed.
inline constexpr int kReplyDepthMax = 32;

// Neither is a string longer than this taken, nor an aggregate of more elements.
inline constexpr int64_t kReplyBulkBytesMax = int64_t{1} << 30;
inline constexpr int64_t kReplyElementsMax = int64_t{1} << 28;

// The reply at the front of `input`: how many bytes it has, nullopt if it has not arrived whole, or
// InvalidArgument if it is malformed. *reply is the reply only in the first case. Attributes ("|")
// before a reply are skipped, and counted with it.
absl::StatusOr<std::optional<size_t>> ParseReply(std::string_view input, ReplyNode* reply);

// The same without building the reply.
absl::StatusOr<std::optional<size_t>> ReplyLength(std::string_view input);

}  // namespace kindred

#endif  // KINDRED_RESP_REPLY_PARSER_H_
