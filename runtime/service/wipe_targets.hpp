// Which partitions a wipe takes, and how it takes them: those of a selection, or orphans, of which
// anything is known.
//
// One thread.
#pragma once

#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

struct WipeTargets {
  std::vector<WipedView> assets;    // for people
  std::vector<WipeTarget> targets;  // where outputs go is not said yet
  // Of each target, where it is; empty: it has none, or none that is its own.
  std::vector<Path> outputs;
};

// Refuses a partitioned asset without partitions.
Result<WipeTargets> wipe_targets(const WipeRequest& request, Snapshot& snapshot, Store& store,
                                 const Settings& settings);

// Orphans whose output directories a plan's partitions are to have, since their keys are the same.
Result<WipeTargets> displaced_by(const Plan& plan, Snapshot& snapshot, Store& store,
                                 const Settings& settings);

// While nobody else wipes, or begins a run.
Result<WipeId> forget(WipeTargets found, std::string_view selection, Store& store,
                      const Settings& settings);

}  // namespace partita
