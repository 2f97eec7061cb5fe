#include "tests/sim/groups.h"

#include <algorithm>

namespace kindred {
namespace {

bool Exists(const ReplyNode& node) { return node.type != ReplyNode::Type::kNil; }

int64_t NumberOf(const ReplyNode& node) {
  if (node.type == ReplyNode::Type::kInteger) return node.integer;
  return Exists(node) ? std::stoll(node.text) : 0;
}

}  // namespace

std::vector<std::vector<std::string>> GroupsCheck::CommandsOf(Kind kind, bool back) {
  const std::vector<std::string> keys = Keys();
  const std::string &from = keys[back ? 3 : 2], &to = keys[back ? 2 : 3];
  switch (kind) {
    case Kind::kIncr:
      return {{"incr", keys[0]}, {"incr", keys[1]}};
    case Kind::kPut:
      return {{"set", from, "thing"}, {"del", to}};
    case Kind::kMove:
      return {{"rename", from, to}};
    case Kind::kRead:
      return {{"mget", keys[0], keys[1]}, {"get", keys[2]}, {"get", keys[3]}};
  }
  return {};
}

uint64_t GroupsCheck::OnBegin(Kind kind, uint64_t now_us) {
  Event event;
  event.kind = kind;
  event.start = now_us;
  events_.push_back(event);
  return events_.size();
}

void GroupsCheck::OnReply(uint64_t number, Outcome outcome, const ReplyNode& reply,
                          uint64_t now_us) {
  Event& event = events_[number - 1];
  event.end = now_us;
  event.outcome = outcome;
  if (outcome != Outcome::kDone) return;
  if (event.kind == Kind::kRead) CheckRead(event, reply);
  if (event.kind != Kind::kIncr) return;
  if (reply.items.size() != 2 || NumberOf(reply.items[0]) != NumberOf(reply.items[1])) {
    wrong_ = "two counters that are one have parted";
    return;
  }
  CheckNumber(event, NumberOf(reply.items[0]));
}

void GroupsCheck::CheckRead(const Event& read, const ReplyNode& reply) {
  if (reply.items.size() != 3 || reply.items[0].items.size() != 2) {
    wrong_ = "a group's reply has the wrong shape";
    return;
  }
  const int64_t a = NumberOf(reply.items[0].items[0]), b = NumberOf(reply.items[0].items[1]);
  if (a != b) wrong_ = "read " + std::to_string(a) + " and " + std::to_string(b) + " at one moment";
  CheckNumber(read, a);
  const bool c = Exists(reply.items[1]), d = Exists(reply.items[2]);
  if (c && d) wrong_ = "what was moved is in both places";
  const bool put = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
    return event.kind == Kind::kPut && event.outcome == Outcome::kDone && event.end < read.start;
  });
  if (put && !c && !d) wrong_ = "what was moved is in no place";
}

void GroupsCheck::CheckNumber(const Event& event, int64_t number) {
  int64_t least = 0, most = 0;
  for (const Event& each : events_) {
    if (each.kind != Kind::kIncr) continue;
    least += each.outcome == Outcome::kDone && each.end < event.start;
    most += each.start <= event.end && each.outcome != Outcome::kRefused;
  }
  if (number >= least && number <= most) return;
  wrong_ = "counted " + std::to_string(number) + " of at least " + std::to_string(least) +
           " and at most " + std::to_string(most);
}

}  // namespace kindred
