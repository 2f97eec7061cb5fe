#include "io/link_frames.h"

#include <utility>

namespace kindred {

bool LinkFrames::Add(const Message& message) {
  if (!turn_begun_) writer_.Begin(&turn_);
  turn_begun_ = true;
  return writer_.Add(message);
}

bool LinkFrames::Flush(TcpStream& stream) {
  if (turn_begun_) {
    writer_.Finish();
    turn_begun_ = false;
    if (stream.unsent_bytes() > kLinkUnsentBytesMax) return false;
    stream.Send(&turn_);
  }
  return !stream.broken();
}

bool LinkFrames::OnBytes(std::string_view bytes, const std::function<void(Message&&)>& on_message) {
  reader_.Feed(bytes);
  Message message;
  while (true) {
    switch (reader_.Next(&message)) {
      case FrameReader::Result::kMessage:
        on_message(std::move(message));
        break;
      case FrameReader::Result::kNeedMore:
        return true;
      case FrameReader::Result::kError:
        return false;
    }
  }
}

}  // namespace kindred
