// Orphans: partitions of which something is known, and which their asset's definition does not
// have, whatever the time is; all of them, where no definition has the asset any more. Their
// history is kept.
//
// One thread.
#pragma once

#include <functional>

#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

// Looks at what is known one by one only where there are some.
Status for_each_orphan(std::string_view asset, Snapshot& snapshot, Store& store,
                       const std::function<void(const PartitionState&)>& visit);

Result<std::int64_t> count_orphans(const AssetDef& asset, Snapshot& snapshot, Store& store);

// All that a definition ever has. A product may have too many until the end of time: those of now.
Result<SpacePtr> space_of_definition(const AssetDef& asset, Snapshot& snapshot);

// As partitions() has them, in the order of their windows and keys.
Result<PartitionsView> orphans_of(const PartitionsRequest& request, Snapshot& snapshot,
                                  Store& store);

// How a partition is shown that no run is at.
DisplayStatus status_of(Outcome last, bool materialized);

}  // namespace partita
