// Evaluates a selection over a catalog: which assets, and which of their partitions.
//
// A pure function of what it is given; it asks for a space or for statuses only where the selection
// needs them. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.hpp"
#include "definitions/catalog.hpp"
#include "partitions/mapping.hpp"
#include "partitions/selection.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"

namespace partita {

// What planning knows of the world: values made on request, all as of the same moment.
struct World {
  CatalogPtr catalog;
  std::function<Result<SpacePtr>(const AssetDef&)> space;
  std::function<Result<StatusSets>(const AssetDef&)> statuses;
};

struct SelectedAsset {
  PartitionSet partitions;
  bool named = false;  // the selection named partitions; false: all of them, for a filter to narrow
};

using Selected = std::map<std::string, SelectedAsset>;  // by asset key

// Refuses assets and keys that do not exist, with what was near. `+x` and `x+` follow the partition
// mappings from the partitions that were named.
Result<Selected> select(const AssetExpr& expr, const World& world);

// The upstream (or downstream) asset's side of a dependency, bound to this world's spaces.
Result<std::shared_ptr<const Mapping>> mapping_between(const Dependency& dep,
                                                       const AssetDef& upstream,
                                                       const AssetDef& downstream,
                                                       const World& world);

}  // namespace partita
