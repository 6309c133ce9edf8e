// Orphans: partitions of which something is known, and which their asset's definition does not
// have, whatever the time is. Their history is kept.
//
// One thread.
#pragma once

#include <functional>

#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

Status for_each_orphan(const AssetDef& asset, Snapshot& snapshot, Store& store,
                       const std::function<void(const PartitionState&)>& visit);

// Looks at them one by one only where there are some.
Result<std::int64_t> count_orphans(const AssetDef& asset, Snapshot& snapshot, Store& store);

// As partitions() has them, in the order of their windows and keys.
Result<PartitionsView> orphans_of(const AssetDef& asset, const PartitionsRequest& request,
                                  Snapshot& snapshot, Store& store);

}  // namespace partita
