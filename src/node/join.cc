#include "node/join.h"

#include <charconv>

#include "base/check.h"
#include "resp/reply_writer.h"

namespace kindred {
namespace {

// The number of an integer reply, ":5\r\n".
int64_t IntegerOf(const std::string& reply) {
  int64_t number = 0;
  CHECK(reply.size() > 3 && reply.front() == ':');
  std::from_chars(reply.data() + 1, reply.data() + reply.size() - 2, number);
  return number;
}

}  // namespace

std::vector<std::string_view> PartArgs(Args args, KeyRange keys, size_t i) {
  std::vector<std::string_view> part = {args[0]};
  for (size_t j = 0; j < keys.step; ++j) part.push_back(args[keys.At(i) + j]);
  return part;
}

std::string JoinState::Reply(int protocol) const {
  CHECK(Complete());
  for (const std::string& reply : replies_) {
    if (reply.starts_with('-')) return reply;
  }
  std::string bytes;
  ReplyWriter writer(&bytes, protocol);
  switch (join_) {
    case Join::kOneKey:
    case Join::kAllOk:
      writer.Simple("OK");
      break;
    case Join::kSum: {
      int64_t sum = 0;
      for (const std::string& reply : replies_) sum += IntegerOf(reply);
      writer.Integer(sum);
      break;
    }
    case Join::kArray:
      writer.Array(replies_.size());
      for (const std::string& reply : replies_) writer.Raw(reply);
      break;
  }
  return bytes;
}

}  // namespace kindred
