// Orphaned assets: those of which something is known, and which no definition has any more. What is
// kept of them is read from the store alone.
//
// One thread.
#pragma once

#include <string>
#include <string_view>

#include "service/settings.hpp"
#include "service/snapshot.hpp"
#include "service/views.hpp"

namespace partita {

// In time that follows the number of assets.
Result<OrphanedCount> count_orphaned(Snapshot& snapshot);

// By name. Goes through all that is known of them, and through their outputs, up to a number.
Result<OrphanedAssetsView> orphaned_assets(Snapshot& snapshot, Store& store,
                                           const Settings& settings);

// As show() and explain() have it.
Result<AssetView> show_orphaned(const std::string& asset, Store& store);
Result<ExplainView> explain_orphaned(std::string_view partition, std::int64_t most_attempts,
                                     Store& store);

// A partition that its definition, if there is one, does not have.
Result<ExplainView> explain_kept(const std::string& asset, const PartitionState& state,
                                 std::int64_t most_attempts, Store& store);

}  // namespace partita
