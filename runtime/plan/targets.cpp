#include "plan/targets.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "plan/freshness.hpp"

namespace partita {

void Target::add(const PartitionSet& some, std::string reason) {
  take(some.minus(partitions), {false, std::move(reason), {}});
}

void Target::add_conditional(const PartitionSet& some, std::string reason) {
  PartitionSet rest = some.minus(partitions);
  conditional = conditional.united(rest);
  take(std::move(rest), {true, std::move(reason), {}});
}

void Target::take(PartitionSet rest, PlannedReason reason) {
  if (rest.empty()) return;
  partitions = partitions.united(rest);
  for (PlannedReason& known : reasons) {
    if (known.conditional != reason.conditional || known.text != reason.text) continue;
    known.partitions = known.partitions.united(rest);
    return;
  }
  reason.partitions = std::move(rest);
  reasons.push_back(std::move(reason));
}

void Target::leave_out(const PartitionSet& some) {
  partitions = partitions.minus(some);
  conditional = conditional.minus(some);
  for (PlannedReason& reason : reasons) reason.partitions = reason.partitions.minus(some);
  std::erase_if(reasons, [](const PlannedReason& reason) { return reason.partitions.empty(); });
}

Target Target::none(const std::vector<Index>& shape) {
  return {PartitionSet::none(shape), {}, PartitionSet::none(shape)};
}

namespace {

// Narrows what was selected to what is wanted.
class TargetFinder {
 public:
  TargetFinder(const PlanRequest& request, const World& world) : request_(request), world_(world) {}

  Result<Targets> find() {
    if (request_.selection == nullptr) {
      add_named();
    } else if (Status added = add_selected(); !added) {
      return std::move(added).error();
    }
    leave_out_taken_over();
    return std::move(targets_);
  }

 private:
  void add_named() {
    for (const auto& [key, partitions] : request_.targets) {
      Target target = Target::none(partitions.shape());
      target.add(partitions, request_.targets_reason);
      if (!partitions.empty()) targets_.wanted.emplace(key, std::move(target));
    }
    targets_.selected = request_.conditional_targets;
  }

  Status add_selected() {
    Result<Selected> selected = select(*request_.selection, world_);
    if (!selected) return std::move(selected).error();
    if (Status some = require_some_to_run(*selected); !some) return std::move(some).error();
    for (const auto& [key, one] : *selected) {
      const AssetDef& asset = *world_.catalog->asset(key);
      if (asset.policy.external) continue;
      Result<Target> wanted = narrow(asset, one);
      if (!wanted) return std::move(wanted).error();
      targets_.selected.emplace(key, one.partitions);
      if (!wanted->partitions.empty()) targets_.wanted.emplace(key, *std::move(wanted));
    }
    return {};
  }

  void leave_out_taken_over() {
    for (const auto& [key, partitions] : request_.taken_over) {
      const auto found = targets_.wanted.find(key);
      if (found == targets_.wanted.end()) continue;
      found->second.leave_out(partitions);
      if (found->second.partitions.empty()) targets_.wanted.erase(found);
    }
  }

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
    Result<PartitionSet> set =
        named_by_option(request_.partitions.get(), asset, selected.partitions, world_);
    if (!set) return std::move(set).error();
    const bool named = selected.named || request_.partitions;
    const Wanted& wanted = request_.wanted;
    if (!wanted.is_specified() && !named && asset.partitions.is_partitioned())
      return which_partitions(asset);
    return with_reasons(asset, *set);
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
  Targets targets_;
};

}  // namespace

Result<Targets> find_targets(const PlanRequest& request, const World& world) {
  return TargetFinder(request, world).find();
}

}  // namespace partita
