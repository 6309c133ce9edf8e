#include "service/check_standing.hpp"

#include <algorithm>
#include <map>

namespace partita {
namespace {

// Whether everything that is known of the asset is at partitions that there are.
Result<bool> has_no_others(const AssetDef& asset, Snapshot& snapshot, Store& store) {
  Result<std::int64_t> known = store.count_states(asset.key);
  if (!known) return std::move(known).error();
  Result<const OutcomeSets*> sets = snapshot.outcomes(asset);
  if (!sets) return std::move(sets).error();
  return ever_attempted(**sets).count() == *known;
}

CheckView* find_check(std::vector<CheckView>& checks, std::string_view name) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const CheckView& check) { return check.name == name; });
  return found != checks.end() ? &*found : nullptr;
}

}  // namespace

Status count_checks(const AssetDef& asset, Snapshot& snapshot, Store& store,
                    std::vector<CheckView>& checks) {
  if (checks.empty()) return {};
  Result<bool> no_others = has_no_others(asset, snapshot, store);
  if (!no_others) return std::move(no_others).error();
  if (*no_others) {
    return store.for_each_check(
        asset.key, [&](const std::string& name, std::int64_t passed, std::int64_t not_passed) {
          CheckView* check = find_check(checks, name);
          if (check == nullptr) return;
          check->passed = passed;
          check->not_passed = not_passed;
        });
  }
  Result<SpacePtr> space = snapshot.space(asset);
  if (!space) return std::move(space).error();
  return store.for_each_check_result(
      asset.key, Store::CheckResults::all,
      [&](std::string_view identity, std::string_view name, bool passed) {
        CheckView* check = find_check(checks, name);
        if (check == nullptr || !(*space)->index_of_identity(identity)) return;
        ++(passed ? check->passed : check->not_passed);
      });
}

Result<PartitionSet> checks_not_passed(const AssetDef& asset,
                                       const std::vector<std::string>& checks,
                                       const PartitionSpace& space, Store& store) {
  std::vector<Index> indices;
  const auto take = [&](std::string_view identity, std::string_view name, bool) {
    if (std::find(checks.begin(), checks.end(), name) == checks.end()) return;
    if (const auto index = space.index_of_identity(identity)) indices.push_back(*index);
  };
  Status read = checks.empty()
                    ? Status()
                    : store.for_each_check_result(asset.key, Store::CheckResults::not_passed, take);
  if (!read) return std::move(read).error();
  return PartitionSet::of_indices(space.shape(), std::move(indices));
}

Result<PartitionSet> checks_not_run(const AssetDef& asset, const std::vector<std::string>& checks,
                                    const PartitionSpace& space, const PartitionSet& there,
                                    Store& store) {
  std::map<std::string, std::vector<Index>, std::less<>> results;
  for (const std::string& check : checks) results[check];
  Status read =
      store.for_each_check_result(asset.key, Store::CheckResults::all,
                                  [&](std::string_view identity, std::string_view name, bool) {
                                    const auto found = results.find(name);
                                    if (found == results.end()) return;
                                    if (const auto index = space.index_of_identity(identity))
                                      found->second.push_back(*index);
                                  });
  if (!read) return std::move(read).error();
  PartitionSet not_run = PartitionSet::none(space.shape());
  for (auto& [check, indices] : results) {
    const PartitionSet run = PartitionSet::of_indices(space.shape(), std::move(indices));
    not_run = not_run.united(there.minus(run));
  }
  return not_run;
}

}  // namespace partita
