#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "plan/basis.hpp"
#include "service/project_state.hpp"
#include "service/run_options.hpp"
#include "service/run_plan.hpp"
#include "service/stored_catalog.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

enum class Verb { retry, resume };

// By this and by later runs; what is older is taken for the end that it was.
constexpr std::int64_t kAttemptsLookedAt = 20;
constexpr std::size_t kVersionDigits = 12;
constexpr std::size_t kMostDifferences = 5;

// What is left of one run, in the world of today or in its own.
class Rest {
 public:
  Rest(const RunRecord& run, Verb verb, Snapshot& snapshot, Store& store)
      : run_(run),
        plan_(run, snapshot.catalog(), store),
        verb_(verb),
        snapshot_(snapshot),
        store_(store) {
    request_.targets_reason = fmt::format("left of run {}", run.id);
    request_.allow_missing_upstream = allows_missing_upstream(run);
  }

  // Of assets that are defined.
  Result<Plan> plan(const PartitionsByAsset& taken_over) {
    for (const std::string& key : plan_.assets()) {
      const AssetDef* asset = snapshot_.catalog().asset(key);
      if (asset == nullptr) continue;
      if (Status added = add(*asset); !added) return std::move(added).error();
    }
    request_.taken_over = taken_over;
    return make_plan(request_, snapshot_.world());
  }

  // Of what the run had planned, what neither it nor a later one came to the end of.
  Result<PartitionSet> left_of(const AssetDef& asset) {
    Result<SpacePtr> space = snapshot_.space(asset);
    if (!space) return std::move(space).error();
    Result<OutcomeSets> since = store_.outcomes_since(run_.id, asset.key, **space);
    if (!since) return std::move(since).error();
    return left_since(*since, asset, **space);
  }

 private:
  Result<PartitionSet> left_since(const OutcomeSets& since, const AssetDef& asset,
                                  const PartitionSpace& space) {
    Result<PartitionSet> planned = plan_.of(asset, space, Planned::blocked_too);
    if (!planned) return planned;
    return planned->minus(since.materialized).minus(since.skipped);
  }

  Status add(const AssetDef& asset) {
    Result<SpacePtr> space = snapshot_.space(asset);
    if (!space) return std::move(space).error();
    Result<OutcomeSets> since = store_.outcomes_since(run_.id, asset.key, **space);
    if (!since) return std::move(since).error();
    Result<PartitionSet> rest = left_since(*since, asset, **space);
    if (!rest) return std::move(rest).error();
    PartitionSet left = *std::move(rest);
    if (verb_ == Verb::resume) {
      Result<PartitionSet> in_vain = tried_in_vain(asset, **space);
      if (!in_vain) return std::move(in_vain).error();
      request_.not_made.emplace(asset.key, left.intersected(*in_vain));
      left = left.minus(*in_vain);
    }
    Result<PartitionSet> in_doubt = conditional(asset, **space, *since);
    if (!in_doubt) return std::move(in_doubt).error();
    request_.targets.emplace(asset.key, left.minus(*in_doubt));
    request_.conditional_targets.emplace(asset.key, left.intersected(*in_doubt));
    return {};
  }

  // By the run itself: what others tried since is still for it to do.
  Result<PartitionSet> tried_in_vain(const AssetDef& asset, const PartitionSpace& space) {
    Result<OutcomeSets> own =
        store_.outcomes_since(run_.id, asset.key, space, Store::Whose::its_own);
    if (!own) return std::move(own).error();
    Result<PartitionSet> again = cut_short(asset, space, own->failed);
    if (!again) return again;
    return own->failed.minus(*again).united(own->upstream_failed);
  }

  // Of what failed in the run, what it would have attempted again.
  Result<PartitionSet> cut_short(const AssetDef& asset, const PartitionSpace& space,
                                 const PartitionSet& failed) {
    std::vector<Index> again;
    Status read;
    failed.for_each([&](Index index) {
      const auto last = store_.attempts_at(asset.key, space.identity_at(index), kAttemptsLookedAt);
      if (!last) read = last.error();
      if (last && is_cut_short(asset.policy, *last)) again.push_back(index);
      return bool(last);
    });
    if (!read) return std::move(read).error();
    return PartitionSet::of_indices(space.shape(), std::move(again));
  }

  bool is_cut_short(const RunPolicy& policy, const std::vector<AttemptRecord>& attempts) const {
    const auto own = std::find_if(attempts.begin(), attempts.end(),
                                  [&](const AttemptRecord& one) { return one.run == run_.id; });
    if (own == attempts.end()) return false;
    const bool asked = own->failure && own->failure->kind == "retry";
    return own->attempt <= policy.retry.most_retries(asked);
  }

  // Of what was to run only if something changed: what it did not begin, and is up to date still.
  Result<PartitionSet> conditional(const AssetDef& asset, const PartitionSpace& space,
                                   const OutcomeSets& since) {
    Result<PartitionSet> set = plan_.of(asset, space, Planned::conditional);
    if (!set || set->empty()) return set;
    const World world = snapshot_.world();
    Result<StatusSets> statuses = world.statuses(asset);
    if (!statuses) return std::move(statuses).error();
    Result<const Freshness*> freshness = world.freshness(asset);
    if (!freshness) return std::move(freshness).error();
    return set->intersected(statuses->materialized)
        .minus((*freshness)->stale)
        .minus(since.failed)
        .minus(since.cancelled);
  }

