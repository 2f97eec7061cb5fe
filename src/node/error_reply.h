// An error as the RESP bytes of a whole reply.
#ifndef KINDRED_NODE_ERROR_REPLY_H_
#define KINDRED_NODE_ERROR_REPLY_H_

#include <string>
#include <string_view>

#include "resp/reply_writer.h"

namespace kindred {

inline std::string ErrorReply(std::string_view error, int protocol) {
  std::string bytes;
  ReplyWriter(&bytes, protocol).Error(error);
  return bytes;
}

}  // namespace kindred

#endif  // KINDRED_NODE_ERROR_REPLY_H_
