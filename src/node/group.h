// Commands on keys of one slot that run as one: all of them see the keys as they are at one moment,
// and what they change changes at that moment, or not at all. A command on several keys is a group
// of one, MULTI ... EXEC is a group of many.
//
// Values; immutable once they are on their way.
#ifndef KINDRED_NODE_GROUP_H_
#define KINDRED_NODE_GROUP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "causal/context.h"
#include "causal/record.h"
#include "command/row.h"
#include "node/operation.h"

namespace kindred {

struct GroupCommand {
  const CommandRow* row = nullptr;  // kRead, kRecordRead, kWrite or kManyKeys
  OwnedArgs args;
  uint8_t db = 0;
  std::vector<size_t> keys;  // which of the group's keys its keys are, in the order of KeysOf
};

struct Group {
  // Nothing is done if the key has been written since, or is gone.
  struct Watch {
    size_t key = 0;  // which of the group's
    Context seen;
    bool existed = false;
  };
  std::vector<GroupCommand> commands;
  std::vector<Watch> watches;
  std::vector<std::string> keys;  // record keys, each once
  uint32_t vnode = 0;             // of all of them
  bool multi = false;             // the reply is an array of the commands' replies
  int protocol = 2;
};

// What a group makes of its keys.
struct GroupResult {
  std::string reply;
  Lookups lookups;          // of all commands together
  std::vector<Next> nexts;  // by key; Unchanged where nothing changes
  bool changed = false;
};

// Runs the commands one after the other on what `bases` hold, the keys' records in their order.
GroupResult RunCommands(const Group& group, const std::vector<const Record*>& bases, Call call);

// A group on its way through its primary.
struct GroupOperation {
  // Who asked: a request of a loop.
  uint32_t loop = 0;
  uint64_t request = 0;

  std::shared_ptr<const Group> group;
  uint32_t need = 1;  // replicas that have to take the writes
  uint64_t deadline_ms = 0;
  Once once;
  // Not empty: nobody has asked, and the group has no commands. Its keys are to be written as they
  // are with these groups, or without them (node/conclusion.h).
  std::vector<GuardedGroup> concludes;
};

}  // namespace kindred

#endif  // KINDRED_NODE_GROUP_H_
