#ifndef KINDRED_TESTS_UNIT_MESSAGE_RANDOM_MESSAGE_H_
#define KINDRED_TESTS_UNIT_MESSAGE_RANDOM_MESSAGE_H_

// Random messages for property tests. They are drawn by one more visitor of the messages' fields,
// so that a new field is drawn without a change here. To be called within a property.

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "message/message_fields.h"

namespace kindred {

inline constexpr size_t kMessageTypes = std::variant_size_v<Message>;

class FieldDrawer {
 public:
  void Id(uint64_t& value) { Draw(value); }
  void Number(std::string_view, auto& value) { Draw(value); }
  void Count(std::string_view, uint64_t& value) { Draw(value); }
  void Db(std::string_view, uint8_t& value) { Draw(value); }
  void Word(std::string_view, uint64_t& value) { Draw(value); }
  void Time(std::string_view, uint64_t& value) { Draw(value); }
  void Flag(std::string_view, bool& value) { Draw(value); }
  void Key(std::string_view, std::string& value) { Draw(value); }
  void Text(std::string_view, std::string& value) { Draw(value); }
  void Blob(std::string_view, std::string& value) { Draw(value); }
  template <typename Enum>
  void Choice(std::string_view, Enum& value, Enum last) {
    value = static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
  }
  void Object(std::string_view, auto& value) { Draw(value); }
  void Group(std::string_view, auto& value) { Fields(*this, value); }
  template <typename T, typename Element>
  void Maybe(std::string_view, std::optional<T>& value, Element element) {
    value.reset();
    if (*rc::gen::arbitrary<bool>()) element(*this, value.emplace());
  }
  template <typename T, typename Element>
  void List(std::string_view, std::vector<T>& list, Element element) {
    list.resize(*rc::gen::inRange<size_t>(0, 5));
    for (T& value : list) element(*this, value);
  }

 private:
  template <typename T>
  static void Draw(T& value) {
    value = *rc::gen::arbitrary<T>();
  }
  // Small times and few actors, so that dots meet.
  static Dot DrawDot() {
    return {*rc::gen::inRange<uint64_t>(0, 4), *rc::gen::inRange<uint64_t>(1, 100)};
  }
  static void Draw(Context& context) {
    for (int n = *rc::gen::inRange(0, 5); n > 0; --n) context.Add(DrawDot());
  }
  static void Draw(Version& version) {
    version.dot = DrawDot();
    version.guarded = *rc::gen::arbitrary<bool>();
    version.kind = *rc::gen::element(Kind::kTombstone, Kind::kString);
    if (version.kind == Kind::kTombstone) return;
    version.payload = *rc::gen::arbitrary<std::string>();
    version.expires_ms = *rc::gen::arbitrary<uint64_t>();
  }
  static void Draw(Record& record) {
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
      Version version;
      Draw(version);
      Context seen;
      Draw(seen);
      if (record.context.Covers(version.dot) || seen.Covers(version.dot)) continue;
      record = Put(record, seen, std::move(version));
    }
  }
};

template <size_t... kIndexes>
Message EmptyMessage(size_t type, std::index_sequence<kIndexes...>) {
  Message message;
  ((type == kIndexes && (message.emplace<kIndexes>(), true)) || ...);
  return message;
}

inline Message EmptyMessage(size_t type) {
  return EmptyMessage(type, std::make_index_sequence<kMessageTypes>());
}

inline Message DrawMessage(size_t type) {
  Message message = EmptyMessage(type);
  FieldDrawer drawer;
  std::visit([&drawer](auto& alternative) { Fields(drawer, alternative); }, message);
  return message;
}

inline Message DrawMessage() { return DrawMessage(*rc::gen::inRange<size_t>(0, kMessageTypes)); }

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_MESSAGE_RANDOM_MESSAGE_H_
