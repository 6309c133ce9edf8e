// The displayed statuses of an asset's partitions, as sets: each partition is in exactly one.
#pragma once

#include <map>

#include "partitions/set.hpp"
#include "service/views.hpp"
#include "store/store.hpp"

namespace partita {

// A status without partitions may be left out.
using StatusMap = std::map<DisplayStatus, PartitionSet>;

// What was ever attempted, or held back.
PartitionSet ever_attempted(const OutcomeSets& outcomes);
StatusMap display_statuses(const OutcomeSets& outcomes);
// What runs, or is to run, is no longer in what happened to it.
void put_first(StatusMap& statuses, PartitionSet running, PartitionSet queued);
StatusCounts counts_of(const StatusMap& statuses);
std::vector<StripBucket> strip_of(const StatusMap& statuses, Index size, std::size_t buckets = 24);

DisplayStatus display_status(Outcome outcome);

}  // namespace partita
