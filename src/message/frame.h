#ifndef KINDRED_MESSAGE_FRAME_H_
#define KINDRED_MESSAGE_FRAME_H_

// How messages are cut out of a link's stream of bytes. Everything that one turn has for a peer
// travels as one frame:
//
//   frame := length:u32 message*        length: of the messages together; there is at least one
//
// No I/O here: a writer fills the link's buffer of bytes to be sent, a reader is fed what arrived.
// Each is owned by the loop that owns the link.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "message/message.h"

namespace kindred {

// A frame that has grown beyond this is closed and the next one begun, so that the receiver can
// start on it. As the message that goes beyond is still within, a frame may be larger by one.
inline constexpr size_t kFrameBytesMax = size_t{64} << 20;
inline constexpr size_t kMessageBytesMax = size_t{1} << 30;
inline constexpr size_t kFrameBytesLimit = kFrameBytesMax + kMessageBytesMax;
inline constexpr size_t kFrameHeaderBytes = 4;

class FrameWriter {
 public:
  explicit FrameWriter(size_t frame_bytes_max = kFrameBytesMax,
                       size_t message_bytes_max = kMessageBytesMax)
      : frame_bytes_max_(frame_bytes_max), message_bytes_max_(message_bytes_max) {}

  // Begins a turn. The frames are appended to `*out`, which is left alone by everybody else until
  // Finish. REQUIRES: no turn has been begun
  void Begin(std::string* out);

  // False if the message is too large to be sent at all; the frame is then as if it had never
  // been. REQUIRES: Begin
  bool Add(const Message& message);

  // Ends the turn. A turn without messages leaves no bytes. REQUIRES: Begin
  void Finish();

 private:
  void OpenFrame();
  void CloseFrame();

  const size_t frame_bytes_max_;
  const size_t message_bytes_max_;
  std::string* out_ = nullptr;  // of this turn
  size_t frame_start_ = 0;      // where the open frame's length stands in `*out_`
};

class FrameReader {
 public:
  enum class Result {
    kMessage,
    kNeedMore,
    kError,  // these are no frames; the link has to be closed. It stays so.
  };

  explicit FrameReader(size_t frame_bytes_limit = kFrameBytesLimit)
      : frame_bytes_limit_(frame_bytes_limit) {}

  // Takes what arrived; the bytes are copied.
  void Feed(std::string_view bytes);

  // The next message. To be called until it wants more.
  Result Next(Message* message);

  // The memory that it takes, which follows what has arrived (at most twice that) and not what
  // was announced.
  size_t MemoryBytes() const { return buffer_.capacity(); }

 private:
  bool OpenFrame();
  void DropRead();
  Result Fail();

  const size_t frame_bytes_limit_;
  std::string buffer_;
  size_t read_ = 0;  // bytes of `buffer_` that are done with
  size_t frame_end_ =
      0;  // Invariant: read_ <= frame_end_ while a frame is open, else they are equal
  bool failed_ = false;
};

}  // namespace kindred

#endif  // KINDRED_MESSAGE_FRAME_H_
