// Parts that the JSON of several views is made of.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "service/views.hpp"

namespace partita {

Json strings(const std::vector<std::string>& values);
Json or_null(const std::string& text);
Json instant_or_null(Instant at);  // null: 0
Json metadata_json(const std::vector<std::pair<std::string, Json>>& metadata);
Json problems_json(const std::vector<ProblemView>& problems);
Json row_json(const AssetRow& row);
Json orphaned_json(const OrphanedCount& orphaned);
Json latest_json(const AssetView::Latest& latest);
Json check_json(const CheckResultView& check);
// With what stands for the partitions of an asset that has none.
Json tasks_json(const std::vector<PlanTaskView>& tasks, const Json& unpartitioned);

}  // namespace partita
