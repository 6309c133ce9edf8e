#include "service/leases.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <set>

#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/run_plan.hpp"

namespace partita {
namespace {

constexpr int kPollMillis = 50;
constexpr std::size_t kMostPieces = 3;  // of the partitions that are told

Path lease_directory(const Settings& settings) {
  return settings.state / "runs";
}

Path lease_file(const Settings& settings, RunId run) {
  return lease_directory(settings) / fmt::format("{}.lock", run);
}

std::vector<Path> lease_files(const Settings& settings) {
  std::vector<Path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(lease_directory(settings), failed))
    files.push_back(entry.path());
  return files;
}

// The lease of a run that lives; empty: there is none.
Path live_lease(const Settings& settings) {
  for (const Path& file : lease_files(settings)) {
    if (FileLock::is_held(file)) return file;
  }
  return {};
}

Error is_under_way(const Path& lease, std::int64_t pid) {
  const std::string run = lease.stem().string();
  if (lease.empty())
    return {ErrorCode::lease_held,
            fmt::format("change the project: process {} begins a run in it, or changes it", pid),
            "wait for it to end"};
  return {ErrorCode::lease_held,
          fmt::format("change the project: run {} (process {}) is under way in it", run, pid),
          fmt::format("`partita run {}` shows what it does; wait for it to end", run)};
}

// What a run has still to make.
class WorkLeft {
 public:
  WorkLeft(const Settings& settings, Snapshot& snapshot, Store& store)
      : settings_(settings), snapshot_(snapshot), store_(store) {}

  Result<PartitionsByAsset> of(const RunRecord& run) {
    PartitionsByAsset left;
    Result<bool> moving = has_unpublished(run.id);
    if (!moving) return std::move(moving).error();
    RunPlan plan(run, snapshot_.catalog(), store_);
    for (const std::string& key : plan.assets()) {
      const AssetDef* asset = snapshot_.catalog().asset(key);
      if (asset == nullptr) continue;
      Result<PartitionSet> some = of(run.id, plan, *asset, *moving);
      if (!some) return std::move(some).error();
      if (!some->empty()) left.emplace(key, *std::move(some));
    }
    return left;
  }

 private:
  // What is durable and not yet in its place may belong to any of the run's partitions.
  Result<bool> has_unpublished(RunId run) {
    Result<std::vector<OutputRecord>> outputs = store_.unpublished_outputs();
    if (!outputs) return std::move(outputs).error();
    return std::any_of(outputs->begin(), outputs->end(), [&](const OutputRecord& output) {
      return is_staged_by(settings_, run, output);
    });
  }

  // Where its plan cannot be read with today's definitions, or they have not all of it, all: what
  // they have in its place may have the same output directories.
  Result<PartitionSet> of(RunId run, RunPlan& plan, const AssetDef& asset, bool all_of_it) {
    Result<SpacePtr> space = snapshot_.space(asset);
    if (!space) return std::move(space).error();
    Result<PartitionSet> planned = plan.of(asset, **space, Planned::to_run);
    if (!planned || planned->count() < plan.count_of(asset.key, Planned::to_run))
      return PartitionSet::all((*space)->shape());
    if (all_of_it) return planned;
    Result<OutcomeSets> since = store_.outcomes_since(run, asset.key, **space);
    if (!since) return std::move(since).error();
    return planned->minus(since->materialized).minus(since->skipped);
  }

  const Settings& settings_;
  Snapshot& snapshot_;
  Store& store_;
};

// What a plan makes and what it reads, by asset.
Result<PartitionsByAsset> touched_by(const Plan& plan, Snapshot& snapshot) {
  PartitionsByAsset touched;
  const auto add = [&](const std::string& asset, PartitionSet set) {
    auto [at, added] = touched.emplace(asset, set);
    if (!added) at->second = at->second.united(set);
  };
  const auto add_read = [&](const AssetDef& asset, const PartitionSet& partitions) -> Status {
    for (const Dependency& dep : asset.deps) {
      const AssetDef* upstream = snapshot.catalog().asset(dep.asset);
      if (upstream == nullptr) continue;
      auto mapping = snapshot.mapping(dep, *upstream, asset);
      if (!mapping) return std::move(mapping).error();
      add(upstream->key, (*mapping)->upstream_of(partitions).existing);
    }
    return {};
  };
  for (const PlannedAsset& planned : plan.assets) {
    add(planned.def.key, planned.targets);
    if (Status read = add_read(planned.def, planned.targets); !read) return std::move(read).error();
  }
  for (const BlockedPartitions& blocked : plan.blocked) {
    const AssetDef* asset = snapshot.catalog().asset(blocked.asset);
    if (Status read = add_read(*asset, blocked.partitions); !read) return std::move(read).error();
  }
  return touched;
}

bool reads_itself(const AssetDef& asset) {
  return std::any_of(asset.deps.begin(), asset.deps.end(),
                     [&](const Dependency& dep) { return dep.asset == asset.key; });
}

// Compares a plan with one run after the other.
class Comparison {
 public:
  Comparison(const Plan& plan, const PartitionsByAsset& touched, Snapshot& snapshot)
      : plan_(plan), touched_(touched), snapshot_(snapshot) {}

