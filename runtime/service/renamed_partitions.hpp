// What a rename of a dynamic key concerns: the partitions that have the key, of every asset with
// the set, and where their outputs go.
//
// One thread.
#pragma once

#include <vector>

#include "definitions/catalog.hpp"
#include "service/settings.hpp"
#include "store/store.hpp"

namespace partita {

struct RenamedPartitionsOf {
  RenamedAsset asset;
  std::int64_t count = 0;  // of partitions of which anything is known
};

// Refuses a rename to a key of which partitions are known, of an earlier life.
Result<std::vector<RenamedPartitionsOf>> renamed_partitions(const KeyRename& rename,
                                                            const Catalog& catalog, Store& store,
                                                            const Settings& settings);

}  // namespace partita
