#include "node/coordinator.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "command/families.h"
#include "command/table.h"
#include "node/error_reply.h"
#include "node/internal_commands.h"
#include "node/join.h"
#include "node/node.h"
#include "node/pending.h"
#include "node/shared.h"
#include "node/vouching.h"
#include "resp/errors.h"
#include "store/keys.h"
#include "topology/slot.h"

namespace kindred {
Coordinator::Coordinator(Node& node, Shared& shared, uint32_t loop)
    : node_(node), shared_(shared), loop_(loop), vouching_(std::make_unique<Vouching>()) {}
Coordinator::~Coordinator() = default;

const CommandTable& Coordinator::DataCommands() {
  static const CommandTable table([] {
    std::vector<std::span<const CommandRow>> families = DataCommandFamilies();
    families.push_back(UnlistedCommands());
    families.push_back(InternalCommands());
    return families;
  }());
  return table;
}

Submitted Coordinator::Submit(const Request& request, std::string* reply, const Turn& turn) {
  const KeyRange keys = KeysOf(*request.row, request.args);
  const size_t before = reply->size();
  Submitted at_once{.done = true};
  if (AnswerAtOnce(request, keys, reply, &at_once, turn)) return at_once;
  reply->resize(before);
  Pending& pending = NewPending();
  const uint64_t id = pending.id;
  pending.what_for = Pending::For::kClient;
  if (request.row->kind == RowKind::kManyKeys) {
    if (!SubmitMany(request, pending, reply, turn)) return {true, 0, 0};
  } else {
    BeginOnKeys(request, pending, turn);
  }
  return {false, 0, id};
}

// One key, or a list of them, each for itself.
void Coordinator::BeginOnKeys(const Request& request, Pending& pending, const Turn& turn) {
  if (request.row->join != Join::kOneKey) return SubmitParts(request, pending.id, turn);
  FillFrom(request, request.args, &pending);
  Begin(pending.id, turn);
}

Coordinator::Pending& Coordinator::NewPending(uint64_t id) {
  auto& slot = pending_[id];
  slot = std::make_unique<Pending>();
  slot->id = id;
  return *slot;
}

void Coordinator::FillFrom(const Request& request, Args args, Pending* pending) {
  pending->row = request.row;
  pending->args = std::make_shared<const OwnedArgs>(args);
  pending->db = request.db;
  pending->protocol = request.protocol;
  pending->consistency = *request.consistency;
  pending->deadline_ms = request.deadline_ms;
  node_.Locate(args[static_cast<size_t>(request.row->keys.first)], request.db, &pending->key,
               &pending->vnode);
}

// What needs no other node and no disk: a read of one replica, a write where this node is the only
// one. Early, a read of what is in step.
bool Coordinator::AnswerAtOnce(const Request& request, KeyRange keys, std::string* reply,
                               Submitted* submitted, const Turn& turn) {
  const CommandRow& row = *request.row;
  if (row.kind == RowKind::kManyKeys) return false;
  const bool writes = row.kind == RowKind::kWrite;
  const uint32_t replicas = turn.view->replicas();
  const bool alone = writes ? replicas == 1 && !request.consistency->context.has_value()
                            : request.consistency->read.Of(replicas) == 1;
  const bool early = !alone && MayBeEarly(request, turn);
  const bool at_once = alone || early;
  if (!at_once || row.join == Join::kSum || row.join == Join::kAllOk) {
    if (!at_once || keys.count != 1) return false;
  }
  if (writes && keys.count != 1) return false;
  const size_t before = reply->size();
  ReplyWriter writer(reply, request.protocol);
  if (row.join == Join::kArray) writer.Array(keys.count);
  for (size_t i = 0; i < keys.count; ++i) {
    const std::string_view part[] = {request.args[0], request.args[keys.At(i)]};
    const Args args = row.join == Join::kArray ? Args(part) : request.args;
    const std::string_view key = request.args[keys.At(i)];
    if (early ? ReadEarly(request, args, key, writer, submitted, turn)
              : AnswerOneAtOnce(request, args, key, writer, submitted, turn)) {
      continue;
    }
    if (early) CancelEarly();
    return false;
  }
  if (!early) return true;
  // Errors are counted where they are told, for good.
  if (std::string_view(*reply).substr(before).starts_with('-')) {
    CancelEarly();
    return false;
  }
  EndEarly(request, submitted);
  return true;
}

bool Coordinator::AnswerOneAtOnce(const Request& request, Args args, std::string_view key,
                                  ReplyWriter& writer, Submitted* submitted, const Turn& turn) {
  uint32_t vnode = 0;
  node_.Locate(key, request.db, &scratch_key_, &vnode);
  if (!turn.view->IsReplica(vnode) && !request.consistency->read.IsLocal()) return false;
  Shared::StripeAndPrimary& place = shared_.stripe(shared_.StripeOf(vnode));
  std::lock_guard lock(place.stripe.mutex());
  if (node_.IsLoading(scratch_key_)) return false;
  CachedRecord* entry = place.stripe.Find(scratch_key_);
  if (entry == nullptr || !place.stripe.UndecidedOf(*entry).empty()) return false;
  const Call call = CallOf(request.db, &submitted->lookups, turn);
  if (request.row->kind == RowKind::kWrite) {
    return place.primary.TryAlone(*entry, *request.row, args, call, turn, writer,
                                  &submitted->after);
  }
  submitted->after = std::max(submitted->after, entry->sequence);
  RunRead(*request.row, entry->record, args, call, writer);
  return true;
}

// --- several keys

void Coordinator::SubmitParts(const Request& request, uint64_t id, const Turn& turn) {
  const KeyRange keys = KeysOf(*request.row, request.args);
  Pending& whole = *pending_[id];
  whole.row = request.row;
  whole.protocol = request.protocol;
  whole.deadline_ms = request.deadline_ms;
  whole.state = Pending::State::kJoining;
  whole.join = std::make_unique<JoinState>(request.row->join, keys.count);
  std::vector<uint64_t> parts;
  for (size_t i = 0; i < keys.count; ++i) {
    Pending& part = NewPending();
    part.what_for = Pending::For::kPart;
    part.parent = id;
    part.index = i;
    FillFrom(request, PartArgs(request.args, keys, i), &part);
    parts.push_back(part.id);
  }
  for (uint64_t part : parts) Begin(part, turn);
}

void Coordinator::FinishPart(const Pending& part, Outcome outcome, uint64_t after,
                             std::string bytes, const Turn& turn) {
  const auto found = pending_.find(part.parent);
  if (found == pending_.end()) return;
  Pending& whole = *found->second;
  if (whole.many_slots != nullptr)
    return OnSlotPart(whole, part, outcome, after, std::move(bytes), turn);
  whole.join->Add(part.index, outcome, after, std::move(bytes));
  whole.lookups.Add(part.lookups);
  if (!whole.join->Complete()) return;
  Finish(whole.id, whole.join->outcome(), whole.join->after(), whole.join->Reply(whole.protocol),
         turn);
}

// --- writes

void Coordinator::Begin(uint64_t id, const Turn& turn) {
  const Pending& pending = *pending_[id];
  if (pending.writes()) {
    Route(id, turn);
  } else {
    Read(id, turn);
  }
}

void Coordinator::RunHere(uint64_t id, const Turn& turn) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  Pending& pending = *found->second;
  pending.state = Pending::State::kLoading;
  Shared::StripeAndPrimary& place = shared_.stripe(shared_.StripeOf(pending.vnode));
  std::lock_guard lock(place.stripe.mutex());
  if (pending.group != nullptr) return RunGroupHere(pending, place, turn);
  CachedRecord* entry = node_.FindOrDefer(
      place.stripe, pending.key, [&] { return [this, id](const Turn& t) { RunHere(id, t); }; });
  if (entry == nullptr) return;
  pending.state = Pending::State::kHere;
  Operation operation;
  operation.loop = loop_;
  operation.request = id;
  operation.row = pending.row;
  operation.args = pending.args;
  operation.db = pending.db;
  operation.protocol = pending.protocol;
  operation.need = pending.confirm ? 1 : pending.consistency.write.Of(turn.view->replicas());
  operation.confirm = pending.confirm;
  if (!pending.confirm) operation.context = pending.consistency.context;
  operation.deadline_ms = pending.deadline_ms;
  operation.once = pending.once;
  place.primary.Run(*entry, pending.vnode, std::move(operation), turn);
}

