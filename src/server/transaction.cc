#include "server/transaction.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/number.h"
#include "node/internal_commands.h"
#include "resp/reply_parser.h"
#include "topology/slot.h"

namespace kindred {
namespace {

// Collects slots: false as soon as there are two.
class OneSlot {
 public:
  bool Add(std::string_view key) {
    const uint16_t slot = KeySlot(key);
    if (slot_.value_or(slot) != slot) return false;
    slot_ = slot;
    return true;
  }

 private:
  std::optional<uint16_t> slot_;
};

bool IsNil(std::string_view reply) { return reply.starts_with("*-1") || reply.starts_with("_"); }

// The replies in an array's bytes.
std::vector<std::string> Elements(std::string_view array) {
  std::vector<std::string> elements;
  array.remove_prefix(array.find('\n') + 1);
  while (!array.empty()) {
    const auto length = ReplyLength(array);
    CHECK(length.ok() && length->has_value());
    elements.emplace_back(array.substr(0, **length));
    array.remove_prefix(**length);
  }
  return elements;
}

}  // namespace

bool Transaction::IsOfOneSlot() const {
  OneSlot slot;
  for (const Queued& queued : queue) {
    if (queued.command != nullptr) continue;
    const Args args = queued.args.args();
    const KeyRange keys = KeysOf(*queued.row, args);
    for (size_t i = 0; i < keys.count; ++i) {
      if (!slot.Add(args[keys.At(i)])) return false;
    }
  }
  return std::all_of(watches.begin(), watches.end(),
                     [&](const Watched& watched) { return slot.Add(watched.key); });
}

void Transaction::PlanGroups(uint8_t db, bool may_select) {
  SetDatabases(db, may_select);
  steps.clear();
  size_t begin = 0;
  bool written = false;
  for (size_t i = 0; i < queue.size(); ++i) {
    if (!queue[i].Parts()) continue;
    written = PlanPart(begin, i, written) || queue[i].Writes();
    steps.push_back(StepOf(i));
    begin = i + 1;
  }
  PlanPart(begin, queue.size(), written);
}

// What stands from `begin` to before `end`: a group, and behind it what the session answers.
// `written`: something before it writes; returned is whether that is so behind it.
bool Transaction::PlanPart(size_t begin, size_t end, bool written) {
  Step group{Step::What::kGroup, begin, {}, end, !written};
  for (size_t i = 0; i < watches.size() && !written; ++i) group.watched.push_back(i);
  const std::vector<Queued*> commands = CommandsOf(group);
  if (!commands.empty() || !group.watched.empty()) steps.push_back(std::move(group));
  for (size_t i = begin; i < end; ++i) {
    if (queue[i].command != nullptr && !queue[i].denied) steps.push_back(StepOf(i));
  }
  return written || std::any_of(commands.begin(), commands.end(),
                                [](const Queued* queued) { return queued->Writes(); });
}

// As the SELECTs of the queue will have it, the denied ones left out.
void Transaction::SetDatabases(uint8_t db, bool may_select) {
  for (Queued& queued : queue) {
    if (queued.denied) continue;
    queued.db = db;
    if (queued.row->name != "select" || !may_select) continue;
    const auto number = ParseInt64(queued.args.args()[1]);
    const bool known = number && *number >= 0 && *number < static_cast<int64_t>(kDatabases);
    if (known) db = static_cast<uint8_t>(*number);
  }
}

void Transaction::PlanCommands() {
  steps = StepsBySlot(Step::What::kWatches, 0);
  for (size_t i = 0; i < queue.size(); ++i) steps.push_back(StepOf(i));
}

Transaction::Step Transaction::StepOf(size_t index) const {
  const bool is_session = queue[index].command != nullptr;
  return {is_session ? Step::What::kSession : Step::What::kCommand, index, {}};
}

void Transaction::PlanWatch(size_t from) { steps = StepsBySlot(Step::What::kRecords, from); }

std::vector<Transaction::Step> Transaction::StepsBySlot(Step::What what, size_t from) const {
  std::map<uint16_t, Step> by_slot;
  for (size_t i = from; i < watches.size(); ++i) {
    Step& step = by_slot.try_emplace(KeySlot(watches[i].key), Step{what, 0, {}}).first->second;
    step.watched.push_back(i);
  }
  std::vector<Step> by_order;
  for (auto& [slot, step] : by_slot) by_order.push_back(std::move(step));
  return by_order;
}

GroupRequest Transaction::GroupOfStep() {
  const Step& step = steps[done];
  GroupRequest group;
  group.multi = true;
  if (step.what == Step::What::kRecords) {
    record_args_.clear();
    record_args_.reserve(step.watched.size());
    for (size_t i : step.watched) {
      record_args_.push_back({RecordRow().name, watches[i].key});
      group.commands.push_back({&RecordRow(), record_args_.back(), watches[i].db});
    }
    return group;
  }
  for (const Queued* queued : CommandsOf(step)) {
    group.commands.push_back({queued->row, queued->args.args(), queued->db});
  }
  for (size_t i : step.watched) {
    const Watched& watched = watches[i];
    group.watches.push_back({watched.key, watched.db, watched.seen, watched.existed});
  }
  return group;
}

std::vector<Transaction::Queued*> Transaction::CommandsOf(const Step& step) {
  std::vector<Queued*> commands;
  for (size_t i = step.index; i < step.end; ++i) {
    if (queue[i].InGroup()) commands.push_back(&queue[i]);
  }
  return commands;
}

void Transaction::TakeGroupReply(std::string_view reply, uint64_t now_ms) {
  const Step& step = steps[done];
  const bool is_error = reply.starts_with('-');
  if (IsNil(reply) || (is_error && step.ends_all)) {
    outcome = reply;
    return;
  }
  if (is_error) {
    for (Queued* queued : CommandsOf(step)) queued->reply = reply;
    return;
  }
  std::vector<std::string> elements = Elements(reply);
  if (step.what == Step::What::kRecords) {
    CHECK(elements.size() == step.watched.size());
    for (size_t i = 0; i < elements.size(); ++i) {
      Record record;
      const bool is_record = RecordOfReply(elements[i], &record);
      CHECK(is_record);
      watches[step.watched[i]].seen = record.context;
      watches[step.watched[i]].existed = NewestLive(record, now_ms) != nullptr;
    }
    return;
  }
  size_t next = 0;
  for (Queued* queued : CommandsOf(step)) queued->reply = std::move(elements.at(next++));
}

std::string Transaction::Reply(int protocol) const {
  std::string bytes;
  ReplyWriter writer(&bytes, protocol);
  if (!outcome.empty() && !IsNil(outcome)) return outcome;
  if (!is_exec) {
    writer.Simple("OK");
  } else if (!outcome.empty()) {
    writer.NilArray();
  } else {
    writer.Array(queue.size());
    for (const Queued& queued : queue) writer.Raw(queued.reply);
  }
  return bytes;
}

void Transaction::Clear() { *this = Transaction(); }

}  // namespace kindred
