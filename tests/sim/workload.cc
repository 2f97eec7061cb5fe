#include "tests/sim/workload.h"

#include <algorithm>

#include "base/check.h"
#include "causal/token.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

constexpr uint64_t kTimeoutMs = 300;
// Of linearizable keys in one run; a longer history only makes the search longer, which reads do
// less than writes.
constexpr uint64_t kOpsMax = 90;
constexpr uint64_t kReadersOpsMax = 400;

Consistency Plain() { return Consistency(); }

ReplyNode Parsed(const std::string& reply) {
  ReplyNode node;
  const auto used = ParseReply(reply, &node);
  CHECK(used.ok() && used->has_value() && **used == reply.size());
  return node;
}

}  // namespace

Workload::Workload(World& world, uint32_t clients)
    : world_(world),
      clients_(clients),
      pipelines_(world, kTimeoutMs),
      transactions_(world, kTimeoutMs) {
  world_.on_message = [this](const Message& message) { siblings_.OnMessage(message); };
  world_.on_crash = [this](size_t node) { OnCrash(node); };
  for (uint32_t client = 0; client < clients; ++client) Later(client);
}

std::vector<std::string> Workload::Keys() const {
  std::vector<std::string> keys = {"r0", "r1", "c0", "s0", "s1", "m0"};
  const auto add = [&](std::vector<std::string> more) {
    std::move(more.begin(), more.end(), std::back_inserter(keys));
  };
  if (world_.groups()) add(GroupsCheck::Keys());
  if (world_.groups()) add(Transactions::Keys());
  if (world_.pipelines()) add(Pipelines::Keys(clients_));
  return keys;
}

void Workload::Later(uint32_t client) {
  const uint64_t wait_us = world_.readers() ? 15'000 : 80'000;
  world_.After(1000 + world_.random().Below(wait_us), [this, client] { Step(client); });
}

void Workload::Step(uint32_t client) {
  if (stopped_) return;
  Random& random = world_.random();
  const size_t node = world_.DrawNode(client);
  if (!world_.can_serve(node)) return Later(client);
  if (world_.groups() && random.Chance(0.7)) {
    if (random.Chance(0.4)) return IssueGroup(client, node, DrawGroup());
    transactions_.Run(node);
    return Later(client);
  }
  if (world_.pipelines() && random.Chance(0.8)) {
    pipelines_.Begin(client, node);
    return Later(client);
  }
  if (world_.readers() && random.Chance(0.8)) return IssueRead(client, node);
  const double draw = random.UniformDouble();
  if (!world_.duels()) {
    if (draw < 0.05) return IssueMixed(client, node);
    if (draw < 0.13) return IssueFlushes(client, node, DrawFlushes());
    if (draw < 0.28) return IssueSiblings(client, node, random.Chance(0.5) ? "s0" : "s1", Plain());
  }
  if (history_.size() >= OpsMax()) return Later(client);
  Consistency consistency = Plain();
  if (random.Chance(0.05)) consistency.read = Level::All();
  Op op;
  const std::string value = "v" + std::to_string(++last_value_);
  if (draw < 0.5) {
    op.key = "c0";
    op.kind = random.Chance(0.65) ? OpKind::kIncr : OpKind::kRead;
    op.arg = "1";
    if (op.kind == OpKind::kIncr) return Issue(client, node, op, {"incr", op.key}, consistency);
    return Issue(client, node, op, {"get", op.key}, consistency);
  }
  op.key = random.Chance(0.5) ? "r0" : "r1";
  const uint64_t kind = random.Below(12);
  if (kind < 4) {
    op.kind = OpKind::kRead;
    return Issue(client, node, op, {"get", op.key}, consistency);
  }
  op.arg = value;
  if (kind < 7) {
    op.kind = OpKind::kWrite;
    return Issue(client, node, op, {"set", op.key, value}, consistency);
  }
  if (kind == 7) {
    op.kind = OpKind::kDel;
    return Issue(client, node, op, {"del", op.key}, consistency);
  }
  if (kind == 8) {
    op.kind = OpKind::kSetNx;
    return Issue(client, node, op, {"setnx", op.key, value}, consistency);
  }
  if (kind == 9) {
    op.kind = OpKind::kGetSet;
    return Issue(client, node, op, {"getset", op.key, value}, consistency);
  }
  op.kind = OpKind::kIfEq;
  op.arg2 = value;
  op.arg = "v" + std::to_string(last_value_ - std::min<uint64_t>(last_value_, 1 + random.Below(8)));
  Issue(client, node, op, {"set", op.key, value, "ifeq", op.arg}, consistency);
}

