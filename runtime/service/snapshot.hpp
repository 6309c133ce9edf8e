// A Snapshot: the catalog's assets with their spaces and statuses as of one moment, read when asked
// for and kept. What planning calls the world.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "definitions/plugin_functions.hpp"
#include "plan/freshness.hpp"
#include "plan/select.hpp"
#include "service/statuses.hpp"
#include "store/store.hpp"

namespace partita {

class Snapshot {
 public:
  // The store and the functions are borrowed. `config` is the project's.
  Snapshot(CatalogPtr catalog, Store& store, PluginFunctions& functions, Instant now, Json config);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Forgets what was read: what is asked for from now on is as of a later moment.
  void renew();

  const Catalog& catalog() const { return *catalog_; }
  const CatalogPtr& catalog_ptr() const { return catalog_; }
  Instant now() const { return now_; }

  Result<SpacePtr> space(const AssetDef& asset);
  // With the windows that are yet to come.
  Result<SpacePtr> space_of_all_time(const AssetDef& asset);
  Result<const OutcomeSets*> outcomes(const AssetDef& asset);
  Result<StatusMap> statuses(const AssetDef& asset);

  // What freshness is judged by, and how it is judged; kept.
  Result<const Made*> made(const AssetDef& asset);
  Result<const Freshness*> freshness(const AssetDef& asset);

  // Bound once: a mapping by a function asks its plugin about every key.
  Result<std::shared_ptr<const Mapping>> mapping(const Dependency& dep, const AssetDef& upstream,
                                                 const AssetDef& downstream);

  // By dynamic set.
  Result<std::vector<LostKeys>> lost_keys(const AssetDef& asset);

  // Refers to this snapshot.
  World world();

  Result<std::vector<MadeVersions>> versions(const AssetDef& asset, const PartitionSet& partitions);

  // The asset, or an error with what was near.
  Result<const AssetDef*> find(std::string_view asset);
  // Whether no definition has it any more, though something is known of it.
  Result<bool> is_orphaned(std::string_view asset);
  // All such assets, by name.
  Result<std::vector<KnownAsset>> orphaned_assets();

 private:
  Result<SpacePtr> shared_space(const AssetDef& asset);
  Result<SpacePtr> space_at(const AssetDef& asset, Instant now);

  CatalogPtr catalog_;
  Store& store_;
  PluginFunctions& functions_;
  Instant now_;
  Json config_;
  std::map<std::string, SpacePtr, std::less<>> spaces_;
  std::multimap<std::string, SpacePtr> alike_;  // by what describes their definitions
  std::map<std::string, OutcomeSets, std::less<>> outcomes_;
  std::map<std::string, Made, std::less<>> made_;
  std::map<std::string, Freshness, std::less<>> freshness_;
  // By downstream and upstream asset.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Mapping>> mappings_;
};

}  // namespace partita
