#include <bit>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "causal/record.h"

namespace kindred {
namespace {

constexpr uint8_t kFormat = 1;
// The shortest version: index, age and flags, a byte each.
constexpr size_t kVersionBytesMin = 3;
constexpr uint64_t kDigestSeed = 0x6b696e64726564;

size_t IndexOf(const Context& context, uint64_t actor) {
  size_t index = 0;
  while (index < context.size() && context[index].actor < actor) ++index;
  CHECK(index < context.size());
  CHECK(context[index].actor == actor);
  return index;
}

bool DecodeDot(ByteReader& in, const Context& context, Dot* out) {
  const uint64_t index = in.Varint();
  const uint64_t age = in.Varint();
  if (!in.ok() || index >= context.size() || age >= context[index].time) return false;
  *out = {context[index].actor, context[index].time - age};
  return true;
}

// Words for a hash that is the same on every machine, without an allocation for the usual record.
class HashedWords {
 public:
  void Add(uint64_t word) {
    words_.push_back(std::endian::native == std::endian::big ? word : __builtin_bswap64(word));
  }
  void Add(Dot dot) {
    Add(dot.actor);
    Add(dot.time);
  }
  uint64_t Hash() const {
    const char* bytes = reinterpret_cast<const char*>(words_.data());
    return Hash64({bytes, words_.size() * sizeof(uint64_t)}, kDigestSeed);
  }

 private:
  absl::InlinedVector<uint64_t, 16> words_;
};

}  // namespace

void Record::Encode(ByteWriter& out) const {
  out.U8(kFormat);
  context.Encode(out);
  out.Varint(versions.size());
  for (const Version& version : versions) {
    const size_t index = IndexOf(context, version.dot.actor);
    CHECK(context[index].time >= version.dot.time);
    out.Varint(index);
    out.Varint(context[index].time - version.dot.time);
    version.EncodeBody(out);
  }
}

bool Record::Decode(ByteReader& in, Record* out) {
  if (in.U8() != kFormat || !Context::Decode(in, &out->context)) return false;
  const uint64_t count = in.Varint();
  if (!in.ok() || count > in.remaining() / kVersionBytesMin) return false;
  out->versions.clear();
  for (uint64_t i = 0; i < count; ++i) {
    Version version;
    if (!DecodeDot(in, out->context, &version.dot)) return false;
    if (!Version::DecodeBody(in, &version)) return false;
    if (i > 0 && !NewerThan(out->versions.back().dot, version.dot)) return false;
    out->versions.push_back(std::move(version));
  }
  return in.ok();
}

uint64_t Record::Digest() const {
  HashedWords words;
  words.Add(context.size());
  for (const Dot& dot : context) words.Add(dot);
  for (const Version& version : versions) words.Add(version.dot);
  return words.Hash();
}

}  // namespace kindred
