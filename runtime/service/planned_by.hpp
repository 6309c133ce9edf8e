// What a run had planned, from its record.
#pragma once

#include <string>
#include <vector>

#include "definitions/catalog.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"
#include "store/store.hpp"

namespace partita {

enum class Planned { to_run, conditional, blocked_too };

// Each once.
std::vector<std::string> assets_planned_by(const RunRecord& run);

bool allowed_missing_upstream(const RunRecord& run);

// Of one asset, in this space; keys that were renamed since are found. An error if it names keys
// that are not there any more.
Result<PartitionSet> planned_by(const RunRecord& run, const AssetDef& asset,
                                const PartitionSpace& space, Planned which, Store& store);

}  // namespace partita
