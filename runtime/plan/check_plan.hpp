// The plan of a run that only checks: the checks of the selected assets, on what of the selected
// partitions is materialized. A pure function, as make_plan().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace partita {

struct CheckPlanRequest {
  std::shared_ptr<const AssetExpr> selection;
  std::shared_ptr<const PartitionExpr> partitions;  // --partition, --partition-range; null: none
  std::vector<std::string> checks;                  // by name; empty: all
  // Only partitions of which some of these checks has not run yet, or did not pass last.
  bool missing = false, failed = false;
};

struct CheckPlan {
  Plan plan;                   // checks_only
  Index not_materialized = 0;  // of what was selected: nothing to check there
};

// External assets are checked as others are. Refuses a selection without checks, and names that
// none of its checks has.
Result<CheckPlan> make_check_plan(const CheckPlanRequest& request, const World& world);

}  // namespace partita
