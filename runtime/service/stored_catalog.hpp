// The definitions that the store keeps, as a catalog.
#pragma once

#include "definitions/catalog.hpp"
#include "store/store.hpp"

namespace partita {

// An empty one where none was ever saved.
Result<Catalog> current_catalog(Store& store);
Result<Catalog> catalog_of(std::int64_t generation, Store& store);

}  // namespace partita
