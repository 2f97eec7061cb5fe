#include "node/group.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/join.h"
#include "resp/reply_writer.h"

namespace kindred {
namespace {

// What a key holds while the commands run.
struct Held {
  const Record* base = nullptr;
  bool exists = false;
  bool changed = false;
  Value value;  // what the view looks at once something has changed
  ValueView view;

  const ValueView* seen() const { return exists ? &view : nullptr; }
  void Take(Next next) {
    if (next.what == Next::What::kUnchanged) return;
    if (next.what == Next::What::kDelete && !exists) return;
    changed = true;
    exists = next.what == Next::What::kPut;
    value = std::move(next.value);
    view = value.view();
  }
};

using Helds = std::vector<Held>;

Helds HoldAll(const std::vector<const Record*>& bases, uint64_t now_ms) {
  Helds helds(bases.size());
  for (size_t i = 0; i < bases.size(); ++i) {
    helds[i].base = bases[i];
    const Version* newest = NewestLive(*bases[i], now_ms);
    helds[i].exists = newest != nullptr;
    if (newest != nullptr) helds[i].view = {newest->kind, newest->expires_ms, newest->payload};
  }
  return helds;
}

void RunOnOne(const CommandRow& row, Held& held, Args args, const Call& call, ReplyWriter& reply) {
  switch (row.kind) {
    case RowKind::kRead:
      return row.read(held.seen(), args, call, reply);
    case RowKind::kRecordRead:
      return row.read_record(*held.base, args, call, reply);
    case RowKind::kWrite:
      return held.Take(row.write(held.seen(), args, call, reply));
    case RowKind::kManyKeys:
    case RowKind::kKeyspace:
    case RowKind::kSession:
    case RowKind::kContainer:
      CHECK(false);  // whoever made the group has refused it
  }
}

// Each key for itself, and the replies joined.
void RunJoined(const GroupCommand& command, Helds& helds, const Call& call, int protocol,
               ReplyWriter& reply) {
  const Args args = command.args.args();
  const KeyRange keys = KeysOf(*command.row, args);
  JoinState join(command.row->join, keys.count);
  for (size_t i = 0; i < keys.count; ++i) {
    std::string bytes;
    ReplyWriter writer(&bytes, protocol);
    RunOnOne(*command.row, helds[command.keys[i]], PartArgs(args, keys, i), call, writer);
    join.Add(i, Outcome::kDone, 0, std::move(bytes));
  }
  reply.Raw(join.Reply(protocol));
}

void RunMany(const GroupCommand& command, Helds& helds, const Call& call, ReplyWriter& reply) {
  std::vector<const ValueView*> values;
  for (size_t key : command.keys) values.push_back(helds[key].seen());
  std::vector<Next> nexts(values.size());
  command.row->many(values, command.args.args(), call, reply, nexts);
  for (size_t i = 0; i < nexts.size(); ++i) helds[command.keys[i]].Take(std::move(nexts[i]));
}

void RunCommand(const GroupCommand& command, Helds& helds, const Call& call, int protocol,
                ReplyWriter& reply) {
  const CommandRow& row = *command.row;
  const Args args = command.args.args();
  if (row.check != nullptr && !row.check(args, reply)) return;
  if (row.kind == RowKind::kManyKeys) return RunMany(command, helds, call, reply);
  if (row.join != Join::kOneKey) return RunJoined(command, helds, call, protocol, reply);
  RunOnOne(row, helds[command.keys.front()], args, call, reply);
}

bool WatchesHold(const Group& group, const Helds& helds) {
  return std::all_of(group.watches.begin(), group.watches.end(), [&](const Group::Watch& watch) {
    const Held& held = helds[watch.key];
    return KnowsNoMoreThan(*held.base, watch.seen) && (held.exists || !watch.existed);
  });
}

}  // namespace

GroupResult RunCommands(const Group& group, const std::vector<const Record*>& bases, Call call) {
  CHECK(bases.size() == group.keys.size());
  Helds helds = HoldAll(bases, call.now_ms);
  GroupResult result;
  call.lookups = &result.lookups;
  result.nexts.resize(helds.size());
  ReplyWriter reply(&result.reply, group.protocol);
  if (!WatchesHold(group, helds)) {
    reply.NilArray();
    return result;
  }
  if (group.multi) reply.Array(group.commands.size());
  for (const GroupCommand& command : group.commands) {
    call.db = command.db;
    RunCommand(command, helds, call, group.protocol, reply);
  }
  for (size_t i = 0; i < helds.size(); ++i) {
    if (!helds[i].changed) continue;
    result.changed = true;
    result.nexts[i] = helds[i].exists ? Next::Put(std::move(helds[i].value)) : Next::Delete();
  }
  return result;
}

}  // namespace kindred
