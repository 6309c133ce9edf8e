#include "service/live_runs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "partitions/selection.hpp"
#include "service/keys_of_then.hpp"
#include "service/leases.hpp"
#include "service/live_activity.hpp"
#include "service/run_plan.hpp"

namespace partita {
namespace {

Json activity_of(const Settings& settings, RunId run) {
  const Result<std::string> text = read_file(activity_file(settings, run));
  if (!text) return {};
  Result<Json> json = Json::parse(*text);
  return json ? *std::move(json) : Json();
}

Result<PartitionSet> set_of(const Json& text, const PartitionSpace& space) {
  if (!space.definition().is_partitioned()) {
    return text.as_string() == "{}" ? PartitionSet::none(space.shape())
                                    : PartitionSet::all(space.shape());
  }
  auto expr = parse_partitions(text.as_string());
  if (!expr) return std::move(expr).error();
  return evaluate(**expr, space, {});
}

// In today's space: those that it had when its process began.
Result<PartitionSet> told_set(const Json& text, const Json& activity, const RunRecord& run,
                              const PartitionSpace& space, Store& store) {
  return KeysOfThen(store, activity["planned"].as_int())
      .find(space.definition(), run.as_of, space,
            [&](const PartitionSpace& then) { return set_of(text, then); });
}

const Json* entry_of(const Json& activity, const std::string& asset) {
  for (const Json& entry : activity["assets"].as_array()) {
    if (entry["asset"].as_string() == asset) return &entry;
  }
  return nullptr;
}

// By the run. A failure may be attempted again: the run itself knows.
PartitionSet surely_decided(const OutcomeSets& outcomes) {
  return outcomes.materialized.united(outcomes.skipped)
      .united(outcomes.upstream_failed)
      .united(outcomes.cancelled);
}

}  // namespace

Result<LiveRuns> LiveRuns::look(const Settings& settings, const Catalog& catalog, Store& store) {
  Result<std::vector<RunRecord>> records = store.runs_under_way();
  if (!records) return std::move(records).error();
  LiveRuns live(catalog, store);
  for (RunRecord& record : *records) {
    if (record.kind != RunKind::materialize || !has_lease(settings, record.id)) continue;
    Json activity = activity_of(settings, record.id);
    live.runs_.push_back({std::move(record), std::move(activity)});
  }
  return live;
}

LiveRuns LiveRuns::look_at(const Settings& settings, const Catalog& catalog, Store& store,
                           RunRecord run) {
  LiveRuns live(catalog, store);
  if (!has_lease(settings, run.id)) return live;
  Json activity = activity_of(settings, run.id);
  live.runs_.push_back({std::move(run), std::move(activity)});
  return live;
}

Result<std::vector<RunShare>> LiveRuns::shares_of(const AssetDef& asset,
                                                  const PartitionSpace& space,
                                                  const PartitionSet& untouched) {
  std::vector<RunShare> shares;
  for (const LiveRun& run : runs_) {
    Result<RunShare> share = share_of(run, asset, space, untouched);
    if (!share) return std::move(share).error();
    if (!share->running.empty() || !share->queued.empty()) shares.push_back(*std::move(share));
  }
  return shares;
}

Result<RunShare> LiveRuns::share_of(const LiveRun& run, const AssetDef& asset,
                                    const PartitionSpace& space, const PartitionSet& untouched) {
  const PartitionSet none = PartitionSet::none(space.shape());
  RunShare share{run.record.id, none, none};
  const Json* entry = entry_of(run.activity, asset.key);
  if (!run.activity.is_null() && entry == nullptr) return share;
  const bool told = entry != nullptr && !(*entry)["left"].is_null();
  Result<PartitionSet> left =
      told ? told_set((*entry)["left"], run.activity, run.record, space, store_)
           : undecided_of_plan(run.record, asset, space, untouched);
  Result<PartitionSet> running =
      entry != nullptr ? told_set((*entry)["running"], run.activity, run.record, space, store_)
                       : none;
  // Not to be read: keys that today's definitions do not have. Nothing of it can be shown.
  if (!left || !running) return share;
  const std::int64_t told_at = run.activity["seq"].as_int();
  if (entry != nullptr) {
    const Result<OutcomeSets> since =
        store_.outcomes_after(told_at, asset.key, space, run.record.id);
    if (!since) return since.error();
    const PartitionSet decided = surely_decided(*since).minus(untouched);
    running = running->minus(decided);
    left = left->minus(decided);
  }
  share.queued = left->minus(*running);
  share.running = *std::move(running);
  return share;
}

Result<PartitionSet> LiveRuns::undecided_of_plan(const RunRecord& run, const AssetDef& asset,
                                                 const PartitionSpace& space,
                                                 const PartitionSet& untouched) {
  Result<PartitionSet> planned = RunPlan(run, catalog_, store_).of(asset, space, Planned::to_run);
  if (!planned || planned->empty()) return PartitionSet::none(space.shape());
  Result<OutcomeSets> since =
      store_.outcomes_since(run.id, asset.key, space, Store::Whose::its_own);
  if (!since) return std::move(since).error();
  return planned->minus(surely_decided(*since).united(since->failed).minus(untouched));
}

const RunShare* ShownStatuses::share_at(Index partition) const {
  const auto found = std::find_if(shares.begin(), shares.end(), [&](const RunShare& share) {
    return share.running.contains(partition) || share.queued.contains(partition);
  });
  return found != shares.end() ? &*found : nullptr;
}

std::string ShownStatuses::activity_at(Index partition) const {
  const RunShare* share = share_at(partition);
  if (share == nullptr) return {};
  const bool runs = share->running.contains(partition);
  return fmt::format("run {} {} it", share->run, runs ? "is making" : "is to make");
}

Result<ShownStatuses> shown_statuses(const AssetDef& asset, Snapshot& snapshot, LiveRuns& live) {
  Result<SpacePtr> space = snapshot.space(asset);
  if (!space) return std::move(space).error();
  Result<StatusMap> statuses = snapshot.statuses(asset);
  if (!statuses) return std::move(statuses).error();
  Result<std::vector<RunShare>> shares =
      live.shares_of(asset, **space, (*statuses)[DisplayStatus::missing]);
  if (!shares) return std::move(shares).error();
  ShownStatuses shown{*std::move(statuses), *std::move(shares), {}};
  if (shown.shares.empty()) return shown;
  PartitionSet running = PartitionSet::none((*space)->shape()), queued = running;
  for (const RunShare& share : shown.shares) {
    running = running.united(share.running);
    queued = queued.united(share.queued);
  }
  shown.before = shown.statuses;
  put_first(shown.statuses, std::move(running), std::move(queued));
  return shown;
}

}  // namespace partita
