#include "plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace partita {
namespace {

// Narrows what was selected to what is wanted.
class Targets {
 public:
  Targets(const PlanRequest& request, const World& world) : request_(request), world_(world) {}

  Result<std::map<std::string, PartitionSet>> find() {
    Result<Selected> selected = select(*request_.selection, world_);
    if (!selected) return std::move(selected).error();
    if (Status some = require_some_to_run(*selected); !some) return std::move(some).error();
    std::map<std::string, PartitionSet> targets;
    for (const auto& [key, one] : *selected) {
      const AssetDef& asset = *world_.catalog->asset(key);
      if (asset.policy.external) continue;
      Result<PartitionSet> wanted = narrow(asset, one);
      if (!wanted) return std::move(wanted).error();
      if (!wanted->empty()) targets.emplace(key, *std::move(wanted));
    }
    return targets;
  }

 private:
  // What is external has nothing to run; a selection of nothing else is a mistake.
  Status require_some_to_run(const Selected& selected) const {
    for (const auto& [key, one] : selected) {
      if (!world_.catalog->asset(key)->policy.external) return {};
    }
    if (selected.empty()) return {};
    const std::string& first = selected.begin()->first;
    return usage_error(
        fmt::format("materialize `{}`: it is external, made elsewhere and never run", first),
        fmt::format("`partita report {}` records what was made", first));
  }

  Result<PartitionSet> narrow(const AssetDef& asset, const SelectedAsset& selected) {
    Result<PartitionSet> set = by_partition_option(asset, selected);
    if (!set || request_.wanted == Wanted::all) return set;
    if (request_.wanted != Wanted::unspecified) return by_status(asset, *std::move(set));
    const bool named = selected.named || request_.partitions;
    if (!named && asset.partitions.is_partitioned()) return which_partitions(asset);
    return set;
  }

  Result<PartitionSet> by_partition_option(const AssetDef& asset, const SelectedAsset& selected) {
    if (!request_.partitions) return selected.partitions;
    if (!asset.partitions.is_partitioned()) {
      return usage_error(
          fmt::format("select `{}`: it is not partitioned, so it takes no --partition", asset.key));
    }
    Result<SpacePtr> space = world_.space(asset);
    if (!space) return std::move(space).error();
    Result<PartitionSet> set = evaluate(*request_.partitions, **space, {});
    if (!set) return std::move(set).error().wrap(fmt::format("select `{}`", asset.key));
    return set->intersected(selected.partitions);
  }

  Result<PartitionSet> by_status(const AssetDef& asset, PartitionSet set) {
    Result<StatusSets> statuses = world_.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    switch (request_.wanted) {
      case Wanted::missing:
        return set.minus(statuses->materialized);
      case Wanted::failed:
        return set.intersected(statuses->failed);
      case Wanted::missing_and_failed:
        return set.intersected(statuses->materialized.complement().united(statuses->failed));
      default:
        return set;
    }
  }

  static Error which_partitions(const AssetDef& asset) {
    return usage_error(fmt::format("materialize `{}`: say which partitions (it is partitioned: {})",
                                   asset.key, asset.partitions.describe()),
                       fmt::format("--missing, --all, `{0}@latest`, `{0}@KEY` or `{0}@FROM..TO`; "
                                   "`partita partitions {0}` shows the keys",
                                   asset.key));
  }

  const PlanRequest& request_;
  const World& world_;
};

// What a downstream partition need not wait for: there, or looked at and found to have nothing.
PartitionSet settled(const StatusSets& statuses) {
  return statuses.materialized.united(statuses.skipped);
}

class Planner {
 public:
  Planner(const PlanRequest& request, const World& world) : request_(request), world_(world) {}

  Result<Plan> make() {
    auto targets = Targets(request_, world_).find();
    if (!targets) return std::move(targets).error();
    targets_ = *std::move(targets);
    if (request_.upstream_missing) {
      if (Status added = add_missing_upstream(); !added) return std::move(added).error();
    }
    plan_.generation = world_.catalog->generation;
    for (const AssetDef* asset : world_.catalog->topological()) {
      if (!targets_.contains(asset->key)) continue;
      if (Status added = add(*asset); !added) return std::move(added).error();
    }
    return std::move(plan_);
  }

 private:
  Status add_missing_upstream() {
    std::vector<const AssetDef*> order = world_.catalog->topological();
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const auto found = targets_.find((*at)->key);
      if (found == targets_.end()) continue;
      for (const Dependency& dep : (*at)->deps) {
        if (Status one = require(dep, **at, PartitionSet(found->second)); !one) return one;
      }
    }
    return {};
  }

  // Targets what `downstream` needs of one dependency and is not there.
  Status require(const Dependency& dep, const AssetDef& downstream, PartitionSet needed_by) {
    const AssetDef* upstream = world_.catalog->asset(dep.asset);
    if (upstream == nullptr || upstream->policy.external) return {};
    auto mapping = mapping_between(dep, *upstream, downstream, world_);
    if (!mapping) return std::move(mapping).error();
    Result<StatusSets> statuses = world_.statuses(*upstream);
    if (!statuses) return std::move(statuses).error();
    const bool itself = upstream->key == downstream.key;
    for (;;) {
      PartitionSet needed = (*mapping)->upstream_of(needed_by).existing.minus(settled(*statuses));
      if (const auto planned = targets_.find(dep.asset); planned != targets_.end()) {
        needed = needed.minus(planned->second);
      }
      if (needed.empty()) return {};
      auto [at, added] = targets_.emplace(dep.asset, needed);
      if (!added) at->second = at->second.united(needed);
      if (!itself) return {};
      needed_by = needed;
    }
  }

