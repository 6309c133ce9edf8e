#include "plan/check_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostNames = 8;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string known_checks(const std::set<std::string>& known) {
  std::vector<std::string> names;
  for (const std::string& name : known) {
    if (names.size() < kMostNames) names.push_back("`" + name + "`");
  }
  std::string text = (known.size() == 1 ? "the check there is: " : "the checks there are: ");
  text += join(names, ", ");
  return known.size() > kMostNames ? text + ", ..." : text;
}

// Partitions by which checks did not pass there: each is in one.
class NotPassed {
 public:
  void add(const std::string& check, PartitionSet partitions) {
    std::vector<Some> next;
    for (const Some& some : all_) {
      put(some.checks + ", " + check, some.partitions.intersected(partitions), next);
      put(some.checks, some.partitions.minus(partitions), next);
      partitions = partitions.minus(some.partitions);
    }
    put(check, std::move(partitions), next);
    all_ = std::move(next);
  }

  std::vector<PlannedReason> reasons() const {
    std::vector<PlannedReason> reasons;
    for (const Some& some : all_)
      reasons.push_back({false, "did not pass: " + some.checks, some.partitions});
    return reasons;
  }

 private:
  struct Some {
    std::string checks;
    PartitionSet partitions;
  };

  static void put(std::string checks, PartitionSet partitions, std::vector<Some>& list) {
    if (!partitions.empty()) list.push_back({std::move(checks), std::move(partitions)});
  }

  std::vector<Some> all_;
};

// The assets of the selection that have such checks.
class CheckPlanner {
 public:
  CheckPlanner(const CheckPlanRequest& request, const Selected& selected, const World& world)
      : request_(request), selected_(selected), world_(world) {}

  Result<CheckPlan> plan() {
    if (Status known = require_checks(); !known) return std::move(known).error();
    made_.plan.generation = world_.catalog->generation;
    made_.plan.checks_only = true;
    made_.plan.check_names = request_.checks;
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
    for (const std::string& name : request_.checks) {
      if (known.contains(name)) continue;
      const std::string near =
          did_you_mean(name, std::vector<std::string>(known.begin(), known.end()));
      return usage_error(
          fmt::format("check `{}`: no selected asset has a check of that name", name),
          near.empty() ? known_checks(known) : near);
    }
    return {};
  }

  std::vector<std::string> checks_of(const AssetDef& asset) const {
    std::vector<std::string> names;
    for (const CheckDef* check : world_.catalog->checks_on(asset.key)) {
      if (request_.checks.empty() || contains(request_.checks, check->name))
        names.push_back(check->name);
    }
    return names;
  }

  bool is_narrowed() const { return request_.missing || request_.failed; }

  Status add(const AssetDef& asset, const PartitionSet& all) {
    const std::vector<std::string> checks = checks_of(asset);
    if (checks.empty()) return {};
    Result<PartitionSet> selected = named_by_option(request_.partitions.get(), asset, all, world_);
    if (!selected) return std::move(selected).error();
    Result<StatusSets> statuses = world_.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    const PartitionSet there = selected->intersected(statuses->materialized);
    if (!is_narrowed()) made_.not_materialized += selected->count() - there.count();
    Result<std::vector<PlannedReason>> reasons = reasons_for(asset, checks, there);
    if (!reasons) return std::move(reasons).error();
    if (reasons->empty()) return {};
    return add(asset, *std::move(reasons));
  }

  Status add(const AssetDef& asset, std::vector<PlannedReason> reasons) {
    Result<SpacePtr> space = world_.space(asset);
    if (!space) return std::move(space).error();
    PlannedAsset planned;
    planned.def = asset;
    planned.def.policy.batch = 0;
    planned.def.policy.retry = {};
    planned.space = *std::move(space);
    planned.targets = planned.conditional = PartitionSet::none(planned.space->shape());
    planned.reasons = std::move(reasons);
    for (const PlannedReason& reason : planned.reasons)
      planned.targets = planned.targets.united(reason.partitions);
    made_.plan.assets.push_back(std::move(planned));
    return {};
  }

  // Why, of what is there, these are checked.
  Result<std::vector<PlannedReason>> reasons_for(const AssetDef& asset,
                                                 const std::vector<std::string>& checks,
                                                 const PartitionSet& there) const {
    std::vector<PlannedReason> reasons;
    PartitionSet rest = there;
    const auto take = [&](std::string text, const PartitionSet& set) {
      PartitionSet some = rest.intersected(set);
      if (some.empty()) return;
      rest = rest.minus(some);
      reasons.push_back({false, std::move(text), std::move(some)});
    };
    if (!is_narrowed()) take("materialized", there);
    if (request_.failed) {
      auto not_passed = not_passed_of(asset, checks);
      if (!not_passed) return not_passed;
      for (PlannedReason& reason : *not_passed) take(std::move(reason.text), reason.partitions);
    }
    if (request_.missing) {
      Result<PartitionSet> not_run = world_.checks_not_run(asset, checks);
      if (!not_run) return std::move(not_run).error();
      take("not checked yet", *not_run);
    }
    return reasons;
  }

  Result<std::vector<PlannedReason>> not_passed_of(const AssetDef& asset,
                                                   const std::vector<std::string>& checks) const {
    NotPassed all;
    for (const std::string& check : checks) {
      Result<PartitionSet> some = world_.checks_not_passed(asset, {check});
      if (!some) return std::move(some).error();
      all.add(check, *std::move(some));
    }
    return all.reasons();
  }

  const CheckPlanRequest& request_;
  const Selected& selected_;
  const World& world_;
  CheckPlan made_;
};

}  // namespace

Result<CheckPlan> make_check_plan(const CheckPlanRequest& request, const World& world) {
  Result<Selected> selected = select(*request.selection, world);
  if (!selected) return std::move(selected).error();
  return CheckPlanner(request, *selected, world).plan();
}

}  // namespace partita
