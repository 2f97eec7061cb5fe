// A client's command on its way into the core, and how its answer comes out.
#ifndef KINDRED_NODE_REQUEST_H_
#define KINDRED_NODE_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "command/consistency.h"
#include "command/row.h"

namespace kindred {

struct Request {
  const CommandRow* row = nullptr;  // kRead, kRecordRead, kWrite or kKeyspace
  Args args;                        // views; the core copies what it needs beyond the call
  uint8_t db = 0;
  int protocol = 2;  // RESP version of the reply
  const Consistency* consistency = nullptr;
  bool cluster_face =
      false;  // SCAN, DBSIZE, KEYS, RANDOMKEY: only slots whose first replica is this node
  uint64_t deadline_ms = 0;  // absolute, on the core's clock
  // Whose it is, if he takes early replies, which may be recalled; 0: he does not.
  uint64_t connection = 0;
};

// Commands of a client that are to run as one (node/group.h).
struct GroupRequest {
  struct Command {
    const CommandRow* row = nullptr;  // kRead, kRecordRead, kWrite or kManyKeys
    Args args;                        // whose number fits the row; views, as those of a Request
    uint8_t db = 0;
  };
  struct Watch {
    std::string_view key;
    uint8_t db = 0;
    Context seen;
    bool existed = false;
  };
  std::vector<Command> commands;
  std::vector<Watch> watches;
  bool multi = false;  // the reply is an array of the commands' replies
  int protocol = 2;
  const Consistency* consistency = nullptr;
  uint64_t deadline_ms = 0;
};

// What Submit says: the reply was written at once and may leave when `after` is durable, or it
// comes later as Outbox::Reply with this id. A reply that was written *early* may not leave before
// the outbox has said that `word` is heard, either; until then it may be recalled by its id, and
// comes later after all.
struct Submitted {
  bool done = false;
  uint64_t after = 0;    // if done
  uint64_t id = 0;       // if not done, or early
  Lookups lookups = {};  // if done
  uint64_t word = 0;     // if done: not 0 means early
};

}  // namespace kindred

#endif  // KINDRED_NODE_REQUEST_H_
