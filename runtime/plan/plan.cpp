#include "plan/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "plan/freshness.hpp"

namespace partita {
namespace {

// Partitions of an asset that are wanted, and why.
struct Target {
  PartitionSet partitions;
  std::vector<PlannedReason> reasons;  // disjoint, together `partitions`
  PartitionSet conditional;            // of `partitions`

  // What is in there already keeps its reason.
  void add(const PartitionSet& some, std::string reason) {
    PartitionSet rest = some.minus(partitions);
    if (rest.empty()) return;
    partitions = partitions.united(rest);
    for (PlannedReason& known : reasons) {
      if (known.text != reason) continue;
      known.partitions = known.partitions.united(rest);
      return;
    }
    reasons.push_back({false, std::move(reason), std::move(rest)});
  }

  void add_conditional(const PartitionSet& some, std::string reason) {
    PartitionSet rest = some.minus(partitions);
    if (rest.empty()) return;
    partitions = partitions.united(rest);
    conditional = conditional.united(rest);
    reasons.push_back({true, std::move(reason), std::move(rest)});
  }

  void leave_out(const PartitionSet& some) {
    partitions = partitions.minus(some);
    conditional = conditional.minus(some);
    for (PlannedReason& reason : reasons) reason.partitions = reason.partitions.minus(some);
    std::erase_if(reasons, [](const PlannedReason& reason) { return reason.partitions.empty(); });
  }

  static Target none(const std::vector<Index>& shape) {
    return {PartitionSet::none(shape), {}, PartitionSet::none(shape)};
  }
};
using TargetMap = std::map<std::string, Target>;

// Narrows what was selected to what is wanted.
class Targets {
 public:
  Targets(const PlanRequest& request, const World& world) : request_(request), world_(world) {}

  Result<TargetMap> find() {
    TargetMap targets;
    if (request_.selection == nullptr) {
      for (const auto& [key, partitions] : request_.targets) {
        Target target = Target::none(partitions.shape());
        target.add(partitions, request_.targets_reason);
        if (!partitions.empty()) targets.emplace(key, std::move(target));
      }
      return targets;
    }
    Result<Selected> selected = select(*request_.selection, world_);
    if (!selected) return std::move(selected).error();
    if (Status some = require_some_to_run(*selected); !some) return std::move(some).error();
    for (const auto& [key, one] : *selected) {
      const AssetDef& asset = *world_.catalog->asset(key);
      if (asset.policy.external) continue;
      Result<Target> wanted = narrow(asset, one);
      if (!wanted) return std::move(wanted).error();
      selected_.emplace(key, one.partitions);
      if (!wanted->partitions.empty()) targets.emplace(key, *std::move(wanted));
    }
    return targets;
  }

  // All that was selected, wanted or not.
  const std::map<std::string, PartitionSet>& selected() const { return selected_; }

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

  Result<Target> narrow(const AssetDef& asset, const SelectedAsset& selected) {
    Result<PartitionSet> set = by_partition_option(asset, selected);
    if (!set) return std::move(set).error();
    const bool named = selected.named || request_.partitions;
    const Wanted& wanted = request_.wanted;
    if (!wanted.is_specified() && !named && asset.partitions.is_partitioned())
      return which_partitions(asset);
    return with_reasons(asset, *set);
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

  // Those of the set that are wanted: everything, where nothing narrows it.
  Result<Target> with_reasons(const AssetDef& asset, const PartitionSet& set) {
    Result<StatusSets> statuses = world_.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    const Wanted& wanted = request_.wanted;
    const bool everything = wanted.all || !wanted.is_specified();
    Target target = Target::none(set.shape());
    if (everything || wanted.failed) target.add(set.intersected(statuses->failed), "failed");
    if (everything || wanted.missing) target.add(set.minus(statuses->materialized), "missing");
    if (wanted.stale) {
      if (Status added = add_stale(asset, set, target); !added) return std::move(added).error();
    }
    if (wanted.recoded) {
      if (Status added = add_recoded(asset, set, target); !added) return std::move(added).error();
    }
    if (everything) target.add(set, "selected");
    return target;
  }

  Status add_stale(const AssetDef& asset, const PartitionSet& set, Target& target) {
    Result<const Freshness*> freshness = world_.freshness(asset);
    if (!freshness) return std::move(freshness).error();
    for (const StaleReason& reason : (*freshness)->reasons)
      target.add(set.intersected(reason.partitions), "stale: " + reason.text);
    return {};
  }

  Status add_recoded(const AssetDef& asset, const PartitionSet& set, Target& target) {
    const PluginRecord* plugin = world_.catalog->plugin(asset.plugin);
    if (!asset.code_version.empty() || plugin == nullptr) return {};
    Result<const Made*> made = world_.made(asset);
    if (!made) return std::move(made).error();
    std::vector<Run> runs;
    for (const MadeStretch& stretch : (*made)->stretches) {
      if ((*made)->by[stretch.by].code_hash != plugin->load_hash) runs.push_back(stretch.indices);
    }
    target.add(PartitionSet::of_runs(set.shape(), std::move(runs)).intersected(set),
               "made by other code");
    return {};
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
  std::map<std::string, PartitionSet> selected_;
};

// What a downstream partition need not wait for: there, or looked at and found to have nothing.
PartitionSet settled(const StatusSets& statuses) {
  return statuses.materialized.united(statuses.skipped);
}

class Planner {
 public:
  Planner(const PlanRequest& request, const World& world) : request_(request), world_(world) {}

  Result<Plan> make() {
    Targets wanted(request_, world_);
    Result<TargetMap> targets = wanted.find();
    if (!targets) return std::move(targets).error();
    targets_ = *std::move(targets);
    leave_out_taken_over();
    if (request_.upstream_missing) {
      if (Status added = add_missing_upstream(); !added) return std::move(added).error();
    }
    if (request_.wanted.stale) {
      if (Status added = add_conditional(wanted.selected()); !added)
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
  void leave_out_taken_over() {
    for (const auto& [key, partitions] : request_.taken_over) {
      const auto found = targets_.find(key);
      if (found == targets_.end()) continue;
      found->second.leave_out(partitions);
      if (found->second.partitions.empty()) targets_.erase(found);
    }
  }

  Status add_missing_upstream() {
    std::vector<const AssetDef*> order = world_.catalog->topological();
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      const auto found = targets_.find((*at)->key);
      if (found == targets_.end()) continue;
      for (const Dependency& dep : (*at)->deps) {
        if (Status one = require(dep, **at, PartitionSet(found->second.partitions)); !one)
          return one;
      }
    }
    return {};
  }

  // What is up to date and reads what will be made again.
  Status add_conditional(const std::map<std::string, PartitionSet>& selected) {
    for (const AssetDef* asset : world_.catalog->topological()) {
      const auto some = selected.find(asset->key);
      if (some == selected.end() || asset->policy.external) continue;
      for (const Dependency& dep : asset->deps) {
        if (Status added = add_conditional(*asset, dep, some->second); !added) return added;
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
    }
    for (const Dependency& dep : def.deps) {
      if (Status one = resolve(dep, planned); !one) return one;
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
    return there.minus(wanted->second.partitions).united(runs);
  }

  void block(PlannedAsset& planned, const PartitionSet& partitions, std::string reason) {
    PartitionSet held = planned.targets.intersected(partitions);
    if (held.empty()) return;
    planned.targets = planned.targets.minus(held);
    // What is up to date and cannot run stays as it is.
    held = held.minus(planned.conditional);
    if (held.empty()) return;
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