  Status add(const AssetDef& def) {
    Result<SpacePtr> space = world_.space(def);
    if (!space) return std::move(space).error();
    PlannedAsset planned{def, *std::move(space), targets_.at(def.key), {}};
    if (const std::string reason = world_.catalog->blocked_reason(def); !reason.empty()) {
      block(planned, planned.targets, reason);
    }
    for (const Dependency& dep : def.deps) {
      if (Status one = resolve(dep, planned); !one) return one;
    }
    plan_.assets.push_back(std::move(planned));
    index_.emplace(def.key, plan_.assets.size() - 1);
    return {};
  }

  Status resolve(const Dependency& dep, PlannedAsset& planned) {
    const AssetDef* upstream = world_.catalog->asset(dep.asset);
    if (upstream == nullptr) return {};
    auto mapping = mapping_between(dep, *upstream, planned.def, world_);
    if (!mapping) return std::move(mapping).error();
    const UpstreamPartitions needed = (*mapping)->upstream_of(planned.targets);
    if (!needed.blocked_downstream.empty()) {
      block(planned, needed.blocked_downstream, nonexistent_reason(dep, needed));
    }
    const bool itself = dep.asset == planned.def.key;
    if (!request_.allow_missing_upstream) {
      if (Status one = block_missing(dep, *upstream, **mapping, planned, needed.existing); !one)
        return one;
    }
    if (itself) {
      planned.deps.push_back({plan_.assets.size(), *std::move(mapping)});
    } else if (const auto at = index_.find(dep.asset); at != index_.end()) {
      planned.deps.push_back({at->second, *std::move(mapping)});
    }
    return {};
  }

  Status block_missing(const Dependency& dep, const AssetDef& upstream, const Mapping& mapping,
                       PlannedAsset& planned, const PartitionSet& needed) {
    Result<PartitionSet> available = available_of(dep, upstream, planned);
    if (!available) return std::move(available).error();
    PartitionSet missing = needed.minus(*available);
    const bool itself = dep.asset == planned.def.key;
    while (!missing.empty()) {
      const PartitionSet held = mapping.downstream_of(missing).intersected(planned.targets);
      if (held.empty()) break;
      block(planned, held, missing_reason(dep, upstream, missing));
      if (!itself) break;
      missing = held;
    }
    return {};
  }

  // What of an upstream asset will be there when the plan has run, as far as the plan can tell.
  Result<PartitionSet> available_of(const Dependency& dep, const AssetDef& upstream,
                                    const PlannedAsset& planned) {
    Result<StatusSets> statuses = world_.statuses(upstream);
    if (!statuses) return std::move(statuses).error();
    const auto wanted = targets_.find(dep.asset);
    const PartitionSet there = settled(*statuses);
    if (wanted == targets_.end()) return there;
    const bool itself = dep.asset == planned.def.key;
    const PartitionSet& runs =
        itself ? planned.targets : plan_.assets[index_.at(dep.asset)].targets;
    return there.minus(wanted->second).united(runs);
  }

  void block(PlannedAsset& planned, const PartitionSet& partitions, std::string reason) {
    PartitionSet held = planned.targets.intersected(partitions);
    if (held.empty()) return;
    planned.targets = planned.targets.minus(held);
    plan_.blocked.push_back({planned.def.key, std::move(held), std::move(reason)});
  }

  std::string nonexistent_reason(const Dependency& dep, const UpstreamPartitions& needed) const {
    std::string keys;
    for (const std::string& key : needed.nonexistent) {
      if (!keys.empty()) keys += ", ";
      keys += quoted_key(key);
      if (keys.size() > 80) break;
    }
    return fmt::format("needs {}@{}, which does not exist", dep.asset, keys);
  }

  std::string missing_reason(const Dependency& dep, const AssetDef& upstream,
                             const PartitionSet& missing) const {
    if (targets_.contains(dep.asset))
      return fmt::format("needs {}, which is held back itself", at(upstream, missing));
    if (upstream.policy.external)
      return fmt::format("needs {}, which is external and was not reported (`partita report {}`)",
                         at(upstream, missing), upstream.key);
    return fmt::format("needs {}, which is missing (--upstream-missing takes it along)",
                       at(upstream, missing));
  }

  std::string at(const AssetDef& asset, const PartitionSet& set) const {
    if (!asset.partitions.is_partitioned()) return asset.key;
    const Result<SpacePtr> space = world_.space(asset);
    return asset.key + "@" + (space ? to_text(set, **space, 3) : std::string("?"));
  }

  const PlanRequest& request_;
  const World& world_;
  std::map<std::string, PartitionSet> targets_;  // as wanted, what is blocked included
  std::map<std::string, std::size_t> index_;     // in plan_.assets
  Plan plan_;
};

}  // namespace

Index Plan::count() const {
  Index total = 0;
  for (const PlannedAsset& asset : assets) total += asset.targets.count();
  return total;
}

Index Plan::blocked_count() const {
  Index total = 0;
  for (const BlockedPartitions& one : blocked) total += one.partitions.count();
  return total;
}

Result<Plan> make_plan(const PlanRequest& request, const World& world) {
  return Planner(request, world).make();
}

}  // namespace partita
