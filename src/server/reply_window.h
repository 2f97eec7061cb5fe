#ifndef KINDRED_SERVER_REPLY_WINDOW_H_
#define KINDRED_SERVER_REPLY_WINDOW_H_

// How many commands of one connection may be in flight at other nodes. Their replies come whether
// or not the client takes them, so that as many as there may be, times their size, is what a client
// that takes nothing can make this node keep. The size is learned: a connection begins with a few,
// each reply allows for one more, and large ones for fewer.
//
// A value; owned by a session.

#include <algorithm>
#include <cstddef>

namespace kindred {

class ReplyWindow {
 public:
  static constexpr size_t kRepliesMin = 32;  // As long as nothing is known of their size.
  static constexpr size_t kRepliesMax = 1024;
  static constexpr size_t kBytesMax = size_t{16} << 20;

  void OnReply(size_t bytes) {
    replies_ = std::min(replies_ + 1, kRepliesMax);
    if (bytes > bytes_each_) {
      bytes_each_ = bytes;
    } else {
      bytes_each_ -= (bytes_each_ - bytes) / 16;
    }
  }

  size_t replies() const {
    return std::clamp<size_t>(kBytesMax / std::max<size_t>(bytes_each_, 1), 1, replies_);
  }

 private:
  size_t replies_ = kRepliesMin;
  size_t bytes_each_ = 0;  // The largest of late: it shrinks by and by.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_REPLY_WINDOW_H_
