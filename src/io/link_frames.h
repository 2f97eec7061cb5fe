#ifndef KINDRED_IO_LINK_FRAMES_H_
#define KINDRED_IO_LINK_FRAMES_H_

// A link after its handshake: messages out, one frame a turn; frames in, cut into messages.
//
// Owned by a link, and used by its loop alone.

#include <functional>
#include <string>
#include <string_view>

#include "io/tcp_stream.h"
#include "message/frame.h"

namespace kindred {

// When more than this still waits to be sent at the end of a turn, the peer is too slow or away,
// and the link is closed rather than kept as a queue. One message may be larger: it has the link
// to itself.
inline constexpr size_t kLinkUnsentBytesMax = size_t{256} << 20;

class LinkFrames {
 public:
  // Adds to this turn's frame. False if the message is too large for any link.
  bool Add(const Message& message);

  // Sends the turn's frame. False if the link has to be closed: it is broken, or the peer too slow.
  bool Flush(TcpStream& stream);

  // False if these are no messages: the link has to be closed.
  bool OnBytes(std::string_view bytes, const std::function<void(Message&&)>& on_message);

 private:
  FrameWriter writer_;
  FrameReader reader_;
  bool turn_begun_ = false;
  std::string turn_;  // the turn's frame; kept for its memory
};

}  // namespace kindred

#endif  // KINDRED_IO_LINK_FRAMES_H_
