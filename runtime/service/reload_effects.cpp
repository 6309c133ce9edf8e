#include "service/reload_effects.hpp"

#include "partitions/survivors.hpp"

namespace partita {
namespace {

Result<std::int64_t> materialized_among(const PartitionSet& leaving, const AssetDef& asset,
                                        Snapshot& snapshot) {
  if (leaving.empty()) return std::int64_t{0};
  Result<const OutcomeSets*> outcomes = snapshot.outcomes(asset);
  if (!outcomes) return std::move(outcomes).error();
  return (*outcomes)->materialized.intersected(leaving).count();
}

Result<PartitionsEffect> effect_of_removal(const AssetDef& asset, Snapshot& before) {
  Result<SpacePtr> space = before.space(asset);
  if (!space) return std::move(space).error();
  const PartitionSet all = PartitionSet::all((*space)->shape());
  Result<std::int64_t> history = materialized_among(all, asset, before);
  if (!history) return std::move(history).error();
  return PartitionsEffect{asset.key, all.count(), 0, *history};
}

Result<PartitionsEffect> effect_of_change(const AssetDef& old_asset, Snapshot& before,
                                          const AssetDef& new_asset, Snapshot& after) {
  Result<SpacePtr> old_space = before.space(old_asset);
  if (!old_space) return std::move(old_space).error();
  Result<SpacePtr> new_space = after.space(new_asset);
  // Its new definition makes no space: whoever uses it is told why.
  if (!new_space) return effect_of_removal(old_asset, before);
  const PartitionSet staying = survivors(**old_space, **new_space);
  const PartitionSet leaving = staying.complement();
  Result<std::int64_t> history = materialized_among(leaving, old_asset, before);
  if (!history) return std::move(history).error();
  return PartitionsEffect{old_asset.key, leaving.count(), (*new_space)->size() - staying.count(),
                          *history};
}

}  // namespace

Result<std::vector<PartitionsEffect>> effects_of(const CatalogDiff& diff, Snapshot& before,
                                                 Snapshot& after) {
  std::vector<PartitionsEffect> effects;
  for (const std::string& key : diff.removed) {
    Result<PartitionsEffect> effect = effect_of_removal(*before.catalog().asset(key), before);
    if (!effect) return std::move(effect).error();
    effects.push_back(*std::move(effect));
  }
  for (const AssetChange& change : diff.changed) {
    const AssetDef& old_asset = *before.catalog().asset(change.asset);
    const AssetDef& new_asset = *after.catalog().asset(change.asset);
    if (old_asset.partitions == new_asset.partitions) continue;
    Result<PartitionsEffect> effect = effect_of_change(old_asset, before, new_asset, after);
    if (!effect) return std::move(effect).error();
    effects.push_back(*std::move(effect));
  }
  return effects;
}

}  // namespace partita
