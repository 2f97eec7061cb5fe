// Checks that siblings are what they should be, against a slow obvious twin: each write with a
// client's token is an event, and the events that its token has seen are those whose dots the token
// covers. What nobody who exists has seen is live; nothing else is.
//
//   - a dot names one value;
//   - a token covers nothing but what its reader was shown, and what that had replaced;
//   - at the end: every acknowledged write that no other write has seen is there, and nothing that
//   an acknowledged
//     write has seen.
#ifndef KINDRED_TESTS_SIM_SIBLINGS_H_
#define KINDRED_TESTS_SIM_SIBLINGS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "causal/context.h"
#include "message/message.h"
#include "resp/reply_parser.h"

namespace kindred {

class SiblingsCheck {
 public:
  // A write is on its way; returns its number.
  uint64_t OnWrite(const std::string& key, const std::string& value, const Context& token);
  void OnWriteReply(uint64_t event, Outcome outcome);
  // What SIBLINGS answered: checks the token, and says what is wrong with it.
  void OnRead(const std::string& key, const ReplyNode& reply, std::string* wrong);
  // Learns which dot each value got.
  void OnMessage(const Message& message);
  // The values that are live at the end, for each key. Says what is wrong; empty: nothing.
  std::string OnEnd(const std::string& key, const std::vector<std::string>& live) const;

 private:
  struct Event {
    std::string key, value;
    Context token;
    Outcome outcome = Outcome::kUnknown;
    std::optional<Dot> dot;
  };
  void OnVersion(const Version& version);
  bool Saw(const Event& later, const Event& earlier) const;

  std::vector<Event> events_;  // numbered from 1
  std::map<std::string, size_t> by_value_;
  std::map<Dot, std::string> by_dot_;
  std::string wrong_dot_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_SIBLINGS_H_
