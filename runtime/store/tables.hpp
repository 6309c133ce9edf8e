// The log and the projections that recording and reading attempts share.
#pragma once

#include "store/check_results.hpp"
#include "store/event_log.hpp"
#include "store/key_renames.hpp"
#include "store/names.hpp"
#include "store/partition_states.hpp"
#include "store/runs.hpp"
#include "store/sqlite.hpp"
#include "store/unpublished_outputs.hpp"

namespace partita {

struct Tables {
  explicit Tables(Database& file) : database(file) {}

  // What was remembered of tables that are no longer what they were.
  void forget() {
    names.forget();
    renames.forget();
  }

  Database& database;
  EventLog log{database};
  Names names{database, log};
  KeyRenames renames{database};
  PartitionStates states{database};
  CheckResults checks{database};
  Runs runs{database, log};
  UnpublishedOutputs outputs{database};
};

}  // namespace partita
