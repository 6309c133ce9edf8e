// Which partitions a wipe takes: those of a selection, or orphans, of which anything is known.
//
// One thread.
#pragma once

#include <vector>

#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

struct WipeTargets {
  std::vector<WipedView> assets;    // for people
  std::vector<WipeTarget> targets;  // where outputs go is not said yet
  std::vector<Path> outputs;        // of each target, where it is; empty: it has none
};

// Refuses a partitioned asset without partitions.
Result<WipeTargets> wipe_targets(const WipeRequest& request, Snapshot& snapshot, Store& store,
                                 const Settings& settings);

}  // namespace partita