  const RunRecord& run_;
  RunPlan plan_;
  const Verb verb_;
  Snapshot& snapshot_;
  Store& store_;
  PlanRequest request_;
};

// As it was asked for.
std::string check_command(const RunRecord& run) {
  std::string line = fmt::format("partita check run '{}'", run.selection);
  for (const std::string& option : run.options)
    line += option.starts_with("--") ? " " + option : fmt::format(" '{}'", option);
  return line;
}

Status require_materialization(const RunRecord& run) {
  if (run.kind == RunKind::materialize) return {};
  if (run.kind == RunKind::check) {
    return usage_error(fmt::format("run {} materialized nothing: it ran checks", run.id),
                       check_command(run));
  }
  return usage_error(fmt::format("run {} materialized nothing itself", run.id));
}

// Its selection may name other partitions by now, and not all that it had planned.
Status require_order(const MaterializeRequest& how) {
  if (how.order != MaterializeRequest::Order::listed) return {};
  return usage_error("option `--order` does not take `listed` here: there is no selection",
                     "it takes newest or oldest");
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

// Where an asset of the run is configured otherwise today.
void tell_other_config(const RunRecord& run, const Catalog& catalog, const Settings& today,
                       RunListener& listener) {
  if (run.config.is_null()) return;
  std::set<std::string> others;
  for (const Json& entry : run.plan.as_array()) {
    const AssetDef* asset = catalog.asset(entry["asset"].as_string());
    if (asset == nullptr) continue;
    const std::string then = basis_of(*asset, run.config).config.dump();
    if (then != basis_of(*asset, today.config).config.dump()) others.insert(asset->key);
  }
  if (others.empty()) return;
  listener.noticed(fmt::format(
      "run {} goes on with the [config] that it began with, and that of {} is another "
      "now; `partita retry {}` takes today's",
      run.id, join(std::vector<std::string>(others.begin(), others.end()), ", "), run.id));
}

// Only the nearest is told of a retry of a retry.
std::string name_of_retry(const RunRecord& run) {
  constexpr std::string_view kRetry = " (retry of run ";
  std::string name = run.selection;
  for (std::size_t at = name.rfind(kRetry); at != std::string::npos && name.ends_with(')');
       at = name.rfind(kRetry))
    name.resize(at);
  return fmt::format("{}{}{})", name, kRetry, run.id);
}

std::string shown(const std::string& version) {
  return version.empty() ? "none" : version.substr(0, kVersionDigits);
}

// What of an asset is other than now; empty: nothing.
std::string difference(const std::string& key, const Catalog& then, const Catalog& now) {
  const AssetDef* before = then.asset(key);
  const AssetDef* after = now.asset(key);
  if (before == nullptr) return {};
  if (after == nullptr) return fmt::format("{} is not defined any more", key);
  const std::string old_version = then.code_version(*before);
  const std::string version = now.code_version(*after);
  if (old_version != version)
    return fmt::format("code of {} is {}, and {} now", key, shown(old_version), shown(version));
  const PluginRecord* old_plugin = then.plugin(before->plugin);
  const PluginRecord* plugin = now.plugin(after->plugin);
  const bool other =
      old_plugin != nullptr && plugin != nullptr && old_plugin->load_hash != plugin->load_hash;
  return other ? fmt::format("plugin {} has other code now", after->plugin) : std::string();
}

// Where the code that a run goes on with is not today's; empty: it is.
std::string older_code(const RunRecord& run, const Catalog& then, const Catalog& now,
                       Store& store) {
  std::vector<std::string> differences;
  for (const std::string& asset : RunPlan(run, now, store).assets()) {
    const std::string text = difference(asset, then, now);
    if (!text.empty() && std::ranges::find(differences, text) == differences.end())
      differences.push_back(text);
  }
  if (differences.empty()) return {};
  const std::size_t more = differences.size() - std::min(differences.size(), kMostDifferences);
  differences.resize(differences.size() - more);
  return fmt::format(
      "run {} goes on with the code of generation {}, which is {} now: {}{}; `partita retry {}` "
      "runs today's",
      run.id, run.generation, now.generation, join(differences, ", "),
      more > 0 ? fmt::format(" and {} more", more) : "", run.id);
}

// Of which assets a run had planned partitions that there are no more.
Result<std::vector<std::string>> dropped(const RunRecord& run, Snapshot& snapshot, Store& store) {
  std::vector<std::string> lines;
  RunPlan plan(run, snapshot.catalog(), store);
  for (const std::string& key : plan.assets()) {
    const AssetDef* asset = snapshot.catalog().asset(key);
    if (asset == nullptr) continue;
    Result<SpacePtr> space = snapshot.space(*asset);
    if (!space) return std::move(space).error();
    Result<PartitionSet> left = plan.of(*asset, **space, Planned::blocked_too);
    if (!left) return std::move(left).error();
    const std::int64_t gone = plan.count_of(key, Planned::blocked_too) - left->count();
    if (gone > 0)
      lines.push_back(fmt::format("{} of {} that it had planned {} left out: removed since",
                                  count_of(gone, "partition"), key, gone == 1 ? "is" : "are"));
  }
  return lines;
}

// Of which assets that no definition has any more something is left of a run.
Result<std::vector<std::string>> gone(const RunRecord& run, const Snapshot& today,
                                      PluginFunctions& functions, Store& store) {
  std::vector<std::string> assets = RunPlan(run, today.catalog(), store).assets();
  std::erase_if(assets, [&](const std::string& key) { return today.catalog().asset(key); });
  std::vector<std::string> lines;
  if (assets.empty()) return lines;
  Result<Catalog> catalog = catalog_of(run.generation, store);
  if (!catalog) return std::move(catalog).error();
  Snapshot then(std::make_shared<const Catalog>(*std::move(catalog)), store, functions, run.as_of,
                Json());
  Rest rest(run, Verb::retry, then, store);
  for (const std::string& key : assets) {
    Result<const AssetDef*> asset = then.find(key);
    if (!asset) return std::move(asset).error();
    const Result<PartitionSet> left = rest.left_of(**asset);
    // Where that cannot be said, it is named as well.
    if (left && left->empty()) continue;
    lines.push_back(fmt::format(
        "{} is left out: no definition has it any more{}", key,
        left ? fmt::format(", and {} of it {} left", count_of(left->count(), "partition"),
                           left->count() == 1 ? "is" : "are")
             : ""));
  }
  return lines;
}

Status tell_dropped(const RunRecord& run, Snapshot& snapshot, Store& store, RunListener& listener) {
  Result<std::vector<std::string>> lines = dropped(run, snapshot, store);
  if (!lines) return std::move(lines).error();
  for (const std::string& line : *lines) listener.noticed(line);
  return {};
}

}  // namespace