size_t Workload::OpsMax() const { return world_.readers() ? kReadersOpsMax : kOpsMax; }

void Workload::IssueRead(uint32_t client, size_t node) {
  if (history_.size() >= OpsMax()) return Later(client);
  static constexpr const char* kKeys[] = {"r0", "r1", "c0"};
  Op op;
  op.key = kKeys[world_.random().Below(3)];
  op.kind = OpKind::kRead;
  Issue(client, node, op, {"get", op.key}, Plain());
}

void Workload::Issue(uint32_t client, size_t node, Op op, std::vector<std::string> args,
                     const Consistency& consistency) {
  op.start = world_.now_us();
  op.outcome = OpOutcome::kUnknown;
  history_.push_back(op);
  const uint64_t id = ++last_call_;
  open_[id] = {history_.size() - 1, 0, node, false, op.key};
  world_.Command(node, std::move(args), consistency, kTimeoutMs,
                 [this, id](const std::string& r) { OnReply(id, r); });
  if (client != UINT32_MAX) Later(client);
}

void Workload::IssueSiblings(uint32_t client, size_t node, const std::string& key,
                             Consistency consistency) {
  const uint64_t id = ++last_call_;
  const bool read = client == UINT32_MAX || world_.random().Chance(0.4);
  std::vector<std::string> args = {"siblings", key};
  open_[id] = {0, 0, node, true, key};
  if (!read) {
    // With what the client last saw of this key, or with nothing.
    const std::string& token = tokens_[client * 2 + (key == "s1")];
    auto context = DecodeToken(token);
    CHECK(context.ok());
    const std::string value = key + "v" + std::to_string(++last_value_);
    open_[id] = {0, siblings_.OnWrite(key, value, *context), node, false, key};
    consistency.context = *context;
    if (world_.random().Chance(0.1)) consistency.write = Level::Number(1);
    args = {"set", key, value};
  }
  const uint32_t slot = client * 2 + (key == "s1");
  world_.Command(node, args, consistency, kTimeoutMs,
                 [this, id, slot, read, client](const std::string& reply) {
                   if (read && client != UINT32_MAX && reply.front() == '*')
                     tokens_[slot] = Parsed(reply).items[0].text;
                   OnReply(id, reply);
                 });
  if (client != UINT32_MAX) Later(client);
}

// What the checkers make nothing of, but that has to converge all the same.
void Workload::IssueMixed(uint32_t client, size_t node) {
  const uint64_t id = ++last_call_;
  open_[id] = {0, 0, node, false, "m0", true};
  Consistency consistency = Plain();
  if (world_.random().Chance(0.5)) consistency.context.emplace();
  if (world_.random().Chance(0.2)) consistency.write = Level::Number(1);
  const std::vector<std::string> args = {"set", "m0", "m" + std::to_string(++last_value_)};
  world_.Command(node, args, consistency, kTimeoutMs,
                 [this, id](const std::string& r) { OnReply(id, r); });
  Later(client);
}

FlushesCheck::Kind Workload::DrawFlushes() {
  const uint64_t draw = world_.random().Below(10);
  return draw == 0  ? FlushesCheck::Kind::kFlush
         : draw < 4 ? FlushesCheck::Kind::kGet
         : draw < 6 ? FlushesCheck::Kind::kSet
                    : FlushesCheck::Kind::kIncr;
}

void Workload::IssueFlushes(uint32_t client, size_t node, FlushesCheck::Kind kind) {
  const uint64_t id = ++last_call_;
  const std::string value = "f" + std::to_string(++last_value_);
  open_[id] = {0, 0, node, false, "f", false, flushes_.OnBegin(kind, value, world_.now_us())};
  std::vector<std::string> args;
  switch (kind) {
    case FlushesCheck::Kind::kFlush:
      args = {"flushdb"};
      break;
    case FlushesCheck::Kind::kSet:
      args = {"set", "f0", value};
      break;
    case FlushesCheck::Kind::kGet:
      args = {"get", "f0"};
      break;
    case FlushesCheck::Kind::kIncr:
      args = {"incr", "f1"};
      break;
  }
  world_.Command(
      node, std::move(args), Plain(), kTimeoutMs,
      [this, id](const std::string& r) { OnReply(id, r); }, FlushesCheck::kDb);
  if (client != UINT32_MAX) Later(client);
}

GroupsCheck::Kind Workload::DrawGroup() {
  const uint64_t draw = world_.random().Below(10);
  return draw < 4   ? GroupsCheck::Kind::kIncr
         : draw < 5 ? GroupsCheck::Kind::kPut
         : draw < 7 ? GroupsCheck::Kind::kMove
                    : GroupsCheck::Kind::kRead;
}

