#include "service/run_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "partitions/selection.hpp"
#include "service/keys_of_then.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

bool is_meant(const Json& entry, std::string_view asset, Planned which) {
  if (entry["asset"].as_string() != asset) return false;
  if (which == Planned::to_run) return !entry.contains("blocked");
  return which == Planned::blocked_too || entry.contains("conditional");
}

Result<PartitionSet> set_of(const Json& entry, const PartitionSpace& space) {
  if (!space.definition().is_partitioned()) return PartitionSet::all(space.shape());
  const auto expr = parse_partitions(entry["partitions"].as_string());
  if (!expr) return expr.error();
  return evaluate(**expr, space, {});
}

}  // namespace

std::vector<std::string> RunPlan::assets() const {
  std::vector<std::string> assets;
  for (const Json& entry : run_.plan.as_array()) {
    const std::string& asset = entry["asset"].as_string();
    if (std::find(assets.begin(), assets.end(), asset) == assets.end()) assets.push_back(asset);
  }
  return assets;
}

std::int64_t RunPlan::count_of(std::string_view asset, Planned which) const {
  std::int64_t count = 0;
  for (const Json& entry : run_.plan.as_array())
    if (is_meant(entry, asset, which)) count += entry["count"].as_int();
  return count;
}

Result<PartitionSet> RunPlan::of(const AssetDef& asset, const PartitionSpace& space,
                                 Planned which) {
  Result<const Catalog*> then = this->then();
  if (!then) return std::move(then).error();
  const AssetDef* before = (*then)->asset(asset.key);
  Result<std::int64_t> began = store_.began_with(run_.id);
  if (!began) return std::move(began).error();
  return KeysOfThen(store_, *began)
      .find(before != nullptr ? before->partitions : asset.partitions, run_.as_of, space,
            [&](const PartitionSpace& old) { return read(asset, old, which); });
}

Result<const Catalog*> RunPlan::then() {
  if (run_.generation == today_.generation) return &today_;
  if (then_) return &*then_;
  Result<Catalog> catalog = catalog_of(run_.generation, store_);
  if (!catalog) return std::move(catalog).error();
  return &then_.emplace(*std::move(catalog));
}

// In the space that the plan was made in.
Result<PartitionSet> RunPlan::read(const AssetDef& asset, const PartitionSpace& space,
                                   Planned which) const {
  PartitionSet planned = PartitionSet::none(space.shape());
  for (const Json& entry : run_.plan.as_array()) {
    if (!is_meant(entry, asset.key, which)) continue;
    Result<PartitionSet> set = set_of(entry, space);
    if (!set)
      return std::move(set).error().wrap(
          fmt::format("find what run {} had planned of `{}`", run_.id, asset.key));
    planned = planned.united(*set);
  }
  return planned;
}

}  // namespace partita