Result<bool> Project::State::has_rest(const RunRecord& run) {
  Snapshot world(catalog, *store, *functions, run.as_of, settings.config);
  const Result<Plan> rest = Rest(run, Verb::resume, world, *store).plan({});
  // It goes on with its own definitions.
  const auto is_gone = [&](const std::string& asset) { return catalog->asset(asset) == nullptr; };
  return !rest || rest->count() > 0 ||
         std::ranges::any_of(RunPlan(run, *catalog, *store).assets(), is_gone);
}

Result<MaterializeView> Project::retry(std::int64_t id, const MaterializeRequest& how,
                                       RunListener& listener) {
  Result<RunRecord> run = state_->store->run(id);
  if (!run) return std::move(run).error();
  if (Status fits = require_materialization(*run); !fits) return std::move(fits).error();
  if (Status fits = require_order(how); !fits) return std::move(fits).error();
  const std::vector<std::string> options = options_of_rest(*run, state_->config_options);
  Result<Settings> settings = settings_with(state_->settings, options);
  if (!settings) return std::move(settings).error();
  Snapshot snapshot(state_->catalog, *state_->store, *state_->functions, run->as_of,
                    settings->config);
  if (Status told = tell_dropped(*run, snapshot, *state_->store, listener); !told)
    return std::move(told).error();
  Result<std::vector<std::string>> not_defined =
      gone(*run, snapshot, *state_->functions, *state_->store);
  if (!not_defined) return std::move(not_defined).error();
  for (const std::string& line : *not_defined) listener.noticed(line);
  Work work{name_of_retry(*run),
            [&](Snapshot& world, const PartitionsByAsset& taken_over) {
              return Rest(*run, Verb::retry, world, *state_->store).plan(taken_over);
            },
            0, options};
  return state_->materialize(*settings, snapshot, std::move(work), how, listener);
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
  Result<Catalog> catalog = catalog_of(run->generation, *state_->store);
  if (!catalog) return std::move(catalog).error();
  if (Status there = require_copies(*run, *catalog); !there) return std::move(there).error();
  Result<Settings> settings = settings_of(*run, state_->settings, state_->config_options);
  if (!settings) return std::move(settings).error();
  tell_other_config(*run, *catalog, state_->settings, listener);
  const std::string older = older_code(*run, *catalog, *state_->catalog, *state_->store);
  Snapshot snapshot(std::make_shared<const Catalog>(*std::move(catalog)), *state_->store,
                    *state_->functions, run->as_of, settings->config);
  if (Status told = tell_dropped(*run, snapshot, *state_->store, listener); !told)
    return std::move(told).error();
  if (!older.empty()) listener.noticed(older);
  Work work{run->selection,
            [&](Snapshot& world, const PartitionsByAsset& taken_over) {
              return Rest(*run, Verb::resume, world, *state_->store).plan(taken_over);
            },
            id};
  return state_->materialize(*settings, snapshot, std::move(work), how, listener);
}

}  // namespace partita
