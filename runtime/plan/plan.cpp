#include "plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "plan/targets.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostKeyText = 80;  // of the keys that a reason names

// What a downstream partition need not wait for: there, or looked at and found to have nothing.
PartitionSet settled(const StatusSets& statuses) {
  return statuses.materialized.united(statuses.skipped);
}

// Along an asset's dependency on itself goes what its others have come to, or they follow what it
// has come to, whatever order they are declared in.
enum class Itself { first, last };
std::vector<const Dependency*> in_order(const AssetDef& asset, Itself itself) {
  std::vector<const Dependency*> deps;
  for (const bool is_turn : {itself == Itself::first, itself != Itself::first}) {
    for (const Dependency& dep : asset.deps)
      if ((dep.asset == asset.key) == is_turn) deps.push_back(&dep);
  }
  return deps;
}

class Planner {
 public:
  Planner(const PlanRequest& request, const World& world)
      : request_(request), world_(world), not_made_(request.not_made) {}

  Result<Plan> make() {
    Result<Targets> targets = find_targets(request_, world_);
    if (!targets) return std::move(targets).error();
    targets_ = std::move(targets->wanted);
    if (request_.upstream_missing) {
      if (Status added = add_missing_upstream(); !added) return std::move(added).error();
    }
    if (request_.wanted.stale || !request_.conditional_targets.empty()) {
      if (Status added = add_conditional(targets->selected); !added)
        return std::move(added).error();
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
      if (found == targets_.end() || cannot_run(**at)) continue;
      for (const Dependency* dep : in_order(**at, Itself::first)) {
        if (Status one = require(*dep, **at, PartitionSet(found->second.partitions)); !one)
          return one;
      }
    }
    return {};
  }

  // As a whole: nothing can be said of what its partitions need.
  bool cannot_run(const AssetDef& asset) const {
    return !world_.catalog->blocked_reason(asset).empty();
  }

  // What is up to date and reads what will be made again.
  Status add_conditional(const PartitionsByAsset& selected) {
    for (const AssetDef* asset : world_.catalog->topological()) {
      const auto some = selected.find(asset->key);
      if (some == selected.end() || asset->policy.external || cannot_run(*asset)) continue;
      for (const Dependency* dep : in_order(*asset, Itself::last)) {
        if (Status added = add_conditional(*asset, *dep, some->second); !added) return added;
      }
    }
    return {};
  }

