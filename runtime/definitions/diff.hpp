// What changed from one generation to the next, in people's words.
#pragma once

#include <string>
#include <vector>

#include "definitions/catalog.hpp"

namespace partita {

struct AssetChange {
  std::string asset;
  // `code`, `code version 1 -> 2`, `dependencies: +orders`, `partitions: monthly -> weekly`, ...
  std::vector<std::string> what;
};

struct CatalogDiff {
  std::vector<std::string> added;  // asset keys
  std::vector<std::string> removed;
  std::vector<AssetChange> changed;
  std::int64_t unchanged = 0;
  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

CatalogDiff diff(const Catalog& before, const Catalog& after);

}  // namespace partita
