// From a request to a plan, and what is told of a plan.
#pragma once

#include "plan/plan.hpp"
#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

// --partition KEY, --partition-range A...B; null: neither was given.
Result<std::shared_ptr<const PartitionExpr>> partition_option(const std::string& partition,
                                                              const std::string& range);

Result<Plan> plan_of(const MaterializeRequest& request, Snapshot& snapshot,
                     const PartitionsByAsset& taken_over = {});

// Of the plugins whose assets it runs.
std::vector<ProblemView> problems_of(const Plan& plan, const Catalog& catalog);
// Sets of partitions in at most `limit` pieces; in full, as text that means the same later on.
PlanView to_view(const Plan& plan, Snapshot& snapshot, std::size_t limit);
// As a run keeps it: [{asset, partitions, count, reason, blocked, conditional}], the last two where
// they are true.
Json to_plan_json(const PlanView& view);

// How many partitions at once: what was asked for, else the settings'.
int jobs_of(const Settings& settings, int jobs);
// By what partitions of the assets took lately; 0 where that is unknown.
double estimated_seconds(const Plan& plan, const Settings& settings, int jobs, Store& store);

}  // namespace partita
