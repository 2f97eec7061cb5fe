#include "tests/sim/transactions.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "resp/reply_parser.h"

namespace kindred {
namespace {

constexpr size_t kOpsMax = 150;

// As the checker's operations have it (lincheck.h): keys are numbers there.
std::string NameOf(const std::vector<std::vector<std::string>>& commands) {
  std::string name;
  for (const auto& args : commands) {
    name += (name.empty() ? "" : ";") + args[0] + " " + args[1].back();
    if (args.size() > 2) name += " " + args[2];
  }
  return name;
}

std::string AnswerOf(const ReplyNode& node) {
  return node.type == ReplyNode::Type::kNil ? "nil" : node.text;
}

}  // namespace

void Transactions::Run(size_t node) {
  if (history_.size() >= kOpsMax) return;
  Random& random = world_.random();
  std::vector<std::string> keys = Keys();
  for (size_t i = keys.size() - 1; i > 0; --i) std::swap(keys[i], keys[random.Below(i + 1)]);
  keys.resize(1 + random.Below(keys.size()));
  const bool reads = random.Chance(0.3);
  std::vector<std::vector<std::string>> commands;
  for (const std::string& key : keys) {
    if (reads || random.Chance(0.3)) {
      commands.push_back({"get", key});
    } else {
      commands.push_back({"set", key, "v" + std::to_string(++last_value_)});
    }
  }
  Issue(node, std::move(commands), Consistency());
}

void Transactions::ReadAll(size_t node, const Consistency& consistency) {
  std::vector<std::vector<std::string>> all;
  for (const std::string& key : Keys()) {
    all.push_back({"get", key});
    Issue(node, {all.back()}, consistency);
  }
  Issue(node, std::move(all), Consistency());
}

void Transactions::Issue(size_t node, std::vector<std::vector<std::string>> commands,
                         const Consistency& consistency) {
  const size_t id = history_.size();
  Op& op = history_.emplace_back();
  op.key = "t{t}";
  op.kind = OpKind::kGroup;
  op.arg = NameOf(commands);
  op.start = world_.now_us();
  op.outcome = OpOutcome::kUnknown;
  open_[id] = node;
  const bool one = commands.size() == 1;
  const auto done = [this, id, one](const std::string& r) { OnReply(id, !one, r); };
  if (one) {
    world_.Command(node, std::move(commands[0]), consistency, timeout_ms_, done);
  } else {
    world_.CommandGroup(node, commands, consistency, timeout_ms_, done);
  }
}

void Transactions::OnReply(size_t id, bool is_array, const std::string& reply) {
  CHECK(open_.erase(id) == 1);
  world_.Trace("transaction " + std::to_string(id) + " " + reply);
  Op& op = history_[id];
  op.end = world_.now_us();
  if (reply.starts_with('-')) {
    const bool refused = reply.find("nothing was done") != std::string::npos;
    CHECK(refused || reply.starts_with("-NOQUORUM"));
    op.outcome = refused ? OpOutcome::kRefused : OpOutcome::kUnknown;
    return;
  }
  ReplyNode node;
  const auto used = ParseReply(reply, &node);
  CHECK(used.ok() && used->has_value());
  std::string answers;
  if (!is_array) answers = AnswerOf(node);
  for (const ReplyNode& item : node.items) {
    answers += (&item == &node.items.front() ? "" : ";") + AnswerOf(item);
  }
  op.outcome = OpOutcome::kDone;
  op.value = std::move(answers);
}

void Transactions::OnCrash(size_t node) {
  std::erase_if(open_, [node](const auto& each) { return each.second == node; });
}

}  // namespace kindred
