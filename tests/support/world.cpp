#include "support/world.hpp"

#include <algorithm>
#include <stdexcept>

namespace partita::tests {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

}  // namespace

PartitionsDefinition keys(std::vector<std::string> keys) {
  return must(validated({{{"", StaticDimension{std::move(keys)}}}}));
}

PartitionsDefinition daily(std::string start, std::string end) {
  TimeDimension time;
  time.start = std::move(start);
  time.end = std::move(end);
  return must(validated({{{"", time}}}));
}

MappingSpec window_offset(Index start, Index end) {
  MappingSpec spec;
  spec.kind = MappingSpec::Kind::time_window;
  spec.start_offset = start;
  spec.end_offset = end;
  return spec;
}

FakeWorld& FakeWorld::asset(std::string key, PartitionsDefinition partitions,
                            std::vector<Dependency> deps) {
  AssetDef def;
  def.key = std::move(key);
  def.partitions = std::move(partitions);
  def.deps = std::move(deps);
  catalog_.assets.push_back(std::move(def));
  std::sort(catalog_.assets.begin(), catalog_.assets.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return *this;
}

AssetDef& FakeWorld::def(const std::string& asset) {
  return *std::find_if(catalog_.assets.begin(), catalog_.assets.end(),
                       [&](const AssetDef& def) { return def.key == asset; });
}

FakeWorld& FakeWorld::code_version(const std::string& asset, std::string version) {
  for (AssetDef& def : catalog_.assets) {
    if (def.key == asset) def.code_version = std::move(version);
  }
  return *this;
}

SpacePtr FakeWorld::space(const std::string& asset) {
  return must(make_space(catalog_.asset(asset)->partitions, {Instant{4'000'000'000}, nullptr}));
}

PartitionSet FakeWorld::parse(const std::string& asset, const std::string& partitions) {
  return must(evaluate(*must(parse_partitions(partitions)), *space(asset), {}));
}

FakeWorld& FakeWorld::materialized(const std::string& asset, const std::string& partitions) {
  statuses_[asset].materialized = parse(asset, partitions);
  return *this;
}

FakeWorld& FakeWorld::failed(const std::string& asset, const std::string& partitions) {
  statuses_[asset].failed = parse(asset, partitions);
  return *this;
}

FakeWorld& FakeWorld::skipped(const std::string& asset, const std::string& partitions) {
  statuses_[asset].skipped = parse(asset, partitions);
  return *this;
}

World FakeWorld::world() {
  World world;
  world.catalog = std::make_shared<Catalog>(catalog_);
  world.space = [this](const AssetDef& asset) -> Result<SpacePtr> { return space(asset.key); };
  world.statuses = [this](const AssetDef& asset) -> Result<StatusSets> {
    StatusSets known = statuses_[asset.key];
    for (PartitionSet* set : {&known.materialized, &known.failed, &known.stale, &known.skipped}) {
      if (set->shape() != space(asset.key)->shape())
        *set = PartitionSet::none(space(asset.key)->shape());
    }
    return known;
  };
  world.mapping = [this](const Dependency& dep, const AssetDef& upstream,
                         const AssetDef& downstream) {
    return bind_mapping(dep.mapping, space(upstream.key), space(downstream.key));
  };
  return world;
}

std::string FakeWorld::targets(const Plan& plan, const std::string& asset) {
  for (const PlannedAsset& planned : plan.assets) {
    if (planned.def.key != asset) continue;
    if (planned.targets.empty()) return "-";
    return planned.def.partitions.is_partitioned() ? to_text(planned.targets, *planned.space)
                                                   : "all";
  }
  return "-";
}

Result<Plan> FakeWorld::plan(const std::string& selection, Wanted wanted, bool upstream_missing,
                             bool allow_missing) {
  PlanRequest request;
  request.selection = must(parse_selection(selection));
  request.wanted = wanted;
  request.upstream_missing = upstream_missing;
  request.allow_missing_upstream = allow_missing;
  return make_plan(request, world());
}

}  // namespace partita::tests