  // What they both touch; empty: nothing.
  Result<std::string> with(const LiveRun& live) {
    const bool makes = live.run.kind == RunKind::materialize;
    std::set<std::string> pools;
    for (const auto& [key, left] : live.left) {
      const AssetDef& asset = *snapshot_.catalog().asset(key);
      if (const auto found = touched_.find(key); makes && found != touched_.end()) {
        const PartitionSet both = found->second.intersected(left);
        if (!both.empty()) return name_of(asset, both);
      }
      if (!asset.pool.empty()) pools.insert(asset.pool);
      const bool in_order = makes && !plan_.checks_only && reads_itself(asset);
      if ((asset.policy.exclusive || in_order) && plans(key)) return key;
    }
    for (const PlannedAsset& planned : plan_.assets) {
      if (pools.contains(planned.def.pool)) return "pool " + planned.def.pool;
    }
    return std::string();
  }

 private:
  bool plans(const std::string& key) const {
    return std::any_of(plan_.assets.begin(), plan_.assets.end(),
                       [&](const PlannedAsset& planned) { return planned.def.key == key; });
  }

  Result<std::string> name_of(const AssetDef& asset, const PartitionSet& partitions) {
    if (!asset.partitions.is_partitioned()) return asset.key;
    Result<SpacePtr> space = snapshot_.space(asset);
    if (!space) return std::move(space).error();
    return asset.key + "@" + to_text(partitions, **space, kMostPieces);
  }

  const Plan& plan_;
  const PartitionsByAsset& touched_;
  Snapshot& snapshot_;
};

}  // namespace

Path admission_file(const Settings& settings) {
  return settings.state / "run.lock";
}

Result<Lease> Lease::take(const Settings& settings, RunId run) {
  Path file = lease_file(settings, run);
  if (Status made = make_directories(file.parent_path()); !made) return std::move(made).error();
  // Who asks whether it is held holds it for a moment.
  Result<FileLock> lock = FileLock::acquire(file, [](std::int64_t) { return Status(); });
  if (!lock) return std::move(lock).error();
  return Lease(std::move(file), *std::move(lock));
}

Lease::~Lease() {
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

bool has_lease(const Settings& settings, RunId run) {
  return FileLock::is_held(lease_file(settings, run));
}

Status sweep_leases(const Settings& settings) {
  for (const Path& file : lease_files(settings)) {
    if (FileLock::is_held(file)) continue;
    if (Status removed = remove_tree(file); !removed) return removed;
  }
  return {};
}

Result<FileLock> lock_out_runs(const Settings& settings, bool no_wait,
                               const std::function<void(std::int64_t pid)>& waiting) {
  bool told = false;
  Path lease;
  const auto wait_for = [&](std::int64_t pid) -> Status {
    if (no_wait) return is_under_way(lease, pid);
    if (!std::exchange(told, true)) waiting(pid);
    return {};
  };
  for (;; ::poll(nullptr, 0, kPollMillis)) {
    Result<FileLock> lock = FileLock::acquire(admission_file(settings), wait_for);
    lease = lock ? live_lease(settings) : Path();
    const std::int64_t pid = lease.empty() ? 0 : FileLock::holder(lease);
    if (pid == 0) return lock;
    if (Status wait = wait_for(pid); !wait) return std::move(wait).error();
  }
}

Result<std::vector<LiveRun>> live_runs(const Settings& settings, Snapshot& snapshot, Store& store) {
  Result<std::vector<RunRecord>> runs = store.runs_under_way();
  if (!runs) return std::move(runs).error();
  std::vector<LiveRun> live;
  for (RunRecord& run : *runs) {
    if (!has_lease(settings, run.id)) continue;
    Result<PartitionsByAsset> left = WorkLeft(settings, snapshot, store).of(run);
    if (!left) return std::move(left).error();
    live.push_back({std::move(run), *std::move(left)});
  }
  return live;
}

Result<std::optional<Conflict>> conflict_with(const Plan& plan, const std::vector<LiveRun>& live,
                                              Snapshot& snapshot) {
  if (live.empty()) return std::optional<Conflict>();
  Result<PartitionsByAsset> touched = PartitionsByAsset();
  if (!plan.checks_only) touched = touched_by(plan, snapshot);
  if (!touched) return std::move(touched).error();
  Comparison comparison(plan, *touched, snapshot);
  for (const LiveRun& one : live) {
    Result<std::string> what = comparison.with(one);
    if (!what) return std::move(what).error();
    if (!what->empty()) return std::optional(Conflict{one.run, *std::move(what)});
  }
  return std::optional<Conflict>();
}

}  // namespace partita
