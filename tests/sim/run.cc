#include "tests/sim/run.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "causal/record.h"
#include "tests/sim/lincheck.h"
#include "tests/sim/workload.h"

namespace kindred {
namespace {

constexpr uint64_t kFaultsUs = 1'500'000;
constexpr uint64_t kSettleUs = 1'000'000;
constexpr int kReadRoundsMax = 12;
constexpr uint64_t kSearchStepsMax = 3'000'000;
constexpr uint64_t kGroupSearchStepsMax = 50'000;  // whose contents are many

// What the replicas of a key hold differs, or nothing.
std::string Differs(World& world, const std::string& key, std::string* bytes) {
  const ClusterView& view = world.node(0).node().view();
  std::string record_key;
  uint32_t vnode = 0;
  world.node(0).node().Locate(key, 0, &record_key, &vnode);
  std::vector<std::string> stored;
  for (uint16_t node : view.topology().ReplicasOf(vnode)) {
    const std::string& id = view.topology().nodes()[node].id;
    for (size_t i = 0; i < world.size(); ++i) {
      if (world.node(i).id() == id) stored.push_back(world.node(i).StoredRecord(key));
    }
  }
  *bytes = stored[0];
  for (const std::string& other : stored) {
    if (other != stored[0]) return "the replicas of " + key + " did not converge";
  }
  return {};
}

std::vector<std::string> LiveValues(const std::string& bytes) {
  std::vector<std::string> values;
  Record record;
  ByteReader in(bytes);
  if (bytes.empty() || !Record::Decode(in, &record)) return values;
  for (const Version& version : record.versions) {
    if (version.kind != Kind::kTombstone) values.push_back(version.payload);
  }
  return values;
}

// Reads everything at all replicas until they are equal.
std::string Converge(World& world, Workload& workload, std::map<std::string, std::string>* stored) {
  std::string differs;
  for (int round = 0; round < kReadRoundsMax; ++round) {
    workload.ReadEverything(world.random().Below(world.size()), true);
    world.RunUntil(world.now_us() + 400'000);
    differs.clear();
    for (const std::string& key : workload.Keys()) {
      const std::string wrong = Differs(world, key, &(*stored)[key]);
      if (!wrong.empty()) differs = wrong;
    }
    if (differs.empty() && round >= 2) return {};
  }
  return differs;
}

std::string CheckCounter(const std::vector<Op>& history, const std::string& bytes) {
  int64_t acknowledged = 0, unknown = 0;
  for (const Op& op : history) {
    if (op.kind != OpKind::kIncr) continue;
    acknowledged += op.outcome == OpOutcome::kDone;
    unknown += op.outcome == OpOutcome::kUnknown;
  }
  const auto values = LiveValues(bytes);
  const int64_t counter = values.empty() ? 0 : std::stoll(values[0]);
  if (acknowledged <= counter && counter <= acknowledged + unknown) return {};
  return "the counter is " + std::to_string(counter) + ", acknowledged " +
         std::to_string(acknowledged) + ", unknown " + std::to_string(unknown);
}

}  // namespace

RunResult RunSeed(uint64_t seed, const WorldOptions& options) {
  RunResult result;
  World world(seed, options);
  Workload workload(world, 6);
  world.RunUntil(kFaultsUs);
  workload.Stop();
  world.Heal();
  world.RunUntil(kFaultsUs + kSettleUs);
  std::map<std::string, std::string> stored;
  const std::string differs = Converge(world, workload, &stored);
  result.trace_hash = world.trace_hash();
  result.answered = workload.answered();
  result.writes = workload.done_writes();

  std::map<std::string, std::vector<Op>> by_key;
  for (const Op& op : workload.history()) by_key[op.key].push_back(op);
  for (const Op& op : workload.pipelines().history()) by_key[op.key].push_back(op);
  for (const Op& op : workload.transactions().history()) by_key[op.key].push_back(op);
  for (auto& [key, ops] : by_key) {
    if (key.front() == 'm') continue;  // both kinds of writes: no register
    const bool groups = ops.front().kind == OpKind::kGroup;
    const Finding finding = CheckKey(ops, groups ? kGroupSearchStepsMax : kSearchStepsMax);
    if (finding.verdict == Verdict::kUndecided) result.undecided = true;
    if (finding.verdict == Verdict::kNot) {
      result.violation = key + " is not linearizable: " + finding.details;
      return result;
    }
  }
  for (const std::string& wrong :
       {workload.wrong(), CheckCounter(by_key["c0"], stored["c0"]),
        workload.siblings().OnEnd("s0", LiveValues(stored["s0"])),
        workload.siblings().OnEnd("s1", LiveValues(stored["s1"])), workload.flushes().Wrong(),
        workload.groups().Wrong(), workload.pipelines().Wrong(), differs,
        workload.open() == 0 ? std::string() : "a request was never answered"}) {
    if (!wrong.empty() && result.violation.empty()) result.violation = wrong;
  }
  return result;
}

}  // namespace kindred
