#include "message/frame.h"

#include <limits>

#include "base/bytes.h"
#include "base/check.h"
#include "message/message_codec.h"

namespace kindred {
namespace {

static_assert(kFrameBytesLimit <= std::numeric_limits<uint32_t>::max());

// A mostly empty buffer larger than this is given back: the room of one large value must not stay
// taken for as long as the link lives.
constexpr size_t kIdleBufferBytesMax = size_t{4} << 20;

void PatchU32(uint32_t value, size_t position, std::string* bytes) {
  for (size_t i = 0; i < 4; ++i) {
    (*bytes)[position + i] = static_cast<char>(value >> (8 * (3 - i)));
  }
}

}  // namespace

void FrameWriter::Begin(std::string* out) {
  CHECK(out_ == nullptr);
  out_ = out;
  OpenFrame();
}

bool FrameWriter::Add(const Message& message) {
  CHECK(out_ != nullptr);
  const size_t before = out_->size();
  EncodeMessage(message, out_);
  if (out_->size() - before > message_bytes_max_) {
    out_->resize(before);
    return false;
  }
  if (out_->size() - frame_start_ - kFrameHeaderBytes > frame_bytes_max_) {
    CloseFrame();
    OpenFrame();
  }
  return true;
}

void FrameWriter::Finish() {
  CHECK(out_ != nullptr);
  CloseFrame();
  out_ = nullptr;
}

void FrameWriter::OpenFrame() {
  frame_start_ = out_->size();
  out_->append(kFrameHeaderBytes, '\0');
}

void FrameWriter::CloseFrame() {
  const size_t length = out_->size() - frame_start_ - kFrameHeaderBytes;
  if (length == 0) {
    out_->resize(frame_start_);
  } else {
    PatchU32(static_cast<uint32_t>(length), frame_start_, out_);
  }
}

void FrameReader::Feed(std::string_view bytes) {
  if (failed_) return;
  DropRead();
  // Grows by doubling at most, so that it never holds more than twice what is there.
  buffer_.append(bytes);
}

FrameReader::Result FrameReader::Next(Message* message) {
  if (failed_) return Result::kError;
  if (read_ == frame_end_ && !OpenFrame()) {
    return failed_ ? Result::kError : Result::kNeedMore;
  }
  if (buffer_.size() < frame_end_) return Result::kNeedMore;
  ByteReader frame(std::string_view(buffer_).substr(read_, frame_end_ - read_));
  if (!DecodeMessage(frame, message)) return Fail();
  read_ = frame_end_ - frame.remaining();
  return Result::kMessage;
}

// False if the length has not arrived, or is impossible.
bool FrameReader::OpenFrame() {
  if (buffer_.size() - read_ < kFrameHeaderBytes) return false;
  const size_t length = ByteReader(std::string_view(buffer_).substr(read_)).U32();
  if (length == 0 || length > frame_bytes_limit_) {
    Fail();
    return false;
  }
  read_ += kFrameHeaderBytes;
  frame_end_ = read_ + length;
  return true;
}

// Moves what is unread to the front once that is the smaller part: every byte is moved once on
// average.
void FrameReader::DropRead() {
  const size_t unread = buffer_.size() - read_;
  if (unread > read_) return;
  frame_end_ -= read_;
  if (buffer_.capacity() > kIdleBufferBytesMax && unread < buffer_.capacity() / 4) {
    std::string(buffer_, read_).swap(buffer_);  // an assignment would keep the room
  } else {
    buffer_.erase(0, read_);
  }
  read_ = 0;
}

FrameReader::Result FrameReader::Fail() {
  failed_ = true;
  std::string().swap(buffer_);
  return Result::kError;
}

}  // namespace kindred
