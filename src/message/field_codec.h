#ifndef KINDRED_MESSAGE_FIELD_CODEC_H_
#define KINDRED_MESSAGE_FIELD_CODEC_H_

// Writing and reading the fields of a struct that is sent between nodes. A struct names its fields
// once, in a template that serves the writer, the reader and the describer alike, so that these
// cannot disagree:
//
//   void Fields(auto& io, Is<Nack> auto& nack) {
//     io.Id(nack.id);
//     io.Time("clock", nack.clock);
//     ...
//   }
//
// The verbs and their bytes (base/bytes.h); the labels are for people and are not sent:
//
//   Id, Number   varint; zigzag if signed         Flag     u8, 0 or 1
//   Count        varint                           Db       u8
//   Word         u64: actors and digests          Key      bytes: a record key
//   Time         u64: hybrid clock                Text     bytes
//   Choice       u8, up to the enum's kLast       Blob     bytes that nobody wants to read
//   Object       whatever the type's own Encode writes
//   Group        the fields of a struct
//   Maybe        u8, 0 or 1, then the value if 1
//   List         varint(count), then the elements
//
// Neither throws. The reader trusts nothing: after the first impossible field it fails for good
// and reads the rest as nothing. Both live on the stack of one call.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace kindred {

// `T` is `Struct`, to be read or to be filled.
template <typename T, typename Struct>
concept Is = std::is_same_v<std::remove_const_t<T>, Struct>;

// What List and Maybe do with a value.
inline constexpr auto kAsNumber = [](auto& io, auto& value) { io.Number("", value); };
inline constexpr auto kAsWord = [](auto& io, auto& value) { io.Word("", value); };
inline constexpr auto kAsTime = [](auto& io, auto& value) { io.Time("", value); };
inline constexpr auto kAsText = [](auto& io, auto& value) { io.Text("", value); };
inline constexpr auto kAsObject = [](auto& io, auto& value) { io.Object("", value); };
inline constexpr auto kAsFields = [](auto& io, auto& value) { Fields(io, value); };

class FieldWriter {
 public:
  explicit FieldWriter(std::string* out) : out_(out) {}

  void Id(uint64_t value) { out_.Varint(value); }
  template <typename T>
  void Number(std::string_view, T value) {
    if constexpr (std::is_signed_v<T>) {
      out_.Varint((static_cast<uint64_t>(value) << 1) ^ (value < 0 ? ~uint64_t{0} : 0));
    } else {
      out_.Varint(value);
    }
  }
  void Count(std::string_view label, uint64_t value) { Number(label, value); }
  void Db(std::string_view, uint8_t value) { out_.U8(value); }
  void Word(std::string_view, uint64_t value) { out_.U64(value); }
  void Time(std::string_view, uint64_t value) { out_.U64(value); }
  void Flag(std::string_view, bool value) { out_.U8(value ? 1 : 0); }
  void Key(std::string_view, std::string_view value) { out_.Bytes(value); }
  void Text(std::string_view, std::string_view value) { out_.Bytes(value); }
  void Blob(std::string_view, std::string_view value) { out_.Bytes(value); }
  template <typename Enum>
  void Choice(std::string_view, Enum value, Enum /*last*/) {
    out_.U8(static_cast<uint8_t>(value));
  }
  void Object(std::string_view, const auto& value) { value.Encode(out_); }
  void Group(std::string_view, const auto& value) { Fields(*this, value); }
  template <typename T, typename Element>
  void Maybe(std::string_view, const std::optional<T>& value, Element element) {
    out_.U8(value.has_value() ? 1 : 0);
    if (value.has_value()) element(*this, *value);
  }
  template <typename T, typename Element>
  void List(std::string_view, const std::vector<T>& list, Element element) {
    out_.Varint(list.size());
    for (const T& value : list) element(*this, value);
  }

 private:
  ByteWriter out_;
};

class FieldReader {
 public:
  explicit FieldReader(ByteReader& in) : in_(in) {}

  bool ok() const { return in_.ok(); }

  void Id(uint64_t& value) { value = in_.Varint(); }
  template <typename T>
  void Number(std::string_view, T& value) {
    const uint64_t raw = in_.Varint();
    if constexpr (std::is_signed_v<T>) {
      static_assert(sizeof(T) == sizeof(raw));
      value = static_cast<T>((raw >> 1) ^ ((raw & 1) != 0 ? ~uint64_t{0} : 0));
    } else {
      if (raw > std::numeric_limits<T>::max()) in_.Fail();
      value = static_cast<T>(raw);
    }
  }
  void Count(std::string_view label, uint64_t& value) { Number(label, value); }
  void Db(std::string_view, uint8_t& value) { value = in_.U8(); }
  void Word(std::string_view, uint64_t& value) { value = in_.U64(); }
  void Time(std::string_view, uint64_t& value) { value = in_.U64(); }
  void Flag(std::string_view, bool& value) { value = Boolean(); }
  void Key(std::string_view, std::string& value) { value = in_.Bytes(); }
  void Text(std::string_view, std::string& value) { value = in_.Bytes(); }
  void Blob(std::string_view, std::string& value) { value = in_.Bytes(); }
  template <typename Enum>
  void Choice(std::string_view, Enum& value, Enum last) {
    const uint8_t raw = in_.U8();
    if (raw > static_cast<uint8_t>(last)) in_.Fail();
    value = static_cast<Enum>(raw);
  }
  template <typename T>
  void Object(std::string_view, T& value) {
    if (!T::Decode(in_, &value)) in_.Fail();
  }
  void Group(std::string_view, auto& value) { Fields(*this, value); }
  template <typename T, typename Element>
  void Maybe(std::string_view, std::optional<T>& value, Element element) {
    value.reset();
    if (Boolean()) element(*this, value.emplace());
  }
  template <typename T, typename Element>
  void List(std::string_view, std::vector<T>& list, Element element) {
    // An element takes at least a byte. Room is made as the elements really come, since a few
    // bytes that announce millions of them must not cost memory.
    const uint64_t count = in_.Varint();
    list.clear();
    if (count > in_.remaining()) return in_.Fail();
    list.reserve(std::min<uint64_t>(count, kReservedElementsMax));
    for (uint64_t i = 0; i < count && in_.ok(); ++i) element(*this, list.emplace_back());
  }

 private:
  static constexpr uint64_t kReservedElementsMax = 1024;

  bool Boolean() {
    const uint8_t raw = in_.U8();
    if (raw > 1) in_.Fail();
    return raw == 1;
  }

  ByteReader& in_;
};

}  // namespace kindred

#endif  // KINDRED_MESSAGE_FIELD_CODEC_H_
