// How a primary concludes groups that nobody knows to be decided. Whoever meets such a group on a
// key, kept by this node or told by another, does nothing with that key before all of the group's
// keys have been written as one, with the group or without it. It meets each group that may be
// decided, since it asks a majority before it touches a key.
#include <algorithm>
#include <iterator>
#include <utility>

#include "node/conclusion.h"
#include "node/primary_group.h"
#include "node/shared.h"
#include "store/keys.h"

namespace kindred {

// What is kept here, and what others have told in the last round, of which `base` knows nothing.
std::vector<GuardedGroup> Primary::UndecidedOf(const Work& work, const Record& base) const {
  std::vector<GuardedGroup> groups;
  if (!shared_.settings().rules.conclude_groups) return groups;
  if (stripe_.undecided().empty() && work.undecided.empty()) return groups;
  for (const UndecidedGroup& group : stripe_.UndecidedOf(*work.entry)) groups.push_back(*group);
  AddGroups(work.undecided, &groups);
  std::erase_if(groups, [&](const GuardedGroup& group) {
    const Guarded* item = ItemOf(group, work.key);
    return item == nullptr || base.context.Covers(item->version.dot) ||
           item->version.dot.time <= stripe_.flushed(DbOf(work.key));
  });
  return groups;
}

// What has been told is not remembered here, so whatever comes to the key before the conclusion has
// to ask again.
bool Primary::ParksFor(Work& work, const Record& base, const Turn& turn) {
  std::vector<GuardedGroup> groups = UndecidedOf(work, base);
  if (groups.empty()) return false;
  work.entry->fresh_since = 0;
  EndRound(work);
  work.state = State::kParked;
  turn.out->conclusions.push_back({std::move(groups)});
  return true;
}

// The same for a group, whose bases are those of its parts. If it is a conclusion, a larger one
// takes its place.
bool Primary::ParksFor(GroupWork& group, const Turn& turn) {
  const std::vector<GuardedGroup> told = std::move(group.lead()->undecided);
  group.lead()->undecided.clear();
  std::vector<GuardedGroup> groups = group.operation.concludes;
  const size_t known = groups.size();
  for (const GroupWork::Part& part : group.parts) {
    part.work->undecided = told;
    AddGroups(UndecidedOf(*part.work, part.base), &groups);
    part.work->undecided.clear();
  }
  if (groups.size() == known) return false;
  for (const GroupWork::Part& part : group.parts) part.work->entry->fresh_since = 0;
  turn.out->conclusions.push_back({std::move(groups)});
  if (known > 0) {
    EndGroup(group, Outcome::kRefused, {}, 0, turn);
  } else {
    EndRound(*group.lead());
    group.lead()->state = State::kParked;
  }
  return true;
}

// What has not begun to write goes back to the front of its queue.
void Primary::StepBack(Work& work) {
  if (work.group == nullptr) {
    if (work.state != State::kParked) return;
    std::erase_if(work.batch, [](const Operation& operation) { return operation.answered; });
    work.waiting.insert(work.waiting.begin(), std::make_move_iterator(work.batch.begin()),
                        std::make_move_iterator(work.batch.end()));
    return EndBatch(work);
  }
  GroupWork& group = *work.group;
  if (group.started() && group.lead()->state != State::kParked) return;
  for (const GroupWork::Part& part : group.parts) {
    if (part.work->group != &group) continue;  // its place is still in the queue
    part.work->waiting.push_front(std::move(part.work->batch.front()));
    EndBatch(*part.work);
  }
  group.reserved = 0;
}

// Groups that step back keep their order among each other, and a conclusion comes before all of
// them, so none waits for another in a circle here either.
void Primary::Conclude(const std::vector<CachedRecord*>& entries, GroupOperation operation,
                       const Turn& turn) {
  auto group = std::make_unique<GroupWork>();
  group->id = ++last_group_;
  group->operation = std::move(operation);
  for (CachedRecord* entry : entries) {
    Work& work = WorkFor(*entry, group->operation.group->vnode);
    StepBack(work);
    group->parts.push_back({&work, {}, false});
  }
  for (const GroupWork::Part& part : group->parts) {
    Operation place;
    place.group = group->id;
    part.work->waiting.push_front(std::move(place));
  }
  groups_[group->id] = std::move(group);
  Drain(turn);
}

void Primary::ComputeConclusion(GroupWork& group, const Turn& turn) {
  std::vector<Record> shown;
  for (GroupWork::Part& part : group.parts) shown.push_back(std::move(part.base));
  std::vector<Record> records =
      kindred::Conclude(group.operation.group->keys, std::move(shown), group.operation.concludes,
                        [this](uint8_t db) { return stripe_.flushed(db); });
  for (size_t i = 0; i < records.size(); ++i) group.parts[i].base = std::move(records[i]);
  WriteGroup(group, std::vector<Next>(group.parts.size()), turn);
}

}  // namespace kindred
