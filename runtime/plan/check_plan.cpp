#include "plan/check_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace partita {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The assets of the selection that have such checks.
class CheckPlanner {
 public:
  CheckPlanner(const Selected& selected, const std::vector<std::string>& names, const World& world)
      : selected_(selected), names_(names), world_(world) {}

  Result<CheckPlan> plan() {
    if (Status known = require_checks(); !known) return std::move(known).error();
    made_.plan.generation = world_.catalog->generation;
    made_.plan.checks_only = true;
    made_.plan.check_names = names_;
    for (const auto& [key, one] : selected_) {
      if (Status added = add(*world_.catalog->asset(key), one.partitions); !added)
        return std::move(added).error();
    }
    return std::move(made_);
  }

 private:
  Status require_checks() const {
    std::set<std::string> known;
    for (const auto& [key, one] : selected_) {
      for (const CheckDef* check : world_.catalog->checks_on(key)) known.insert(check->name);
    }
    if (known.empty() && !selected_.empty()) {
      const std::string& first = selected_.begin()->first;
      return usage_error(selected_.size() == 1
                             ? fmt::format("check `{}`: it has no checks", first)
                             : std::string("check: none of the selected assets has checks"),
                         fmt::format("`partita show {}` tells the checks of an asset", first));
    }
    for (const std::string& name : names_) {
      if (known.contains(name)) continue;
      return usage_error(
          fmt::format("check `{}`: no selected asset has a check of that name", name),
          did_you_mean(name, std::vector<std::string>(known.begin(), known.end())));
    }
    return {};
  }

  bool has_some(const AssetDef& asset) const {
    const auto checks = world_.catalog->checks_on(asset.key);
    return std::any_of(checks.begin(), checks.end(), [&](const CheckDef* check) {
      return names_.empty() || contains(names_, check->name);
    });
  }

  Status add(const AssetDef& asset, const PartitionSet& selected) {
    if (!has_some(asset)) return {};
    Result<StatusSets> statuses = world_.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    Result<SpacePtr> space = world_.space(asset);
    if (!space) return std::move(space).error();
    PlannedAsset planned;
    planned.def = asset;
    planned.def.policy.batch = 0;
    planned.def.policy.retry = {};
    planned.space = *std::move(space);
    planned.targets = selected.intersected(statuses->materialized);
    planned.conditional = PartitionSet::none(planned.space->shape());
    made_.not_materialized += selected.count() - planned.targets.count();
    if (planned.targets.empty()) return {};
    planned.reasons.push_back({false, "materialized", planned.targets});
    made_.plan.assets.push_back(std::move(planned));
    return {};
  }

  const Selected& selected_;
  const std::vector<std::string>& names_;
  const World& world_;
  CheckPlan made_;
};

}  // namespace

Result<CheckPlan> make_check_plan(const AssetExpr& selection, const std::vector<std::string>& names,
                                  const World& world) {
  Result<Selected> selected = select(selection, world);
  if (!selected) return std::move(selected).error();
  return CheckPlanner(*selected, names, world).plan();
}

}  // namespace partita
