// One command on one key, on its way through the key's primary; and the turn in which something
// happens.
#ifndef KINDRED_NODE_OPERATION_H_
#define KINDRED_NODE_OPERATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "command/consistency.h"
#include "command/row.h"
#include "message/message.h"
#include "message/outbox.h"
#include "node/cluster_view.h"

namespace kindred {

// Arguments that outlive the bytes they came in. Moving it keeps its views.
class OwnedArgs {
 public:
  OwnedArgs() = default;
  explicit OwnedArgs(Args args);
  OwnedArgs(OwnedArgs&&) = default;
  OwnedArgs& operator=(OwnedArgs&&) = default;

  Args args() const { return {views_.data(), views_.size()}; }
  bool empty() const { return views_.empty(); }

 private:
  std::unique_ptr<char[]> bytes_;
  absl::InlinedVector<std::string_view, 6> views_;
};

struct Operation {
  // Who asked: a request of a loop.
  uint32_t loop = 0;
  uint64_t request = 0;

  const CommandRow* row = nullptr;
  std::shared_ptr<const OwnedArgs> args;
  uint8_t db = 0;
  int protocol = 2;
  uint32_t need = 1;               // replicas that have to take the write
  bool confirm = false;            // a read: its value has to be decided before it is answered
  std::optional<Context> context;  // the client's token
  uint64_t deadline_ms = 0;
  Once once;
  uint64_t group = 0;  // not 0: it only holds the key's place for a group (primary_group.cc)

  // While it runs.
  std::string reply;
  Lookups lookups;
  bool answered = false;
  uint64_t undone = 0;  // sequence: until it is durable what has been written may come back
};

// What an input is handled with: the time, the loop's snapshot of the cluster, and where the
// consequences go.
struct Turn {
  uint64_t now_ms = 0;
  const ClusterView* view = nullptr;
  Outbox* out = nullptr;
};

}  // namespace kindred

#endif  // KINDRED_NODE_OPERATION_H_
