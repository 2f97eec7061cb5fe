// How many replicas a request waits for: WITH for one command, CONSISTENCY for a connection, the
// server's default.
#ifndef KINDRED_COMMAND_CONSISTENCY_H_
#define KINDRED_COMMAND_CONSISTENCY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "causal/context.h"

namespace kindred {

// A level as it was asked for: 1..N, ONE, QUORUM, ALL; R also LOCAL.
class Level {
 public:
  enum class Name : uint8_t { kNumber, kQuorum, kAll, kLocal };
  constexpr Level() = default;
  static constexpr Level Number(uint8_t n) { return Level(Name::kNumber, n); }
  static constexpr Level Quorum() { return Level(Name::kQuorum, 0); }
  static constexpr Level All() { return Level(Name::kAll, 0); }
  static constexpr Level Local() { return Level(Name::kLocal, 0); }

  // How many of `replicas` that is; a number larger than that is clipped. LOCAL counts as one.
  uint32_t Of(uint32_t replicas) const;
  bool IsLocal() const { return name_ == Name::kLocal; }
  Name name() const { return name_; }
  uint8_t number() const { return number_; }
  std::string ToString() const;  // "2", "QUORUM", "ALL", "LOCAL"
  static std::optional<Level> Parse(std::string_view text, bool local_allowed);
  bool operator==(const Level&) const = default;

 private:
  constexpr Level(Name name, uint8_t number) : name_(name), number_(number) {}
  Name name_ = Name::kQuorum;
  uint8_t number_ = 0;
};

struct Consistency {
  Level read;
  Level write;
  bool strict = false;
  std::optional<Context> context;  // the client's token: the write replaces just what it has seen
};

}  // namespace kindred

#endif  // KINDRED_COMMAND_CONSISTENCY_H_
