// What becomes of groups of writes of which nobody knows whether they are decided. Pure.
#ifndef KINDRED_NODE_CONCLUSION_H_
#define KINDRED_NODE_CONCLUSION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "causal/record.h"
#include "message/message.h"

namespace kindred {

// `keys`: record keys, among them all that the groups write; `shown`: what a majority of their
// replicas shows of them, merged. Returns what the keys are to be: of each group all that it
// writes, or nothing.
//
// A group is dropped if one of its writes has been overtaken, by a guarded version that is later
// and was computed without it: whoever wrote that has asked a majority, and none of them kept the
// group or had anything that came of it, so it was not decided and cannot be any more. All others
// are adopted: they may be decided, and nobody has done anything that speaks against it.
std::vector<Record> Conclude(const std::vector<std::string>& keys, std::vector<Record> shown,
                             std::vector<GuardedGroup> groups,
                             const std::function<uint64_t(uint8_t db)>& flushed);

// Adds those of `more` that are not there yet.
void AddGroups(const std::vector<GuardedGroup>& more, std::vector<GuardedGroup>* groups);

// The record keys that the groups write, each once.
std::vector<std::string> KeysOf(const std::vector<GuardedGroup>& groups);

}  // namespace kindred

#endif  // KINDRED_NODE_CONCLUSION_H_
