// Operations on several keys that run as one. Their keys are the fields of one register.
#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/lincheck.h"

namespace kindred {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

struct Command {
  size_t key = 0;
  std::string value;  // that is set; empty: it gets
};

std::vector<Command> CommandsOf(const Op& op) {
  std::vector<Command> commands;
  for (const std::string& text : Split(op.arg, ';')) {
    const std::vector<std::string> words = Split(text, ' ');
    commands.push_back({std::stoul(words.at(1)), words.size() > 2 ? words[2] : std::string()});
  }
  return commands;
}

}  // namespace

bool OnlyReads(const Op& op) {
  if (op.kind != OpKind::kGroup) return op.kind == OpKind::kRead;
  const std::vector<Command> commands = CommandsOf(op);
  return std::all_of(commands.begin(), commands.end(),
                     [](const Command& command) { return command.value.empty(); });
}

std::optional<Content> RunGroupOn(const Content& content, const Op& op) {
  std::vector<std::string> fields = Split(content.value_or("nil,nil,nil"), ',');
  std::string answers;
  for (const Command& command : CommandsOf(op)) {
    std::string& field = fields.at(command.key);
    if (!command.value.empty()) field = command.value;
    answers += (answers.empty() ? "" : ";") + (command.value.empty() ? field : "OK");
  }
  if (op.outcome == OpOutcome::kDone && op.value != answers) return std::nullopt;
  std::string next;
  for (const std::string& field : fields) next += (next.empty() ? "" : ",") + field;
  return Content(next);
}

void ForgetUnseenGroups(std::vector<Op>* ops) {
  std::set<std::string> seen;
  for (const Op& op : *ops) {
    if (op.kind != OpKind::kGroup || !op.value.has_value()) continue;
    for (std::string& answer : Split(*op.value, ';')) seen.insert(std::move(answer));
  }
  std::erase_if(*ops, [&](const Op& op) {
    if (op.kind != OpKind::kGroup || op.outcome != OpOutcome::kUnknown) return false;
    const std::vector<Command> commands = CommandsOf(op);
    return std::none_of(commands.begin(), commands.end(),
                        [&](const Command& command) { return seen.contains(command.value); });
  });
}

}  // namespace kindred
