// What a run does, as the verbs that begin one tell the one place that runs it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "service/planning.hpp"

namespace partita {

struct Work {
  std::string name;  // as the run's selection shows it
  // Asked for while nobody begins another run, and again if it has to wait for one. Without what
  // others made meanwhile.
  std::function<Result<Plan>(Snapshot&, const PartitionsByAsset& taken_over)> plan;
  RunId resumed = 0;                      // the run that goes on; 0: a new one
  std::vector<std::string> options = {};  // that say what it makes, besides the name, as typed
};

}  // namespace partita
