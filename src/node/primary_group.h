// The work of a primary on a group of keys; private to primary*.cc.
#ifndef KINDRED_NODE_PRIMARY_GROUP_H_
#define KINDRED_NODE_PRIMARY_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "node/primary.h"
#include "node/primary_work.h"

namespace kindred {

// A group of keys whose works are reserved for it, one after the other. The first key's work, the
// lead, stands for the group: its state is the group's, its rounds and its tally of writes are the
// group's.
struct Primary::GroupWork {
  struct Part {
    Work* work = nullptr;
    Record base;          // what the commands run on
    bool writes = false;  // the key gets a version
  };

  uint64_t id = 0;
  GroupOperation operation;
  std::vector<Part> parts;  // in the order of the group's keys
  size_t reserved = 0;
  UndecidedGroup message;  // kWrite: what is written
  uint64_t sequence = 0;   // kWrite: of the batch that keeps it here, or, alone, shows it
  uint64_t undone = 0;     // as Operation's
  // Of the commands as they were last run.
  std::string reply;
  Lookups lookups;

  Work* lead() const { return parts.front().work; }
  bool started() const { return reserved == parts.size(); }
};

}  // namespace kindred

#endif  // KINDRED_NODE_PRIMARY_GROUP_H_