// --- ends

void Coordinator::Finish(uint64_t id, Outcome outcome, uint64_t after, std::string bytes,
                         const Turn& turn) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  const std::unique_ptr<Pending> pending = std::move(found->second);
  pending_.erase(found);
  switch (pending->what_for) {
    case Pending::For::kClient:
      turn.out->replies.push_back({id, after, std::move(bytes), pending->lookups});
      return;
    case Pending::For::kPart:
      return FinishPart(*pending, outcome, after, std::move(bytes), turn);
    case Pending::For::kPeer:
      turn.out->answers.push_back(
          {pending->link, after,
           Forwarded{pending->peer_request, outcome, std::move(bytes),
                     outcome == Outcome::kNotHere ? shared_.clock().last() : 0, pending->lookups}});
      return;
    case Pending::For::kNobody:
      return;
  }
}

void Coordinator::Abandon(uint64_t id) {
  const auto found = pending_.find(id);
  if (found != pending_.end()) found->second->what_for = Pending::For::kNobody;
}

void Coordinator::Fail(Pending& pending, const Turn& turn) {
  const bool writes = pending.writes();
  const uint32_t replicas = turn.view->replicas();
  const int need = static_cast<int>(
      (writes ? pending.consistency.write : pending.consistency.read).Of(replicas));
  const int got = static_cast<int>(pending.tally.answers());
  const bool second = pending.once.second && pending.what_for != Pending::For::kPeer;
  const bool unknown = writes && (pending.state == Pending::State::kForwarded || second);
  const std::string error = !writes   ? NoQuorumRead(got, need)
                            : unknown ? NoQuorumUnknown(0, need)
                                      : NoQuorumRefused(0, need);
  Finish(pending.id, unknown ? Outcome::kUnknown : Outcome::kRefused, 0,
         ErrorReply(error, pending.protocol), turn);
}

void Coordinator::OnTick(const Turn& turn) {
  std::vector<uint64_t> late, slow, silent;
  for (auto& [id, pending] : pending_) {
    const bool ours = pending->state == Pending::State::kReading ||
                      pending->state == Pending::State::kForwarded ||
                      pending->state == Pending::State::kLoading;
    if (ours && pending->deadline_ms <= turn.now_ms) {
      late.push_back(id);
    } else if (pending->state == Pending::State::kReading && pending->hedge_at_ms <= turn.now_ms) {
      slow.push_back(id);
    } else if (pending->state == Pending::State::kForwarded && !pending->once.second &&
               HasFallenSilent(*pending, turn)) {
      silent.push_back(id);
    }
  }
  for (uint64_t id : silent) SendToNext(id, turn);
  for (uint64_t id : late) Fail(*pending_[id], turn);
  for (uint64_t id : slow) AskMore(*pending_[id], 1, turn);
  TickVouching(turn);
}

}  // namespace kindred
