// The rules that can be left out of the simulated nodes, by name: each of these variants is broken,
// and the simulator has to notice it.
#ifndef KINDRED_TESTS_SIM_VARIANTS_H_
#define KINDRED_TESTS_SIM_VARIANTS_H_

#include <array>
#include <string_view>

#include "tests/sim/world.h"

namespace kindred {

struct RuleName {
  std::string_view name;
  bool Rules::*rule;
};

inline constexpr std::array<RuleName, 20> kRuleNames = {{
    {"AckAfterSync", &Rules::ack_after_sync},
    {"NewActorAfterCrash", &Rules::new_actor_after_crash},
    {"Grants", &Rules::grants},
    {"QuorumBase", &Rules::quorum_base},
    {"GrantersBase", &Rules::granters_base},
    {"NoticeBrokenGrant", &Rules::notice_broken_grant},
    {"Guard", &Rules::guard},
    {"OwnCopyLast", &Rules::own_copy_last},
    {"LinksOnce", &Rules::links_once},
    {"ConfirmUndecided", &Rules::confirm_undecided},
    {"SpreadDecidedOnly", &Rules::spread_decided_only},
    {"WholeGroups", &Rules::whole_groups},
    {"ConcludeGroups", &Rules::conclude_groups},
    {"RunOnce", &Rules::run_once},
    {"KeepOrder", &Rules::keep_order},
    {"StepUnderGrant", &Rules::step_under_grant},
    {"HeedChanges", &Rules::heed_changes},
    {"HeedBehind", &Rules::heed_behind},
    {"VouchedAfterRead", &Rules::vouched_after_read},
    {"RecallOvertaken", &Rules::recall_overtaken},
}};

// False: there is no such rule.
inline bool LeaveOut(std::string_view name, WorldOptions* options) {
  for (const RuleName& each : kRuleNames) {
    if (each.name != name) continue;
    options->rules.*each.rule = false;
    // The guard catches what a base has missed: with a base of granters that is next to nothing.
    if (!options->rules.guard) options->rules.granters_base = false;
    const bool granters_only = options->rules.guard && !options->rules.granters_base;
    if (!options->rules.whole_groups || !options->rules.conclude_groups || granters_only) {
      options->groups = true;
    }
    if (!options->rules.keep_order) options->pipelines = true;
    if (!options->rules.step_under_grant || !options->rules.heed_changes ||
        !options->rules.heed_behind || !options->rules.vouched_after_read ||
        !options->rules.recall_overtaken || granters_only) {
      options->readers = true;
    }
    options->links_repeat = !options->rules.links_once;
    return true;
  }
  return false;
}

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_VARIANTS_H_
