// Makes one reply out of the replies to a command's parts, one for each key.
#ifndef KINDRED_NODE_JOIN_H_
#define KINDRED_NODE_JOIN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/row.h"
#include "message/message.h"

namespace kindred {

// The arguments of the part of a command that is on its i-th key alone.
std::vector<std::string_view> PartArgs(Args args, KeyRange keys, size_t i);

class JoinState {
 public:
  JoinState(Join join, size_t parts) : join_(join), replies_(parts), left_(parts) {}

  // The reply of part `index`, RESP bytes. REQUIRES: each part once.
  void Add(size_t index, Outcome outcome, uint64_t after, std::string bytes) {
    replies_[index] = std::move(bytes);
    after_ = std::max(after_, after);
    outcome_ = std::max(outcome_, outcome);
    --left_;
  }
  bool Complete() const { return left_ == 0; }
  uint64_t after() const { return after_; }
  Outcome outcome() const { return outcome_; }  // the worst of the parts'

  // The first error, where there is one. REQUIRES: Complete()
  std::string Reply(int protocol) const;

 private:
  Join join_;
  std::vector<std::string> replies_;
  size_t left_;
  uint64_t after_ = 0;
  Outcome outcome_ = Outcome::kDone;
};

}  // namespace kindred

#endif  // KINDRED_NODE_JOIN_H_