  Status add_conditional(const AssetDef& asset, const Dependency& dep,
                         const PartitionSet& selected) {
    const AssetDef* upstream = world_.catalog->asset(dep.asset);
    const auto changing = targets_.find(dep.asset);
    if (upstream == nullptr || changing == targets_.end()) return {};
    auto mapping = mapping_between(dep, *upstream, asset, world_);
    if (!mapping) return std::move(mapping).error();
    Result<StatusSets> statuses = world_.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    const PartitionSet may_change = selected.intersected(statuses->materialized);
    PartitionSet next = changing->second.partitions;
    // Of an asset that reads itself, along the whole chain.
    while (!next.empty()) {
      Target& target =
          targets_.try_emplace(asset.key, Target::none(selected.shape())).first->second;
      next = (*mapping)->downstream_of(next).intersected(may_change).minus(target.partitions);
      target.add_conditional(next, fmt::format("if {} changes", dep.asset));
      if (target.partitions.empty()) targets_.erase(asset.key);
      if (dep.asset != asset.key) break;
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
        needed = needed.minus(planned->second.partitions);
      }
      if (needed.empty()) return {};
      Target& target = targets_.try_emplace(dep.asset, Target::none(needed.shape())).first->second;
      target.add(needed, fmt::format("missing, needed by {}", downstream.key));
      if (!itself) return {};
      needed_by = needed;
    }
  }

  Status add(const AssetDef& def) {
    Result<SpacePtr> space = world_.space(def);
    if (!space) return std::move(space).error();
    const Target& target = targets_.at(def.key);
    PlannedAsset planned{def, *std::move(space), target.partitions, {}, {}, target.conditional, {}};
    if (const std::string reason = world_.catalog->blocked_reason(def); !reason.empty()) {
      block(planned, planned.targets, reason);
    } else if (Status resolved = resolve_all(planned); !resolved) {
      return resolved;
    }
    for (const PlannedReason& reason : target.reasons) {
      PartitionSet runs = reason.partitions.intersected(planned.targets);
      if (!runs.empty())
        planned.reasons.push_back({reason.conditional, reason.text, std::move(runs)});
    }
    planned.conditional = planned.conditional.intersected(planned.targets);
    plan_.assets.push_back(std::move(planned));
    index_.emplace(def.key, plan_.assets.size() - 1);
    return {};
  }

  Status resolve_all(PlannedAsset& planned) {
    for (const Dependency* dep : in_order(planned.def, Itself::last)) {
      if (Status one = resolve(*dep, planned); !one) return one;
    }
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
    block_not_made(dep, *upstream, **mapping, planned, needed.existing);
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

  // What it holds back is not made either, for those that need that.
  void block_not_made(const Dependency& dep, const AssetDef& upstream, const Mapping& mapping,
                      PlannedAsset& planned, const PartitionSet& needed) {
    const auto not_made = not_made_.find(dep.asset);
    if (not_made == not_made_.end()) return;
    const PartitionSet lacking = needed.intersected(not_made->second);
    if (lacking.empty()) return;
    const PartitionSet before = planned.targets;
    block_descendants(
        planned, mapping, dep.asset == planned.def.key, lacking,
        fmt::format("needs {}, which did not succeed in this run", at(upstream, lacking)));
    PartitionSet& own =
        not_made_.try_emplace(planned.def.key, PartitionSet::none(before.shape())).first->second;
    own = own.united(before.minus(planned.targets));
  }

  Status block_missing(const Dependency& dep, const AssetDef& upstream, const Mapping& mapping,
                       PlannedAsset& planned, const PartitionSet& needed) {
    Result<PartitionSet> available = available_of(dep, upstream, planned);
    if (!available) return std::move(available).error();
    const bool itself = dep.asset == planned.def.key;
    const PartitionSet missing = needed.minus(*available);
    const auto wanted = targets_.find(dep.asset);
    const PartitionSet held = wanted == targets_.end()
                                  ? PartitionSet::none(missing.shape())
                                  : missing.intersected(wanted->second.partitions);
    const PartitionSet unwanted = missing.minus(held);
    block_descendants(planned, mapping, itself, unwanted, missing_reason(upstream, unwanted));
    block_descendants(planned, mapping, itself, held,
                      fmt::format("needs {}, which is held back itself", at(upstream, held)));
    return {};
  }

  // What needs such partitions of one dependency; of an asset that reads itself, along the chain.
  void block_descendants(PlannedAsset& planned, const Mapping& mapping, bool itself,
                         PartitionSet lacking, const std::string& reason) {
    while (!lacking.empty()) {
      lacking = mapping.downstream_of(lacking).intersected(planned.targets);
      block(planned, lacking, reason);
      if (!itself) break;
    }
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
    return there.minus(wanted->second.partitions).united(runs);
  }

  void block(PlannedAsset& planned, const PartitionSet& partitions, std::string reason) {
    PartitionSet held = planned.targets.intersected(partitions);
    if (held.empty()) return;
    planned.targets = planned.targets.minus(held);
    // What is up to date and cannot run stays as it is.
    held = held.minus(planned.conditional);
    if (held.empty()) return;
    // Along a chain each step is held back by itself.
    if (!plan_.blocked.empty()) {
      BlockedPartitions& last = plan_.blocked.back();
      if (last.asset == planned.def.key && last.reason == reason) {
        last.partitions = last.partitions.united(held);
        return;
      }
    }
    plan_.blocked.push_back({planned.def.key, std::move(held), std::move(reason)});
  }

  std::string nonexistent_reason(const Dependency& dep, const UpstreamPartitions& needed) const {
    std::string keys;
    std::size_t shown = 0;
    for (const std::string& key : needed.nonexistent) {
      if (!keys.empty()) keys += ", ";
      keys += quoted_key(key);
      ++shown;
      if (keys.size() > kMostKeyText) break;
    }
    const std::size_t more = needed.nonexistent.size() - shown;
    if (more > 0)
      keys += fmt::format(" and {}{} more",
                          needed.nonexistent.size() < kMissingKeysShown ? "" : "at least ", more);
    return fmt::format("needs {}@{}, which {} not exist", dep.asset, keys,
                       needed.nonexistent.size() > 1 ? "do" : "does");
  }

  std::string missing_reason(const AssetDef& upstream, const PartitionSet& missing) const {
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
  PartitionsByAsset not_made_;
  TargetMap targets_;                         // as wanted, what is blocked included
  std::map<std::string, std::size_t> index_;  // in plan_.assets
  Plan plan_;
};

}  // namespace

Index Plan::count() const {
  Index total = 0;
  for (const PlannedAsset& asset : assets) total += asset.targets.count();
  return total;
}

Index Plan::conditional_count() const {
  Index total = 0;
  for (const PlannedAsset& asset : assets) total += asset.conditional.count();
  return total;
}

Index Plan::blocked_count() const {
  Index total = 0;
  for (const BlockedPartitions& one : blocked) total += one.partitions.count();
  return total;
}

Status put_in_listed_order(Plan& plan, const AssetExpr& selection, const World& world) {
  auto listings = listing_of(selection, world);
  if (!listings) return std::move(listings).error();
  for (PlannedAsset& planned : plan.assets) {
    if (const auto found = listings->find(planned.def.key); found != listings->end())
      planned.listing = std::move(found->second);
  }
  return {};
}

Result<Plan> make_plan(const PlanRequest& request, const World& world) {
  return Planner(request, world).make();
}

}  // namespace partita
