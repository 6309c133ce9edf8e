// The plan of a run that only checks: the checks of the selected assets, on what of the selected
// partitions is materialized. A pure function, as make_plan().
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace partita {

struct CheckPlan {
  Plan plan;                   // checks_only
  Index not_materialized = 0;  // of what was selected: nothing to check there
};

// `names`: of the checks to run, empty for all. External assets are checked as others are. Refuses
// a selection without checks, and names that none of its checks has.
Result<CheckPlan> make_check_plan(const AssetExpr& selection, const std::vector<std::string>& names,
                                  const World& world);

}  // namespace partita
