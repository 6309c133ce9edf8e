// What a change of definitions does to partitions: how many leave and come, and how many of those
// that leave are materialized and so go on as history.
#pragma once

#include <vector>

#include "definitions/diff.hpp"
#include "service/snapshot.hpp"

namespace partita {

// For assets that are removed, and those whose partitions are defined in another way. Both
// snapshots are as of the same moment.
Result<std::vector<PartitionsEffect>> effects_of(const CatalogDiff& diff, Snapshot& before,
                                                 Snapshot& after);

}  // namespace partita
