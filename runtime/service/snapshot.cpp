#include "service/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "partitions/time_zone.hpp"
#include "service/check_standing.hpp"
#include "service/orphans.hpp"

namespace partita {

Snapshot::Snapshot(CatalogPtr catalog, Store& store, PluginFunctions& functions, Instant now,
                   Json config)
    : catalog_(std::move(catalog)),
      store_(store),
      functions_(functions),
      now_(now),
      config_(std::move(config)) {}

void Snapshot::renew() {
  spaces_.clear();
  alike_.clear();
  outcomes_.clear();
  made_.clear();
  freshness_.clear();
  mappings_.clear();
}

Result<SpacePtr> Snapshot::space(const AssetDef& asset) {
  if (const auto at = spaces_.find(asset.key); at != spaces_.end()) return at->second;
  Result<SpacePtr> shared = shared_space(asset);
  if (!shared) return shared;
  return spaces_.emplace(asset.key, *std::move(shared)).first->second;
}

// Assets that are partitioned alike share a space: its tables may take tens of kilobytes.
Result<SpacePtr> Snapshot::shared_space(const AssetDef& asset) {
  const std::string description = asset.partitions.describe();
  const auto [first, end] = alike_.equal_range(description);
  for (auto at = first; at != end; ++at) {
    if (at->second->definition() == asset.partitions) return at->second;
  }
  Result<SpacePtr> made = space_at(asset, now_);
  if (!made) return made;
  return alike_.emplace(description, *std::move(made))->second;
}

Result<SpacePtr> Snapshot::space_of_all_time(const AssetDef& asset) {
  return space_at(asset, kEndOfTime);
}

Result<SpacePtr> Snapshot::space_at(const AssetDef& asset, Instant now) {
  const SpaceContext context{now,
                             [this](std::string_view set) { return store_.dynamic_keys(set); }};
  Result<SpacePtr> made = make_space(asset.partitions, context);
  if (!made)
    return std::move(made).error().wrap(fmt::format("find the partitions of `{}`", asset.key));
  return made;
}

Result<const OutcomeSets*> Snapshot::outcomes(const AssetDef& asset) {
  if (const auto at = outcomes_.find(asset.key); at != outcomes_.end()) return &at->second;
  Result<SpacePtr> space = this->space(asset);
  if (!space) return std::move(space).error();
  Result<OutcomeSets> sets = store_.outcome_sets(asset.key, **space);
  if (!sets) return std::move(sets).error();
  return &outcomes_.emplace(asset.key, *std::move(sets)).first->second;
}

Result<StatusMap> Snapshot::statuses(const AssetDef& asset) {
  Result<const OutcomeSets*> sets = outcomes(asset);
  if (!sets) return std::move(sets).error();
  return display_statuses(**sets);
}

Result<std::shared_ptr<const Mapping>> Snapshot::mapping(const Dependency& dep,
                                                         const AssetDef& upstream,
                                                         const AssetDef& downstream) {
  const std::pair key(downstream.key, upstream.key);
  if (const auto at = mappings_.find(key); at != mappings_.end()) return at->second;
  Result<SpacePtr> from = space(upstream);
  if (!from) return std::move(from).error();
  Result<SpacePtr> to = space(downstream);
  if (!to) return std::move(to).error();
  std::unique_ptr<KeyFunctions> functions;
  const PluginRecord* plugin = catalog_->plugin(downstream.plugin);
  if (plugin != nullptr && has_function(dep.mapping)) {
    functions = functions_.of(*plugin, downstream.key, upstream.key);
  }
  auto bound = bind_mapping(dep.mapping, *std::move(from), *std::move(to), functions.get());
  if (!bound) return bound;
  return mappings_.emplace(key, *std::move(bound)).first->second;
}

Result<const Made*> Snapshot::made(const AssetDef& asset) {
  if (const auto at = made_.find(asset.key); at != made_.end()) return &at->second;
  Result<SpacePtr> space = this->space(asset);
  if (!space) return std::move(space).error();
  Result<ProvenanceView> known = store_.provenance(asset.key, **space);
  if (!known) return std::move(known).error();
  Made made;
  std::map<std::int64_t, std::size_t> numbers;
  for (CodeRecord& code : known->codes) {
    numbers.emplace(code.id, made.by.size());
    made.by.push_back({std::move(code.version), std::move(code.hash), std::move(code.basis)});
  }
  made.stretches.reserve(known->stretches.size());
  for (const auto& [indices, from] : known->stretches) {
    if (from.gone_seq != 0) {
      made.gone.push_back({indices, from.read_seq, from.changed_seq, from.gone_seq});
      continue;
    }
    made.stretches.push_back({indices, numbers.at(from.code), from.read_seq, from.changed_seq,
                              from.version, from.reverted});
  }
  return &made_.emplace(asset.key, std::move(made)).first->second;
}

Result<std::vector<MadeVersions>> Snapshot::versions(const AssetDef& asset,
                                                     const PartitionSet& partitions) {
  Result<SpacePtr> space = this->space(asset);
  if (!space) return std::move(space).error();
  Result<VersionHistory> history = store_.version_history(asset.key, **space, partitions);
  if (!history) return std::move(history).error();
  std::vector<MadeVersions> versions;
  for (const VersionHistory::Partition& partition : history->partitions) {
    MadeVersions& one = versions.emplace_back();
    one.index = partition.index;
    for (const auto& [seq, version, gone] : partition.changes)
      one.changes.push_back({seq, version, gone});
  }
  return versions;
}

Result<std::vector<LostKeys>> Snapshot::lost_keys(const AssetDef& asset) {
  std::vector<LostKeys> lost;
  for (const Dimension& dimension : asset.partitions.dimensions) {
    if (const auto* dynamic = std::get_if<DynamicDimension>(&dimension.kind))
      lost.push_back({dimension.name, dynamic->set, INT64_MAX, 0});
  }
  if (lost.empty()) return lost;
  std::int64_t made_seq = INT64_MAX;
  Status looked = for_each_orphan(asset.key, *this, store_, [&](const PartitionState& state) {
    if (state.materialized) made_seq = std::min(made_seq, state.last_seq);
  });
  if (!looked) return std::move(looked).error();
  if (made_seq == INT64_MAX) return std::vector<LostKeys>();
  for (LostKeys& keys : lost) {
    Result<std::int64_t> removed = store_.last_removal(keys.set);
    if (!removed) return std::move(removed).error();
    keys.made_seq = made_seq;
    keys.lost_seq = *removed;
  }
  return lost;
}

Result<const Freshness*> Snapshot::freshness(const AssetDef& asset) {
  if (const auto at = freshness_.find(asset.key); at != freshness_.end()) return &at->second;
  Result<Freshness> judged = freshness_of(asset, world());
  if (!judged) return std::move(judged).error();
  return &freshness_.emplace(asset.key, *std::move(judged)).first->second;
}

World Snapshot::world() {
  World world;
  world.catalog = catalog_;
  world.space = [this](const AssetDef& asset) { return space(asset); };
  world.statuses = [this](const AssetDef& asset) -> Result<StatusSets> {
    Result<const OutcomeSets*> sets = outcomes(asset);
    if (!sets) return std::move(sets).error();
    const OutcomeSets& known = **sets;
    return StatusSets{known.materialized, known.failed,
                      PartitionSet::none(known.materialized.shape()), known.skipped};
  };
  world.mapping = [this](const Dependency& dep, const AssetDef& upstream,
                         const AssetDef& downstream) { return mapping(dep, upstream, downstream); };
  world.made = [this](const AssetDef& asset) { return made(asset); };
  world.versions = [this](const AssetDef& asset, const PartitionSet& partitions) {
    return versions(asset, partitions);
  };
  world.lost_keys = [this](const AssetDef& asset) { return lost_keys(asset); };
  world.freshness = [this](const AssetDef& asset) { return freshness(asset); };
  world.checks_not_passed = [this](const AssetDef& asset,
                                   const std::vector<std::string>& checks) -> Result<PartitionSet> {
    Result<SpacePtr> in = space(asset);
    if (!in) return std::move(in).error();
    return checks_not_passed(asset, checks, **in, store_);
  };
  world.checks_not_run = [this](const AssetDef& asset,
                                const std::vector<std::string>& checks) -> Result<PartitionSet> {
    Result<SpacePtr> in = space(asset);
    if (!in) return std::move(in).error();
    Result<const OutcomeSets*> sets = outcomes(asset);
    if (!sets) return std::move(sets).error();
    return checks_not_run(asset, checks, **in, (*sets)->materialized, store_);
  };
  world.orphaned_assets = [this] {
    std::vector<std::string> names;
    // Who asks has an error to tell already.
    const Result<std::vector<KnownAsset>> orphaned = orphaned_assets();
    if (!orphaned) return names;
    for (const KnownAsset& asset : *orphaned) names.push_back(asset.name);
    return names;
  };
  world.config = config_;
  return world;
}

Result<const AssetDef*> Snapshot::find(std::string_view asset) {
  if (const AssetDef* found = catalog_->asset(asset)) return found;
  return no_such_asset(ErrorCode::not_found, asset, world());
}

Result<bool> Snapshot::is_orphaned(std::string_view asset) {
  if (catalog_->asset(asset) != nullptr) return false;
  Result<std::int64_t> known = store_.count_states(asset);
  if (!known) return std::move(known).error();
  return *known > 0;
}

Result<std::vector<KnownAsset>> Snapshot::orphaned_assets() {
  Result<std::vector<KnownAsset>> assets = store_.known_assets();
  if (!assets) return assets;
  std::erase_if(*assets,
                [&](const KnownAsset& one) { return catalog_->asset(one.name) != nullptr; });
  return assets;
}

}  // namespace partita
