// Makes the projections anew from the event log.
#pragma once

#include "store/attempt_recorder.hpp"
#include "store/catalog_table.hpp"
#include "store/dynamic_sets.hpp"
#include "store/key_renamer.hpp"
#include "store/tables.hpp"
#include "store/wipes.hpp"

namespace partita {

struct Projections {
  Tables& tables;
  AttemptRecorder& attempts;
  DynamicSets& dynamic_sets;
  CatalogTable& catalog;
  Wipes& wipes;
  KeyRenamer& renamer;
};

// Within a write transaction.
Status rebuild(const Projections& projections);

}  // namespace partita
