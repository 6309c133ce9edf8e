// What the runs that live are making, and are still to make: for what is shown, never for a plan.
//
// A run lives while its lease is held. As of one moment, which is to be before the statuses are
// read: what is decided later is in both, and not in neither. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/settings.hpp"
#include "service/snapshot.hpp"

namespace partita {

// A run's share of one asset's partitions.
struct RunShare {
  RunId run = 0;
  PartitionSet running, queued;
};

class LiveRuns {
 public:
  // The catalog, which is today's, and the store are borrowed.
  static Result<LiveRuns> look(const Settings& settings, const Catalog& catalog, Store& store);

  // That run alone, of whatever kind; none, where it does not live.
  static LiveRuns look_at(const Settings& settings, const Catalog& catalog, Store& store,
                          RunRecord run);

  // `untouched`: what was never attempted, by the statuses that it is shown with. What was decided
  // after they were read is still the run's.
  Result<std::vector<RunShare>> shares_of(const AssetDef& asset, const PartitionSpace& space,
                                          const PartitionSet& untouched);

 private:
  struct LiveRun {
    RunRecord record;
    Json activity;  // null: it has told nothing yet
  };
  LiveRuns(const Catalog& catalog, Store& store) : catalog_(catalog), store_(store) {}
  Result<RunShare> share_of(const LiveRun& run, const AssetDef& asset, const PartitionSpace& space,
                            const PartitionSet& untouched);
  Result<PartitionSet> undecided_of_plan(const RunRecord& run, const AssetDef& asset,
                                         const PartitionSpace& space,
                                         const PartitionSet& untouched);

  const Catalog& catalog_;
  Store& store_;
  std::vector<LiveRun> runs_;
};

// The statuses that are shown: running and queued go before what happened to a partition.
struct ShownStatuses {
  StatusMap statuses;
  std::vector<RunShare> shares;
  std::optional<StatusMap> before;  // where a run is at some of them: as if none were

  const StatusMap& resting() const { return before ? *before : statuses; }
  // The run that makes it, or is to; null: none.
  const RunShare* share_at(Index partition) const;
  // `run 7 is making it`; empty: none.
  std::string activity_at(Index partition) const;
};
Result<ShownStatuses> shown_statuses(const AssetDef& asset, Snapshot& snapshot, LiveRuns& live);

}  // namespace partita
