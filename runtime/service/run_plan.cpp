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

Result<PartitionSet> set_of(const Json& entry, const AssetDef& asset, const PartitionSpace& space,
                            std::span<const KeyRename> renames) {
  if (!asset.partitions.is_partitioned()) return PartitionSet::all(space.shape());
  auto expr = parse_partitions(entry["partitions"].as_string());
  if (!expr) return std::move(expr).error();
  expr = with_keys_of_now(*std::move(expr), asset.partitions, renames);
  if (!expr) return std::move(expr).error();
  return evaluate(**expr, space, {});
}

// Those that both have.
PartitionSet moved(const PartitionSet& set, const PartitionSpace& from, const PartitionSpace& to) {
  std::vector<Index> indices;
  set.for_each([&](Index index) {
    if (const auto same = to.index_of_identity(from.identity_at(index))) indices.push_back(*same);
    return true;
  });
  return PartitionSet::of_indices(to.shape(), std::move(indices));
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
  if (before == nullptr || before->partitions == asset.partitions) return read(asset, space, which);
  const SpaceContext context{run_.as_of,
                             [this](std::string_view set) { return store_.dynamic_keys(set); }};
  Result<SpacePtr> old_space = make_space(before->partitions, context);
  if (!old_space) return std::move(old_space).error();
  Result<PartitionSet> set = read(*before, **old_space, which);
  if (!set) return std::move(set).error();
  return moved(*set, **old_space, space);
}

Result<const Catalog*> RunPlan::then() {
  if (run_.generation == today_.generation) return &today_;
  if (then_) return &*then_;
  Result<Catalog> catalog = catalog_of(run_.generation, store_);
  if (!catalog) return std::move(catalog).error();
  return &then_.emplace(*std::move(catalog));
}

// In the definition that the plan was made with.
Result<PartitionSet> RunPlan::read(const AssetDef& asset, const PartitionSpace& space,
                                   Planned which) const {
  Result<std::vector<KeyRename>> renames = store_.keys_renamed_since(run_.id);
  if (!renames) return std::move(renames).error();
  PartitionSet planned = PartitionSet::none(space.shape());
  for (const Json& entry : run_.plan.as_array()) {
    if (!is_meant(entry, asset.key, which)) continue;
    Result<PartitionSet> set = set_of(entry, asset, space, *renames);
    if (!set) {
      Error error = std::move(set).error();
      if (error.code == ErrorCode::not_found)
        error.hint = fmt::format(
            "where it was removed since, `partita materialize {} --missing` makes what there is",
            asset.key);
      return std::move(error).wrap(
          fmt::format("find what run {} had planned of `{}`", run_.id, asset.key));
    }
    planned = planned.united(*set);
  }
  return planned;
}

}  // namespace partita
