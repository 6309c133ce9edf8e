// What has moved between a frozen plan and the one that the same request comes to now, partition by
// partition.
#pragma once

#include <string>
#include <vector>

#include "service/plan_file.hpp"

namespace partita {

// One line each, of many partitions that moved alike the first; empty: nothing that it rests on.
Result<std::vector<std::string>> moved_since(const PlanFile& frozen, const Plan& now,
                                             const Settings& settings, Snapshot& snapshot,
                                             Store& store);

}  // namespace partita
