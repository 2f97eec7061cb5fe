// Commands that see keys of several slots as one, where no primary has all of them: all keys are
// read, the handler runs here, and what it wants is written key by key, each as a group that does
// nothing if what was read in its slot has changed meanwhile. Values are put before keys are
// deleted, so that nothing is lost on the way; others may see the steps between.
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

// MSETNX promises that all keys are set or none, which cannot be kept key by key.
bool MayRunKeyByKey(const CommandRow& row) { return row.name != "msetnx"; }
// Whether it may begin anew although its first key has been written.
bool IsRepeatable(const CommandRow& row) { return row.name == "rename"; }

bool WatchFailed(std::string_view reply) { return reply == "*-1\r\n" || reply == "_\r\n"; }

}  // namespace

// A command on several keys as one: a group, key by key, or refused.
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
  if (request.cluster_face || !MayRunKeyByKey(*request.row)) {
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
  pending.many_slots = std::make_unique<ManySlots>();
  const Args args = pending.args->args();
  const KeyRange keys = KeysOf(*request.row, args);
  for (size_t i = 0; i < keys.count; ++i) {
    const bool elsewhere = request.row->db_of_key != nullptr;
    const uint8_t db = elsewhere ? request.row->db_of_key(args, i, request.db) : request.db;
    pending.many_slots->keys.push_back({args[keys.At(i)], db, {}, {}});
  }
  ReadManySlots(pending, turn);
  return true;
}

void Coordinator::ReadManySlots(Pending& whole, const Turn& turn) {
  ManySlots& many = *whole.many_slots;
  many.open = many.keys.size();
  std::vector<uint64_t> parts;
  for (size_t i = 0; i < many.keys.size(); ++i) {
    const std::string_view args[] = {RecordRow().name, many.keys[i].name};
    GroupRequest read;
    read.commands = {{&RecordRow(), args, many.keys[i].db}};
    parts.push_back(NewSlotPart(whole, i, std::move(read)));
  }
  for (uint64_t part : parts) {
    if (pending_.contains(part)) Begin(part, turn);
  }
}

uint64_t Coordinator::NewSlotPart(const Pending& whole, size_t index, GroupRequest request) {
  request.consistency = &whole.consistency;
  request.deadline_ms = whole.deadline_ms;
  Pending& part = NewPending();
  part.what_for = Pending::For::kPart;
  part.parent = whole.id;
  part.index = index;
  FillFromGroup(request, &part);
  return part.id;
}

void Coordinator::OnSlotPart(Pending& whole, const Pending& part, Outcome outcome, uint64_t after,
                             std::string bytes, const Turn& turn) {
  ManySlots& many = *whole.many_slots;
  many.after = std::max(many.after, after);
  const bool reading = many.open > 0;
  if (outcome != Outcome::kDone) {
    const bool begun = many.placed || outcome == Outcome::kUnknown;
    return EndManySlots(whole, begun && !reading ? Outcome::kUnknown : outcome, std::move(bytes),
                        turn);
  }
  if (reading) {
    if (!RecordOfReply(bytes, &many.keys[part.index].seen)) {
      return EndManySlots(whole, Outcome::kRefused, std::move(bytes), turn);
    }
    if (--many.open == 0) RunManySlots(whole, turn);
    return;
  }
  if (WatchFailed(bytes)) {
    const bool again = !many.placed || IsRepeatable(*whole.row);
    if (again && ++many.tries < kTriesMax) return ReadManySlots(whole, turn);
    return EndManySlots(whole, Outcome::kRefused,
                        ErrorReply("TRYAGAIN the keys change all the time; nothing was done", 2),
                        turn);
  }
  if (bytes.starts_with('-')) {
    return EndManySlots(whole, Outcome::kRefused, std::move(bytes), turn);
  }
  many.placed = true;
  ++many.written;
  WriteNextSlot(whole, turn);
}

// Nothing was done only if no key was written: otherwise the first ones stay.
void Coordinator::EndManySlots(Pending& whole, Outcome outcome, std::string bytes,
                               const Turn& turn) {
  if (outcome != Outcome::kDone && whole.many_slots->placed) {
    const int need = static_cast<int>(whole.consistency.write.Of(turn.view->replicas()));
    bytes = ErrorReply(NoQuorumUnknown(0, need), whole.protocol);
    outcome = Outcome::kUnknown;
  }
  Finish(whole.id, outcome, whole.many_slots->after, std::move(bytes), turn);
}

void Coordinator::RunManySlots(Pending& whole, const Turn& turn) {
  ManySlots& many = *whole.many_slots;
  std::vector<ValueView> views(many.keys.size());
  std::vector<const ValueView*> values(many.keys.size());
  for (size_t i = 0; i < many.keys.size(); ++i) {
    const Version* newest = NewestLive(many.keys[i].seen, turn.now_ms);
    if (newest == nullptr) continue;
    views[i] = {newest->kind, newest->expires_ms, newest->payload};
    values[i] = &views[i];
  }
  std::vector<Next> nexts(values.size());
  many.reply.clear();
  ReplyWriter reply(&many.reply, whole.protocol);
  whole.lookups = {};
  whole.row->many(values, whole.args->args(), CallOf(whole.db, &whole.lookups, turn), reply, nexts);
  many.writes.clear();
  many.written = 0;
  for (const Next::What what : {Next::What::kPut, Next::What::kDelete}) {
    for (size_t i = 0; i < nexts.size(); ++i) {
      const bool buries_nothing = what == Next::What::kDelete && values[i] == nullptr;
      if (nexts[i].what == what && !buries_nothing) many.writes.push_back(i);
    }
  }
  for (size_t i = 0; i < nexts.size(); ++i) many.keys[i].next = std::move(nexts[i]);
  WriteNextSlot(whole, turn);
}

void Coordinator::WriteNextSlot(Pending& whole, const Turn& turn) {
  ManySlots& many = *whole.many_slots;
  if (many.written == many.writes.size()) {
    return EndManySlots(whole, Outcome::kDone, std::move(many.reply), turn);
  }
  const size_t index = many.writes[many.written];
  const ManySlots::Key& key = many.keys[index];
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
  for (const ManySlots::Key& other : many.keys) {
    if (KeySlot(other.name) == KeySlot(key.name)) {
      const bool existed = NewestLive(other.seen, turn.now_ms) != nullptr;
      write.watches.push_back({other.name, other.db, other.seen.context, existed});
    }
  }
  const uint64_t part = NewSlotPart(whole, index, std::move(write));
  Begin(part, turn);
}

}  // namespace kindred
