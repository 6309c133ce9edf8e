#include <fmt/format.h>

#include "service/planned_by.hpp"
#include "service/project_state.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

// What a run had planned, by asset, of those that there are in this world.
Result<PartitionsByAsset> planned_by(const RunRecord& run, Snapshot& snapshot, Store& store) {
  PartitionsByAsset planned;
  for (const std::string& key : assets_planned_by(run)) {
    Result<const AssetDef*> asset = snapshot.find(key);
    if (!asset) return std::move(asset).error();
    Result<SpacePtr> space = snapshot.space(**asset);
    if (!space) return std::move(space).error();
    Result<PartitionSet> set = planned_by(run, **asset, **space, Planned::blocked_too, store);
    if (!set) return std::move(set).error();
    planned.emplace(key, *std::move(set));
  }
  return planned;
}

PartitionSet settled(const OutcomeSets& since) {
  return since.materialized.united(since.skipped);
}

// What came to an end of any kind.
PartitionSet attempted(const OutcomeSets& since) {
  return settled(since).united(since.failed).united(since.upstream_failed);
}

// The plan of what is left of a run.
Result<Plan> left_of(const RunRecord& run, Snapshot& snapshot, Store& store,
                     PartitionSet (*done)(const OutcomeSets&), std::string reason,
                     const PartitionsByAsset& taken_over) {
  auto planned = planned_by(run, snapshot, store);
  if (!planned) return std::move(planned).error();
  PlanRequest request;
  request.targets_reason = std::move(reason);
  request.taken_over = taken_over;
  for (const auto& [key, partitions] : *planned) {
    Result<SpacePtr> space = snapshot.space(*snapshot.catalog().asset(key));
    if (!space) return std::move(space).error();
    Result<OutcomeSets> since = store.outcomes_since(run.id, key, **space);
    if (!since) return std::move(since).error();
    request.targets.emplace(key, partitions.minus(done(*since)));
  }
  return make_plan(request, snapshot.world());
}

Status require_materialization(const RunRecord& run) {
  if (run.kind == RunKind::materialize) return {};
  if (run.kind == RunKind::check) {
    return usage_error(fmt::format("run {} materialized nothing: it ran checks", run.id),
                       fmt::format("partita check run '{}'", run.selection));
  }
  return usage_error(fmt::format("run {} materialized nothing itself", run.id));
}

// Its selection may name other partitions by now, and not all that it had planned.
Status require_order(const MaterializeRequest& how) {
  if (how.order != MaterializeRequest::Order::listed) return {};
  return usage_error("option `--order` does not take `listed` here: there is no selection",
                     "it takes newest or oldest");
}

Result<CatalogPtr> catalog_of(const RunRecord& run, Store& store) {
  Result<std::string> text = store.catalog_of(run.generation);
  if (!text) return std::move(text).error();
  auto json = Json::parse(*text);
  if (!json) return std::move(json).error();
  Result<Catalog> catalog = catalog_from_json(*json);
  if (!catalog) return std::move(catalog).error();
  return std::make_shared<const Catalog>(*std::move(catalog));
}

// The copies of the run's plugins are kept while it is unfinished, unless there were many since.
Status require_copies(const RunRecord& run, const Catalog& catalog) {
  for (const PluginRecord& plugin : catalog.plugins) {
    std::error_code failed;
    if (std::filesystem::exists(plugin.stored, failed)) continue;
    return Error{ErrorCode::not_found,
                 fmt::format("resume run {}: the code of plugin {} that it began with is gone",
                             run.id, plugin.id),
                 fmt::format("`partita retry {}` does the rest with today's code", run.id)};
  }
  return {};
}

}  // namespace

Result<MaterializeView> Project::retry(std::int64_t id, const MaterializeRequest& how,
                                       RunListener& listener) {
  Result<RunRecord> run = state_->store->run(id);
  if (!run) return std::move(run).error();
  if (Status fits = require_materialization(*run); !fits) return std::move(fits).error();
  if (Status fits = require_order(how); !fits) return std::move(fits).error();
  Snapshot snapshot(state_->catalog, *state_->store, *state_->functions, run->as_of,
                    state_->settings.config);
  Work work{fmt::format("{} (retry of run {})", run->selection, id),
            [&](Snapshot& world, const PartitionsByAsset& taken_over) {
              return left_of(*run, world, *state_->store, &settled,
                             fmt::format("left of run {}", id), taken_over);
            },
            0};
  return state_->materialize(snapshot, std::move(work), how, listener);
}

Result<MaterializeView> Project::resume(std::int64_t id, const MaterializeRequest& how,
                                        RunListener& listener) {
  Result<RunRecord> run = state_->store->run(id);
  if (!run) return std::move(run).error();
  if (Status fits = require_materialization(*run); !fits) return std::move(fits).error();
  if (Status fits = require_order(how); !fits) return std::move(fits).error();
  if (run->state != RunState::interrupted && run->state != RunState::cancelled) {
    return usage_error(
        fmt::format("resume run {}: it came to its end ({})", id, to_text(run->state)),
        fmt::format("`partita retry {}` takes up what failed", id));
  }
  Result<CatalogPtr> catalog = catalog_of(*run, *state_->store);
  if (!catalog) return std::move(catalog).error();
  if (Status there = require_copies(*run, **catalog); !there) return std::move(there).error();
  Snapshot snapshot(*catalog, *state_->store, *state_->functions, run->as_of,
                    state_->settings.config);
  Work work{run->selection,
            [&](Snapshot& world, const PartitionsByAsset& taken_over) {
              return left_of(*run, world, *state_->store, &attempted,
                             fmt::format("left of run {}", id), taken_over);
            },
            id};
  return state_->materialize(snapshot, std::move(work), how, listener);
}

}  // namespace partita
