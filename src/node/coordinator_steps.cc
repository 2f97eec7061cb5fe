// Commands that see keys of several slots as one, where no primary has all of them: all keys are
// read, the handler runs here, and what it wants is written key by key, each as a group that does
// nothing if what was read in its slot has changed meanwhile. Values are put before keys are
// deleted, so that nothing is lost on the way; others may see the steps.
#include <algorithm>
#include <utility>

#include "command/table.h"
#include "node/coordinator.h"
#include "node/error_reply.h"
#include "node/internal_commands.h"
#include "node/node.h"
#include "node/pending.h"
#include "resp/errors.h"
#include "topology/slot.h"

namespace kindred {
namespace {

// How often a command whose keys have changed meanwhile begins anew.
constexpr uint32_t kTriesMax = 8;

// MSETNX promises that all keys are set or none, which steps cannot keep.
bool MayRunInSteps(const CommandRow& row) { return row.name != "msetnx"; }
// Whether it may begin anew although its first step has been done.
bool IsRepeatable(const CommandRow& row) { return row.name == "rename"; }

bool WatchFailed(std::string_view reply) { return reply == "*-1\r\n" || reply == "_\r\n"; }

}  // namespace

// A command on several keys as one: a group, steps, or refused.
bool Coordinator::SubmitMany(const Request& request, Pending& pending, std::string* reply,
                             const Turn& turn) {
  const uint64_t id = pending.id;
  if (InOneSlot(*request.row, request.args)) {
    GroupRequest group;
    group.commands = {{request.row, request.args, request.db}};
    group.protocol = request.protocol;
    group.consistency = request.consistency;
    group.deadline_ms = request.deadline_ms;
    FillFromGroup(group, &pending);
    Begin(id, turn);
    return true;
  }
  if (request.cluster_face || !MayRunInSteps(*request.row)) {
    ReplyWriter(reply, request.protocol).Error(kCrossSlot);
    pending_.erase(id);
    return false;
  }
  pending.row = request.row;
  pending.args = std::make_shared<const OwnedArgs>(request.args);
  pending.db = request.db;
  pending.protocol = request.protocol;
  pending.consistency = *request.consistency;
  pending.deadline_ms = request.deadline_ms;
  pending.state = Pending::State::kJoining;
  pending.steps = std::make_unique<Steps>();
  const Args args = pending.args->args();
  const KeyRange keys = KeysOf(*request.row, args);
  for (size_t i = 0; i < keys.count; ++i) {
    const bool elsewhere = request.row->db_of_key != nullptr;
    const uint8_t db = elsewhere ? request.row->db_of_key(args, i, request.db) : request.db;
    pending.steps->keys.push_back({args[keys.At(i)], db, {}, {}});
  }
  ReadForSteps(pending, turn);
  return true;
}

void Coordinator::ReadForSteps(Pending& whole, const Turn& turn) {
  Steps& steps = *whole.steps;
  steps.open = steps.keys.size();
  std::vector<uint64_t> parts;
  for (size_t i = 0; i < steps.keys.size(); ++i) {
    const std::string_view args[] = {RecordRow().name, steps.keys[i].name};
    GroupRequest read;
    read.commands = {{&RecordRow(), args, steps.keys[i].db}};
    parts.push_back(NewStep(whole, i, std::move(read)));
  }
  for (uint64_t part : parts) {
    if (pending_.contains(part)) Begin(part, turn);
  }
}

uint64_t Coordinator::NewStep(const Pending& whole, size_t index, GroupRequest request) {
  request.consistency = &whole.consistency;
  request.deadline_ms = whole.deadline_ms;
  Pending& part = NewPending();
  part.what_for = Pending::For::kPart;
  part.parent = whole.id;
  part.index = index;
  FillFromGroup(request, &part);
  return part.id;
}

void Coordinator::OnStep(Pending& whole, const Pending& part, Outcome outcome, uint64_t after,
                         std::string bytes, const Turn& turn) {
  Steps& steps = *whole.steps;
  steps.after = std::max(steps.after, after);
  const bool reading = steps.open > 0;
  if (outcome != Outcome::kDone) {
    const bool begun = steps.placed || outcome == Outcome::kUnknown;
    return EndSteps(whole, begun && !reading ? Outcome::kUnknown : outcome, std::move(bytes), turn);
  }
  if (reading) {
    if (!RecordOfReply(bytes, &steps.keys[part.index].seen)) {
      return EndSteps(whole, Outcome::kRefused, std::move(bytes), turn);
    }
    if (--steps.open == 0) RunSteps(whole, turn);
    return;
  }
  if (WatchFailed(bytes)) {
    const bool again = !steps.placed || IsRepeatable(*whole.row);
    if (again && ++steps.tries < kTriesMax) return ReadForSteps(whole, turn);
    return EndSteps(whole, Outcome::kRefused,
                    ErrorReply("TRYAGAIN the keys change all the time; nothing was done", 2), turn);
  }
  if (bytes.starts_with('-')) {
    return EndSteps(whole, Outcome::kRefused, std::move(bytes), turn);
  }
  steps.placed = true;
  ++steps.written;
  WriteNextStep(whole, turn);
}

// Nothing was done only if no step was: otherwise the first ones stay.
void Coordinator::EndSteps(Pending& whole, Outcome outcome, std::string bytes, const Turn& turn) {
  if (outcome != Outcome::kDone && whole.steps->placed) {
    const int need = static_cast<int>(whole.consistency.write.Of(turn.view->replicas()));
    bytes = ErrorReply(NoQuorumUnknown(0, need), whole.protocol);
    outcome = Outcome::kUnknown;
  }
  Finish(whole.id, outcome, whole.steps->after, std::move(bytes), turn);
}

void Coordinator::RunSteps(Pending& whole, const Turn& turn) {
  Steps& steps = *whole.steps;
  std::vector<ValueView> views(steps.keys.size());
  std::vector<const ValueView*> values(steps.keys.size());
  for (size_t i = 0; i < steps.keys.size(); ++i) {
    const Version* newest = NewestLive(steps.keys[i].seen, turn.now_ms);
    if (newest == nullptr) continue;
    views[i] = {newest->kind, newest->expires_ms, newest->payload};
    values[i] = &views[i];
  }
  std::vector<Next> nexts(values.size());
  steps.reply.clear();
  ReplyWriter reply(&steps.reply, whole.protocol);
  whole.lookups = {};
  whole.row->many(values, whole.args->args(), CallOf(whole.db, &whole.lookups, turn), reply, nexts);
  steps.writes.clear();
  steps.written = 0;
  for (const Next::What what : {Next::What::kPut, Next::What::kDelete}) {
    for (size_t i = 0; i < nexts.size(); ++i) {
      const bool buries_nothing = what == Next::What::kDelete && values[i] == nullptr;
      if (nexts[i].what == what && !buries_nothing) steps.writes.push_back(i);
    }
  }
  for (size_t i = 0; i < nexts.size(); ++i) steps.keys[i].next = std::move(nexts[i]);
  WriteNextStep(whole, turn);
}

void Coordinator::WriteNextStep(Pending& whole, const Turn& turn) {
  Steps& steps = *whole.steps;
  if (steps.written == steps.writes.size()) {
    return EndSteps(whole, Outcome::kDone, std::move(steps.reply), turn);
  }
  const size_t index = steps.writes[steps.written];
  const Steps::Key& key = steps.keys[index];
  const bool puts = key.next.what == Next::What::kPut;
  const std::string kind = std::to_string(static_cast<int>(key.next.value.kind));
  const std::string expires = std::to_string(key.next.value.expires_ms);
  const std::string_view put[] = {PutRow().name, key.name, kind, expires, key.next.value.payload};
  const std::string_view del[] = {"DEL", key.name};
  GroupRequest write;
  if (puts) {
    write.commands = {{&PutRow(), put, key.db}};
  } else {
    write.commands = {{DataCommands().Find("DEL"), del, key.db}};
  }
  for (const Steps::Key& other : steps.keys) {
    if (KeySlot(other.name) == KeySlot(key.name)) {
      const bool existed = NewestLive(other.seen, turn.now_ms) != nullptr;
      write.watches.push_back({other.name, other.db, other.seen.context, existed});
    }
  }
  const uint64_t part = NewStep(whole, index, std::move(write));
  Begin(part, turn);
}

}  // namespace kindred
