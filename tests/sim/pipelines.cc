#include "tests/sim/pipelines.h"

#include "base/check.h"

namespace kindred {
namespace {

constexpr uint64_t kIncrsMax = 8;  // on one connection
constexpr uint64_t kGapMaxUs = 2000;

std::string KeyOf(uint32_t client) { return "p" + std::to_string(client); }

}  // namespace

std::vector<std::string> Pipelines::Keys(uint32_t clients) {
  std::vector<std::string> keys;
  for (uint32_t client = 0; client < clients; ++client) keys.push_back(KeyOf(client));
  return keys;
}

void Pipelines::Begin(uint32_t client, size_t node) {
  Connection& connection = connections_[client];
  if (connection.unsent > 0 || !connection.in_flight.empty()) return;
  connection.node = node;
  connection.unsent = 2 + world_.random().Below(kIncrsMax - 1);
  Send(client, ++connection.number);
}

void Pipelines::Later(uint32_t client, uint64_t number) {
  const bool at_once = world_.random().Chance(0.5);
  world_.After(at_once ? 0 : world_.random().Below(kGapMaxUs),
               [this, client, number] { Send(client, number); });
}

void Pipelines::Send(uint32_t client, uint64_t number) {
  Connection& connection = connections_[client];
  if (connection.number != number || connection.unsent == 0) return;
  const std::string key = KeyOf(client);
  KeysInFlight::Touch touch;
  touch.write = true;
  touch.keys = {{1, world_.node(connection.node).node().RouteOf(key)}};
  const bool blocked = connection.in_flight.BlockerOf(touch) != 0;
  if (blocked || !world_.can_serve(connection.node)) {
    world_.After(kGapMaxUs, [this, client, number] { Send(client, number); });
    return;
  }
  --connection.unsent;
  Op op;
  op.key = key;
  op.kind = OpKind::kIncr;
  op.arg = "1";
  op.start = world_.now_us();
  op.outcome = OpOutcome::kUnknown;
  history_.push_back(op);
  const uint64_t incr = history_.size();
  connection.in_flight.Add(incr, touch);
  world_.Command(connection.node, {"incr", key}, Consistency(), timeout_ms_,
                 [this, client, incr](const std::string& r) { OnReply(client, incr, r); });
  Later(client, number);
}

void Pipelines::OnReply(uint32_t client, uint64_t incr, const std::string& reply) {
  world_.Trace("reply to " + KeyOf(client) + " " + std::to_string(incr) + " " + reply);
  connections_[client].in_flight.Remove(incr);
  Op& op = history_[incr - 1];
  CHECK(op.end == 0);  // every request is answered once
  op.end = world_.now_us();
  if (reply.starts_with(':')) {
    op.outcome = OpOutcome::kDone;
    op.value = reply.substr(1, reply.size() - 3);
  } else if (reply.find("nothing was done") != std::string::npos) {
    op.outcome = OpOutcome::kRefused;
  } else if (!reply.starts_with("-NOQUORUM")) {
    wrong_ = "unexpected reply: " + reply;
  }
}

void Pipelines::OnCrash(size_t node) {
  for (auto& [client, connection] : connections_) {
    if (connection.node != node) continue;
    connection.unsent = 0;
    connection.in_flight = {};
  }
}

size_t Pipelines::open() const {
  size_t open = 0;
  for (const auto& [client, connection] : connections_)
    open += connection.in_flight.requests().size();
  return open;
}

std::string Pipelines::Wrong() const {
  std::map<std::string, int64_t> last;
  for (const Op& op : history_) {
    if (op.outcome != OpOutcome::kDone) continue;
    const int64_t seen = std::stoll(*op.value);
    int64_t& before = last[op.key];
    if (seen <= before) {
      return op.key + " counted " + *op.value + " for an INCR that was sent after the one which " +
             "counted " + std::to_string(before);
    }
    before = seen;
  }
  return wrong_;
}

}  // namespace kindred
