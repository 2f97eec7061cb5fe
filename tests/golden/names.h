#ifndef KINDRED_TESTS_GOLDEN_NAMES_H_
#define KINDRED_TESTS_GOLDEN_NAMES_H_

// How the lines of a golden script name things, so that they are short and the same in every run:
//
//   nodes and their first actors   A B C       (ids and actors are drawn)
//   an actor after a crash         A', A'', ..
//   times                          milliseconds since the script began, and the count: 250.3
//   digests                        #1, #2, .. in the order in which they appear
//
// One thread; owned by a conversation.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "causal/record.h"
#include "message/message.h"
#include "resp/reply_parser.h"

namespace kindred {

class Names {
 public:
  // The node's actor from now on; its first one has its letter alone.
  void AddNode(size_t node, const std::string& id);
  void AddActor(size_t node, uint64_t actor);

  static std::string Node(size_t node) { return std::string(1, static_cast<char>('A' + node)); }
  std::string Of(const Message& message);
  std::string Of(const Record& record);
  // A reply as redis-cli shows it, on one line. Context tokens are shown as the contexts they are.
  std::string OfReply(std::string_view bytes);

  // The context token that a reply showed last.
  const std::string& last_token() const { return last_token_; }

 private:
  std::string Of(const ReplyNode& reply);
  std::string OfItems(const ReplyNode& reply, size_t together);
  std::string Shortened(std::string text);
  std::string WithDigests(const std::string& text);

  struct Replacement {
    std::string what, name;
  };
  std::vector<Replacement> replacements_;
  std::vector<std::vector<uint64_t>> actors_;  // by node
  std::map<std::string, size_t> digests_;
  std::string last_token_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_GOLDEN_NAMES_H_
