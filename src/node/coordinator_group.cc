// How a coordinator sees groups: they go to their keys' primary, as a write does.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "command/table.h"
#include "node/coordinator.h"
#include "node/error_reply.h"
#include "node/node.h"
#include "node/pending.h"
#include "store/keys.h"

namespace kindred {
namespace {

bool MayBeInGroup(const CommandRow& row) {
  switch (row.kind) {
    case RowKind::kRead:
    case RowKind::kRecordRead:
    case RowKind::kWrite:
    case RowKind::kManyKeys:
      return true;
    case RowKind::kKeyspace:
    case RowKind::kSession:
    case RowKind::kContainer:
      return false;
  }
  return false;
}

// The database of a command's i-th key.
uint8_t DbOfKey(const GroupRequest::Command& command, size_t i) {
  const CommandRow& row = *command.row;
  if (row.db_of_key == nullptr) return command.db;
  std::string unused;
  ReplyWriter writer(&unused, 2);
  const bool passes = row.check == nullptr || row.check(command.args, writer);
  return passes ? row.db_of_key(command.args, i, command.db) : command.db;
}

}  // namespace

Submitted Coordinator::SubmitGroup(const GroupRequest& request, const Turn& turn) {
  Pending& pending = NewPending();
  const uint64_t id = pending.id;
  pending.what_for = Pending::For::kClient;
  FillFromGroup(request, &pending);
  Begin(id, turn);
  return {false, 0, id};
}

void Coordinator::FillFromGroup(const GroupRequest& request, Pending* pending) {
  pending->group = MakeGroup(request);
  pending->protocol = request.protocol;
  pending->consistency = *request.consistency;
  pending->deadline_ms = request.deadline_ms;
  pending->key = pending->group->keys.front();
  pending->vnode = pending->group->vnode;
}

std::shared_ptr<const Group> Coordinator::MakeGroup(const GroupRequest& request) {
  auto group = std::make_shared<Group>();
  group->multi = request.multi;
  group->protocol = request.protocol;
  absl::flat_hash_map<std::string, size_t> places;
  std::string record_key;
  const auto place = [&] {
    const auto [found, is_new] = places.try_emplace(record_key, group->keys.size());
    if (is_new) group->keys.push_back(record_key);
    return found->second;
  };
  for (const GroupRequest::Command& command : request.commands) {
    GroupCommand& into = group->commands.emplace_back();
    into.row = command.row;
    into.args = OwnedArgs(command.args);
    into.db = command.db;
    const KeyRange keys = KeysOf(*command.row, command.args);
    for (size_t i = 0; i < keys.count; ++i) {
      node_.Locate(command.args[keys.At(i)], DbOfKey(command, i), &record_key, &group->vnode);
      into.keys.push_back(place());
    }
  }
  for (const GroupRequest::Watch& watch : request.watches) {
    node_.Locate(watch.key, watch.db, &record_key, &group->vnode);
    group->watches.push_back({place(), watch.seen, watch.existed});
  }
  return group;
}

Message Coordinator::ForwardOfGroup(const Pending& pending, const Turn& turn) {
  const Group& group = *pending.group;
  ForwardGroup forward;
  forward.id = pending.Question();
  forward.deadline_in_ms = pending.deadline_ms - std::min(pending.deadline_ms, turn.now_ms);
  forward.once = pending.once;
  forward.protocol = static_cast<uint8_t>(pending.protocol);
  forward.multi = group.multi;
  forward.write_level = pending.consistency.write.ToString();
  for (const GroupCommand& command : group.commands) {
    ForwardGroup::Command& into = forward.commands.emplace_back();
    into.db = command.db;
    for (std::string_view arg : command.args.args()) into.args.emplace_back(arg);
  }
  for (const Group::Watch& watch : group.watches) {
    forward.watches.push_back({group.keys[watch.key], watch.seen, watch.existed});
  }
  return forward;
}

void Coordinator::OnForwardGroup(LinkId link, ForwardGroup forward, const Turn& turn) {
  const auto write = Level::Parse(forward.write_level, false);
  bool understood = write.has_value() && !(forward.commands.empty() && forward.watches.empty()) &&
                    forward.protocol >= 2 && forward.protocol <= 3 && Hears(forward.once, turn);
  std::vector<std::vector<std::string_view>> args;
  args.reserve(forward.commands.size());
  Consistency consistency;
  GroupRequest request;
  for (const ForwardGroup::Command& command : forward.commands) {
    const auto& views = args.emplace_back(command.args.begin(), command.args.end());
    const CommandRow* row = views.empty() ? nullptr : DataCommands().FindFor(views);
    understood = understood && row != nullptr && MayBeInGroup(*row) &&
                 row->ArityFits(views.size()) && KeysOf(*row, views).count > 0 &&
                 command.db < Stripe::kDatabases;
    request.commands.push_back({row, views, command.db});
  }
  for (const ForwardGroup::Watch& watch : forward.watches) {
    const auto parts = SplitRecordKey(watch.key);
    understood = understood && parts.has_value() && parts->db < Stripe::kDatabases;
    if (understood) request.watches.push_back({parts->key, parts->db, watch.seen, watch.existed});
  }
  if (!understood) return RefuseForward(link, forward.id, turn);
  consistency.write = *write;
  request.multi = forward.multi;
  request.protocol = forward.protocol;
  request.consistency = &consistency;
  request.deadline_ms = turn.now_ms + forward.deadline_in_ms;
  auto group = std::make_unique<Pending>();
  FillFromGroup(request, group.get());
  if (!node_.CommonVnode(group->group->keys).has_value()) {
    return RefuseForward(link, forward.id, turn);
  }
  Pending& pending = NewPending();
  group->id = pending.id;
  group->what_for = Pending::For::kPeer;
  group->link = link;
  group->peer_request = forward.id;
  group->once = forward.once;
  pending = std::move(*group);
  RunHere(pending.id, turn);
}

// REQUIRES: the stripe's lock.
void Coordinator::RunGroupHere(Pending& pending, Shared::StripeAndPrimary& place,
                               const Turn& turn) {
  const auto held = node_.FindAllOrDefer(place.stripe, pending.group->keys, [&] {
    return [this, id = pending.id](const Turn& t) { RunHere(id, t); };
  });
  if (!held.has_value()) return;
  pending.state = Pending::State::kHere;
  GroupOperation operation;
  operation.loop = loop_;
  operation.request = pending.id;
  operation.group = pending.group;
  operation.need =
      std::max(pending.consistency.write.Of(turn.view->replicas()), turn.view->Majority());
  operation.deadline_ms = pending.deadline_ms;
  operation.once = pending.once;
  place.primary.RunGroup(held->entries(), std::move(operation), turn);
}

}  // namespace kindred
