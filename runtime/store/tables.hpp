// The log and the projections that recording and reading attempts share.
#pragma once

#include "store/check_results.hpp"
#include "store/event_log.hpp"
#include "store/names.hpp"
#include "store/partition_states.hpp"
#include "store/runs.hpp"
#include "store/sqlite.hpp"

namespace partita {

struct Tables {
  explicit Tables(Database& file) : database(file) {}

  Database& database;
  EventLog log{database};
  Names names{database, log};
  PartitionStates states{database};
  CheckResults checks{database};
  Runs runs{database, log};
};

}  // namespace partita
