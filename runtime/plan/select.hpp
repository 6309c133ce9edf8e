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
#include "plan/made.hpp"

namespace partita {

struct Freshness;

// What planning knows of the world: values made on request, all as of the same moment.
struct World {
  CatalogPtr catalog;
  std::function<Result<SpacePtr>(const AssetDef&)> space;
  std::function<Result<StatusSets>(const AssetDef&)> statuses;
  std::function<Result<std::shared_ptr<const Mapping>>(const Dependency&, const AssetDef& upstream,
                                                       const AssetDef& downstream)>
      mapping;
  std::function<Result<const Made*>(const AssetDef&)> made;  // lives as long as the world
  std::function<Result<std::vector<MadeVersions>>(const AssetDef&, const PartitionSet&)> versions;
  std::function<Result<std::vector<LostKeys>>(const AssetDef&)> lost_keys;
  std::function<Result<const Freshness*>(const AssetDef&)> freshness;  // freshness_of(), kept
  // What is materialized of which some of the checks has no result, or one of which did not pass
  // last.
  using ChecksAt =
      std::function<Result<PartitionSet>(const AssetDef&, const std::vector<std::string>& checks)>;
  ChecksAt checks_not_run, checks_not_passed;
  // Names of what the catalog does not have, and of which something is known. None: there are none.
  std::function<std::vector<std::string>()> orphaned_assets = {};
  Json config = Json::object();  // the project's: {"ASSET": {name: value}}
};

struct SelectedAsset {
  PartitionSet partitions;
  bool named = false;  // the selection named partitions; false: all of them, for a filter to narrow
};

using Selected = std::map<std::string, SelectedAsset>;  // by asset key

// Refuses assets and keys that do not exist, with what was near. `+x` and `x+` follow the partition
// mappings from the partitions that were named.
Result<Selected> select(const AssetExpr& expr, const World& world);

// For a name that the catalog does not have: what was near, or that the asset was removed.
Error no_such_asset(ErrorCode code, std::string_view asset, const World& world);

// Of the set those that --partition or --partition-range names, where one was given.
Result<PartitionSet> named_by_option(const PartitionExpr* option, const AssetDef& asset,
                                     const PartitionSet& set, const World& world);

// How the dependency relates the two assets' partitions in this world.
Result<std::shared_ptr<const Mapping>> mapping_between(const Dependency& dep,
                                                       const AssetDef& upstream,
                                                       const AssetDef& downstream,
                                                       const World& world);

}  // namespace partita
