// The simulator has to notice what it is there for: each rule that is left out is caught within a
// bounded number of seeds. A variant that is no longer caught means that a checker sleeps, or that
// the faults have become too mild.
#include <string>

#include "gtest/gtest.h"
#include "tests/sim/run.h"
#include "tests/sim/variants.h"

namespace kindred {
namespace {

struct Variant {
  std::string rule;
  bool duels;
  uint64_t seeds_max;
};

class Sabotage : public testing::TestWithParam<Variant> {};

TEST_P(Sabotage, IsCaught) {
  WorldOptions options;
  options.duels = GetParam().duels;
  ASSERT_TRUE(LeaveOut(GetParam().rule, &options));
  for (uint64_t seed = 1; seed <= GetParam().seeds_max; ++seed) {
    const RunResult result = RunSeed(seed, options);
    if (result.violation.empty()) continue;
    RecordProperty("seed", std::to_string(seed));
    RecordProperty("violation", result.violation);
    return;
  }
  FAIL() << "no seed has noticed that this is left out: " << GetParam().rule;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Sabotage,
    testing::Values(Variant{"AckAfterSync", false, 2000},
                    Variant{"NewActorAfterCrash", false, 4000}, Variant{"Grants", true, 4000},
                    Variant{"QuorumBase", true, 4000}, Variant{"GrantersBase", true, 8000},
                    Variant{"NoticeBrokenGrant", true, 8000}, Variant{"Guard", true, 8000},
                    Variant{"OwnCopyLast", true, 2000}, Variant{"LinksOnce", false, 8000},
                    Variant{"ConfirmUndecided", false, 4000},
                    Variant{"SpreadDecidedOnly", false, 4000}, Variant{"WholeGroups", false, 2000},
                    Variant{"ConcludeGroups", false, 2000}, Variant{"RunOnce", false, 1000},
                    Variant{"KeepOrder", false, 2000}, Variant{"StepUnderGrant", false, 1000},
                    Variant{"HeedChanges", false, 1000}, Variant{"HeedBehind", false, 1000},
                    Variant{"VouchedAfterRead", false, 4000},
                    Variant{"RecallOvertaken", false, 4000}),
    [](const auto& variant) { return variant.param.rule; });

}  // namespace
}  // namespace kindred
