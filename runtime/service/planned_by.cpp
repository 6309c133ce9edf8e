#include "service/planned_by.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "partitions/selection.hpp"
#include "service/keys_of_then.hpp"

namespace partita {
namespace {

Result<PartitionSet> set_of(const Json& entry, const AssetDef& asset, const PartitionSpace& space,
                            std::span<const KeyRename> renames) {
  if (!asset.partitions.is_partitioned()) return PartitionSet::all(space.shape());
  auto expr = parse_partitions(entry["partitions"].as_string());
  if (!expr) return std::move(expr).error();
  expr = with_keys_of_now(*std::move(expr), asset.partitions, renames);
  if (!expr) return std::move(expr).error();
  return evaluate(**expr, space, {});
}

}  // namespace

std::vector<std::string> assets_planned_by(const RunRecord& run) {
  std::vector<std::string> assets;
  for (const Json& entry : run.plan.as_array()) {
    const std::string& asset = entry["asset"].as_string();
    if (std::find(assets.begin(), assets.end(), asset) == assets.end()) assets.push_back(asset);
  }
  return assets;
}

bool allowed_missing_upstream(const RunRecord& run) {
  const std::span<const Json> entries = run.plan.as_array();
  return !entries.empty() && entries[0].contains("allow_missing_upstream");
}

Result<PartitionSet> planned_by(const RunRecord& run, const AssetDef& asset,
                                const PartitionSpace& space, Planned which, Store& store) {
  Result<std::vector<KeyRename>> renames = store.keys_renamed_since(run.id);
  if (!renames) return std::move(renames).error();
  PartitionSet planned = PartitionSet::none(space.shape());
  for (const Json& entry : run.plan.as_array()) {
    if (entry["asset"].as_string() != asset.key) continue;
    if (which == Planned::to_run && entry.contains("blocked")) continue;
    if (which == Planned::conditional && !entry.contains("conditional")) continue;
    Result<PartitionSet> set = set_of(entry, asset, space, *renames);
    if (!set) {
      return std::move(set).error().wrap(
          fmt::format("find what run {} had planned of `{}`", run.id, asset.key));
    }
    planned = planned.united(*set);
  }
  return planned;
}

}  // namespace partita