void Workload::IssueGroup(uint32_t client, size_t node, GroupsCheck::Kind kind) {
  const uint64_t id = ++last_call_;
  open_[id] = {0, 0, node, false, "g", false, 0, groups_.OnBegin(kind, world_.now_us())};
  world_.CommandGroup(node, GroupsCheck::CommandsOf(kind, world_.random().Chance(0.5)), Plain(),
                      kTimeoutMs, [this, id](const std::string& r) { OnReply(id, r); });
  if (client != UINT32_MAX) Later(client);
}

void Workload::OnReply(uint64_t id, const std::string& reply) {
  const auto found = open_.find(id);
  CHECK(found != open_.end());  // every request is answered once
  const Call call = found->second;
  open_.erase(found);
  ++answered_;
  world_.Trace("reply " + std::to_string(id) + " " + reply);
  const bool refused =
      reply.starts_with('-') && reply.find("nothing was done") != std::string::npos;
  const bool unknown = reply.starts_with("-NOQUORUM") && !refused;
  const bool nothing_to_move = call.groups_event != 0 && reply == "-ERR no such key\r\n";
  if (reply.starts_with('-') && !refused && !unknown && !nothing_to_move)
    wrong_ = "unexpected reply: " + reply;
  if (call.mixed) return;
  const Outcome outcome = refused   ? Outcome::kRefused
                          : unknown ? Outcome::kUnknown
                                    : Outcome::kDone;
  if (call.flushes_event != 0) {
    const ReplyNode node = Parsed(reply);
    const bool nil = node.type == ReplyNode::Type::kNil;
    const bool number = node.type == ReplyNode::Type::kInteger;
    std::optional<std::string> seen;
    if (!nil) seen = number ? std::to_string(node.integer) : node.text;
    return flushes_.OnReply(call.flushes_event, outcome, std::move(seen), world_.now_us());
  }
  if (call.groups_event != 0) {
    return groups_.OnReply(call.groups_event, outcome, Parsed(reply), world_.now_us());
  }
  if (call.event != 0) {
    siblings_.OnWriteReply(call.event, outcome);
  } else if (call.sibling_read) {
    if (reply.front() == '*') siblings_.OnRead(call.key, Parsed(reply), &wrong_);
  } else {
    Op& op = history_[call.op];
    op.end = world_.now_us();
    op.outcome = refused ? OpOutcome::kRefused : unknown ? OpOutcome::kUnknown : OpOutcome::kDone;
    if (op.outcome == OpOutcome::kDone) Learn(&op, reply);
    if (op.outcome == OpOutcome::kDone && op.kind != OpKind::kRead) ++done_writes_;
  }
}

void Workload::Learn(Op* op, const std::string& reply) {
  const ReplyNode node = Parsed(reply);
  const bool nil = node.type == ReplyNode::Type::kNil;
  switch (op->kind) {
    case OpKind::kRead:
    case OpKind::kGetSet:
      op->value = nil ? std::nullopt : std::optional<std::string>(node.text);
      return;
    case OpKind::kIncr:
    case OpKind::kAppend:
      op->value = std::to_string(node.integer);
      return;
    case OpKind::kIfEq:
      op->flag = !nil;
      return;
    case OpKind::kSetNx:
    case OpKind::kDel:
      op->flag = node.integer == 1;
      return;
    case OpKind::kWrite:
    case OpKind::kGroup:
      return;
  }
}

// What a dead node had not answered nobody will answer: its outcome stays unknown.
void Workload::OnCrash(size_t node) {
  std::erase_if(open_, [&](const auto& each) { return each.second.node == node; });
  pipelines_.OnCrash(node);
  transactions_.OnCrash(node);
}

void Workload::ReadEverything(size_t node, bool all) {
  Consistency consistency = Plain();
  if (all) consistency.read = Level::All();
  for (const std::string& key : Keys()) {
    if (key.starts_with("t{t}")) continue;
    if (key.front() == 's') {
      IssueSiblings(UINT32_MAX, node, key, consistency);
      continue;
    }
    Op op;
    op.key = key;
    Issue(UINT32_MAX, node, op, {"get", key}, consistency);
  }
  if (world_.groups()) {
    IssueGroup(UINT32_MAX, node, GroupsCheck::Kind::kRead);
    transactions_.ReadAll(node, consistency);
  }
  IssueFlushes(UINT32_MAX, node, FlushesCheck::Kind::kGet);
}

}  // namespace kindred
