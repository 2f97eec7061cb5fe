#include "base/lzf.h"

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"

namespace kindred {
namespace {

constexpr size_t kLiteralMax = 32;
constexpr size_t kLongCopy = 7;
// The longest copy is 264 bytes, and takes three.
constexpr size_t kExpansionMax = 88;

// Byte by byte, because a copy may overlap what it makes: that is how runs are written.
bool AppendCopy(size_t distance, size_t length, size_t size, std::string* out) {
  if (distance > out->size() || length > size - out->size()) return false;
  for (size_t i = 0; i < length; ++i) out->push_back((*out)[out->size() - distance]);
  return true;
}

}  // namespace

bool LzfDecompress(std::string_view compressed, size_t size, std::string* out) {
  out->clear();
  if (size / kExpansionMax > compressed.size()) return false;
  out->reserve(size);
  ByteReader in(compressed);
  while (in.remaining() > 0) {
    const size_t control = in.U8();
    if (control < kLiteralMax) {
      if (control + 1 > size - out->size()) return false;
      out->append(in.Raw(control + 1));
    } else {
      size_t length = control >> 5;
      if (length == kLongCopy) length += in.U8();
      const size_t distance = ((control & 0x1f) << 8 | in.U8()) + 1;
      if (!in.ok() || !AppendCopy(distance, length + 2, size, out)) return false;
    }
    if (!in.ok()) return false;
  }
  return out->size() == size;
}

}  // namespace kindred
