// Checks what a flush has to mean, on keys of a database of their own: a register and a counter,
// with a FLUSHDB now and then.
//
//   - what was acknowledged before a flush began is not seen by who asks after it was acknowledged;
//   - what was acknowledged after the last flush is not lost;
//   - a counter counts no INCR that a flush has ended.
#ifndef KINDRED_TESTS_SIM_FLUSHES_H_
#define KINDRED_TESTS_SIM_FLUSHES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "message/message.h"

namespace kindred {

class FlushesCheck {
 public:
  static constexpr uint8_t kDb = 1;

  enum class Kind { kFlush, kSet, kGet, kIncr };
  // A command is on its way; returns its number. `value`: a new one for each SET.
  uint64_t OnBegin(Kind kind, const std::string& value, uint64_t now_us);
  // `seen`: what GET or INCR answered; nothing: no such key.
  void OnReply(uint64_t event, Outcome outcome, std::optional<std::string> seen, uint64_t now_us);
  // Says what is wrong; empty: nothing.
  std::string Wrong() const;

 private:
  struct Event {
    Kind kind;
    std::string value;
    uint64_t start = 0, end = UINT64_MAX;
    Outcome outcome = Outcome::kUnknown;
    std::optional<std::string> seen;
  };
  std::string CheckGet(const Event& get) const;
  std::string CheckIncr(const Event& incr) const;
  // Whether a flush lies between the end of `earlier` and the start of `later`, for certain.
  bool Flushed(const Event& earlier, const Event& later) const;
  // Whether a flush may have come after the start of `earlier` and before the end of `later`.
  bool MayBeFlushed(const Event& earlier, const Event& later) const;

  std::vector<Event> events_;  // numbered from 1
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_FLUSHES_H_
