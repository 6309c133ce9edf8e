// The last definitions of assets that no definition has any more.
//
// One thread.
#pragma once

#include <vector>

#include "definitions/catalog.hpp"
#include "store/store.hpp"

namespace partita {

// Of which anything was ever recorded. Reads earlier generations, where there are such assets.
Result<std::vector<AssetDef>> former_definitions(const Catalog& today, Store& store);

}  // namespace partita
