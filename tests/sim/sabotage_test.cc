// The simulator has to notice what it is there for: each rule that is left out is caught within a
// bounded number of seeds. A variant that is no longer caught means that a checker sleeps, or that
// the faults have become too mild.
//
// Two are not here yet, because no seed of the first few thousands notices that they are left out: that a broken grant
// makes keys stale, and that only decided versions spread.
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "tests/sim/run.h"

namespace kindred {
namespace {

struct Variant {
  std::string name;
  std::function<void(WorldOptions*)> leave_out;
  uint64_t seeds_max;
};

class Sabotage : public testing::TestWithParam<Variant> {};

TEST_P(Sabotage, IsCaught) {
  WorldOptions options;
  GetParam().leave_out(&options);
  for (uint64_t seed = 1; seed <= GetParam().seeds_max; ++seed) {
    const RunResult result = RunSeed(seed, options);
    if (result.violation.empty()) continue;
    RecordProperty("seed", std::to_string(seed));
    RecordProperty("violation", result.violation);
    return;
  }
  FAIL() << "no seed has noticed that this is left out: " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Sabotage,
    testing::Values(
        Variant{"AckAfterSync", [](WorldOptions* o) { o->rules.ack_after_sync = false; }, 2000},
        Variant{"NewActorAfterCrash",
                [](WorldOptions* o) { o->rules.new_actor_after_crash = false; }, 4000},
        Variant{"Grants", [](WorldOptions* o) { o->rules.grants = false; }, 2000},
        Variant{"QuorumBase", [](WorldOptions* o) { o->rules.quorum_base = false; }, 2000},
        Variant{"Guard", [](WorldOptions* o) { o->rules.guard = false; }, 2000},
        Variant{"OwnCopyLast", [](WorldOptions* o) { o->rules.own_copy_last = false; }, 4000},
        Variant{"LinksOnce", [](WorldOptions* o) { o->links_repeat = true; }, 8000},
        Variant{"ConfirmUndecided", [](WorldOptions* o) { o->rules.confirm_undecided = false; },
                4000}),
    [](const auto& variant) { return variant.param.name; });

}  // namespace
}  // namespace kindred
