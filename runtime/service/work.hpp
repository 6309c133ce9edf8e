// What a run does, as the verbs that begin one tell the one place that runs it.
#pragma once

#include <functional>
#include <string>

#include "service/planning.hpp"

namespace partita {

struct Work {
  std::string name;                             // as the run's selection shows it
  std::function<Result<Plan>(Snapshot&)> plan;  // asked for once nobody else runs
  RunId resumed = 0;                            // the run that goes on; 0: a new one
};

}  // namespace partita
