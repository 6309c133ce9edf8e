// What an asset's checks came to last on what is there, at the partitions that there are.
//
// Results of checks that the definitions no longer have, or at partitions that they no longer have,
// do not count.
#pragma once

#include <string>
#include <vector>

#include "service/snapshot.hpp"
#include "service/views.hpp"

namespace partita {

// Fills in how many partitions each of the checks passed last, and how many not. Where all that is
// known of the asset is in its definition the store counts them.
Status count_checks(const AssetDef& asset, Snapshot& snapshot, Store& store,
                    std::vector<CheckView>& checks);

// The partitions at which one of these checks did not pass, in time that follows their number.
Result<PartitionSet> checks_not_passed(const AssetDef& asset,
                                       const std::vector<std::string>& checks,
                                       const PartitionSpace& space, Store& store);
// Of `there` those of which one of these checks has no result. Reads them all.
Result<PartitionSet> checks_not_run(const AssetDef& asset, const std::vector<std::string>& checks,
                                    const PartitionSpace& space, const PartitionSet& there,
                                    Store& store);

}  // namespace partita
