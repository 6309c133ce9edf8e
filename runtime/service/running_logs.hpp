// What of a run runs now, and what that has printed so far.
#pragma once

#include <string>
#include <vector>

#include "service/project.hpp"
#include "service/settings.hpp"
#include "service/snapshot.hpp"

namespace partita {

struct RunningLogs {
  std::vector<Project::LogPiece> pieces;  // as the run's process tells; none where it does not live
  bool is_to_run = false;                 // the one partition that was asked for, later
};

// Of all its partitions, of one asset's, or of one: empty texts stand for any. What a batch prints
// is with the first of its partitions that was asked for.
Result<RunningLogs> running_logs(const RunRecord& run, const std::string& asset,
                                 const std::string& key, Snapshot& snapshot, Store& store,
                                 const Settings& settings);

}  // namespace partita
