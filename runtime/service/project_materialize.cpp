#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "execute/dimension_caps.hpp"
#include "execute/mixed_executor.hpp"
#include "execute/process_executor.hpp"
#include "execute/scheduler.hpp"
#include "execute/thread_executor.hpp"
#include "service/leases.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/run_options.hpp"
#include "service/run_recorder.hpp"
#include "service/secrets.hpp"
#include "service/wipe_targets.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

constexpr int kPollMillis = 50;
// Another run's progress is looked at so often; a plan that takes long is not made all the time.
constexpr std::int64_t kRecheckMicros = 1'000'000;
constexpr std::int64_t kRecheckPlans = 10;

int interrupts_of(const MaterializeRequest& request) {
  return request.interrupts != nullptr ? request.interrupts->load() : 0;
}

Result<TaskSettings> task_settings(const Settings& settings, const Catalog& catalog) {
  Result<Json> resources = resolve_secrets(settings);
  if (!resources) return std::move(resources).error();
  TaskSettings task;
  for (const PluginRecord& plugin : catalog.plugins) {
    task.plugins[plugin.id] = {plugin.stored.string(), plugin.load_hash};
  }
  task.config = settings.config;
  task.resources = *std::move(resources);
  task.project_directory = settings.directory.string();
  return task;
}

RunState end_state(const RunCounts& counts, Index blocked, bool interrupted) {
  if ((interrupted || counts.timed_out) && counts.cancelled + counts.cut_short > 0)
    return RunState::cancelled;
  if (counts.failed > 0 || counts.upstream_failed > 0 || blocked > 0 || counts.cancelled > 0)
    return RunState::failed;
  return RunState::success;
}

StatusCounts to_counts(const RunCounts& counts, const Plan& plan) {
  StatusCounts view;
  const auto put = [&](DisplayStatus status, Index count) {
    if (count > 0) view[status] = count;
  };
  put(plan.checks_only ? DisplayStatus::passed : DisplayStatus::materialized, counts.materialized);
  // Checks wait for nothing upstream: those of an asset that was given up did not run.
  const Index not_checked = plan.checks_only ? counts.upstream_failed : 0;
  put(DisplayStatus::failed, counts.failed);
  put(DisplayStatus::upstream_failed, counts.upstream_failed - not_checked + plan.blocked_count());
  put(DisplayStatus::skipped, counts.skipped);
  put(DisplayStatus::cancelled, counts.cancelled + not_checked);
  return view;
}

// One materialization, from its turn to the end of the run.
class Materializer {
 public:
  Materializer(const Settings& settings, Store& store, Snapshot& snapshot, Zygote* zygote,
               const Clock& clock, const MaterializeRequest& request, Work work,
               RunListener& listener)
      : settings_(settings),
        store_(store),
        snapshot_(snapshot),
        zygote_(zygote),
        clock_(clock),
        request_(request),
        work_(std::move(work)),
        listener_(listener) {}

  Result<MaterializeView> run() {
    Result<TaskSettings> for_tasks = task_settings(settings_, snapshot_.catalog());
    if (!for_tasks) return std::move(for_tasks).error();
    Result<std::optional<Lease>> lease = begin_in_turn();
    if (!lease) return std::move(lease).error();
    if (!lease->has_value()) return nothing_to_do();
    const std::int64_t began = clock_.monotonic_micros();
    for_tasks->run = run_;
    for_tasks->staging = staging_directory(settings_, run_).string();
    for_tasks->temporary = scratch().string();
    Result<RunCounts> counts = execute(*std::move(for_tasks));
    if (!counts) return abandon(std::move(counts).error());
    return finish(*counts, static_cast<double>(clock_.monotonic_micros() - began) / 1e6);
  }

 private:
  // Plans and begins while nobody else does, once no run that lives is in the way: it is waited
  // for, and what it has made is taken over. None: there is nothing to do.
  Result<std::optional<Lease>> begin_in_turn() {
    const std::int64_t asked_at = store_.last_seq();
    Index asked_for = -1;
    for (;;) {
      Result<std::optional<Conflict>> conflict = std::optional<Conflict>();
      {
        Result<FileLock> admission =
            FileLock::acquire(admission_file(settings_), [&](auto) { return go_on_waiting(); });
        if (!admission) return std::move(admission).error();
        if (auto recovered = recover_locked(settings_, store_); !recovered)
          return std::move(recovered).error();
        Result<std::vector<LiveRun>> live = live_runs(settings_, snapshot_, store_);
        if (!live) return std::move(live).error();
        if (Status planned = plan_since(asked_at); !planned) return std::move(planned).error();
        if (asked_for < 0) asked_for = plan_.count();
        const bool nothing = plan_.count() + plan_.blocked_count() == 0 && work_.resumed == 0;
        if (!nothing) conflict = conflict_with(plan_, *live, snapshot_);
        if (!conflict) return std::move(conflict).error();
        if (!conflict->has_value()) {
          tell_taken_over(asked_for);
          return nothing ? std::optional<Lease>() : begin();
        }
      }
      if (Status waited = wait_for(**conflict); !waited) return std::move(waited).error();
      snapshot_.renew();
    }
  }

  Status plan_since(std::int64_t asked_at) {
    const std::int64_t start = clock_.monotonic_micros();
    PartitionsByAsset taken_over;
    for (const PlannedAsset& before : plan_.assets) planned_before_.insert(before.def.key);
    for (const std::string& key : planned_before_) {
      const AssetDef& asset = *snapshot_.catalog().asset(key);
      Result<SpacePtr> space = snapshot_.space(asset);
      if (!space) return std::move(space).error();
      Result<OutcomeSets> since = store_.outcomes_after(asked_at, key, **space);
      if (!since) return std::move(since).error();
      taken_over.emplace(key, std::move(since->materialized));
    }
    Result<Plan> plan = work_.plan(snapshot_, taken_over);
    if (!plan) return std::move(plan).error();
    plan_ = *std::move(plan);
    planning_micros_ = clock_.monotonic_micros() - start;
    return check_caps();
  }

  void tell_taken_over(Index asked_for) {
    const Index made = asked_for - plan_.count();
    if (made <= 0 || plan_.checks_only) return;
    listener_.noticed(
        fmt::format("{} of {} partitions were made meanwhile by another run", made, asked_for));
  }

  Status go_on_waiting() {
    if (interrupts_of(request_) > 0)
      return usage_error("wait for the other run: interrupted; nothing was begun");
    listener_.tick();
    return {};
  }

  // Until it has ended, or may have made enough for a look.
  Status wait_for(const Conflict& conflict) {
    const RunRecord& run = conflict.run;
    if (request_.no_wait) {
      return Error{
          ErrorCode::lease_held,
          fmt::format("start a run: run {} (process {}) holds {}", run.id, run.pid, conflict.what),
          "wait for it, or leave out --no-wait"};
    }
    if (std::exchange(waited_for_, run.id) != run.id) listener_.waiting_for(run.id, run.pid);
    const std::int64_t enough =
        clock_.monotonic_micros() + std::max(kRecheckMicros, kRecheckPlans * planning_micros_);
    while (has_lease(settings_, run.id) && clock_.monotonic_micros() < enough) {
      if (Status wait = go_on_waiting(); !wait) return wait;
      ::poll(nullptr, 0, kPollMillis);
    }
    return {};
  }

  // A cap on a dimension that nothing has is a mistake.
  Status check_caps() const {
    for (const auto& [dimension, most] : request_.most_by_dimension) {
      if (plan_.assets.empty() || has_dimension(plan_, dimension)) continue;
      return usage_error(
          fmt::format("cap `{}`: none of the selected assets has such a dimension", dimension));
    }
    return {};
  }

  MaterializeView nothing_to_do() {
    listener_.planned(0, to_view(plan_, snapshot_, 1), 0);
    MaterializeView view;
    view.kind = to_text(kind());
    view.result = "success";
    return view;
  }

  Result<std::optional<Lease>> begin() {
    if (Status cleared = set_aside_displaced(); !cleared) return std::move(cleared).error();
    const PlanView view = to_view(plan_, snapshot_, SIZE_MAX);
    if (Status recorded = record_beginning(view); !recorded) return std::move(recorded).error();
    Result<Lease> lease = Lease::take(settings_, run_);
    if (!lease) return abandon(std::move(lease).error());
    listener_.planned(run_, view, estimate());
    tell_last_good();
    return std::optional(*std::move(lease));
  }

  // What another schedule of an asset has made under the keys that this run makes.
  Status set_aside_displaced() {
    if (plan_.checks_only) return {};
    Result<WipeTargets> found = displaced_by(plan_, snapshot_, store_, settings_);
    if (!found) return std::move(found).error();
    if (found->targets.empty()) return {};
    std::vector<std::string> whose;
    for (const WipedView& one : found->assets)
      whose.push_back(fmt::format("{} of {}", count_of(one.count, "partition"), one.asset));
    const std::string what = join(whose, ", ");
    Result<WipeId> wipe = forget(*std::move(found), what + " as defined before", store_, settings_);
    if (!wipe) return std::move(wipe).error();
    listener_.noticed(fmt::format(
        "wipe {} set aside {} as defined before: this run makes partitions with the same output "
        "directories",
        *wipe, what));
    return {};
  }

  // Of plugins that do not load any more; a run that goes on has its own code anyway.
  void tell_last_good() {
    std::set<std::string> told;
    for (const PlannedAsset& planned : plan_.assets) {
      const PluginRecord* plugin = snapshot_.catalog().plugin(planned.def.plugin);
      if (plugin == nullptr || plugin->stale_reason.empty() || work_.resumed != 0) continue;
      if (!told.insert(plugin->id).second) continue;
      listener_.noticed(fmt::format("the last good version of plugin {} runs: {}", plugin->id,
                                    plugin->stale_reason));
    }
  }

  Status record_beginning(const PlanView& view) {
    run_ = work_.resumed;
    if (run_ != 0) return store_.resume_run(run_, ::getpid());
    RunRecord run;
    run.kind = kind();
    run.started = clock_.now_micros();
    run.generation = plan_.generation;
    run.as_of = snapshot_.now();
    run.selection = work_.name;
    run.options = work_.options;
    run.config = settings_.config;
    run.planned = plan_.count() + plan_.blocked_count();
    run.plan = to_plan_json(view);
    run.pid = ::getpid();
    Result<RunId> id = store_.begin_run(run);
    if (!id) return std::move(id).error();
    run_ = *id;
    return {};
  }

  std::size_t jobs() const { return static_cast<std::size_t>(jobs_of(settings_, request_.jobs)); }

  // What is known of the past is how long it took to make them.
  double estimate() {
    if (plan_.checks_only) return 0;
    return estimated_seconds(plan_, settings_, request_.jobs, store_);
  }

  RunKind kind() const { return plan_.checks_only ? RunKind::check : RunKind::materialize; }

  Path scratch() const { return temporary_directory(settings_, run_); }

  bool needs_processes() const {
    return std::any_of(plan_.assets.begin(), plan_.assets.end(),
                       [](const PlannedAsset& asset) { return asset.def.policy.needs_process(); });
  }

  Result<std::unique_ptr<Executor>> make_executor(TaskSettings settings) {
    const bool on_threads = settings_.isolation == Isolation::none;
    if (on_threads && (zygote_ == nullptr || !needs_processes()))
      return make_thread_executor(jobs(), std::move(settings), clock_);
    ProcessExecutorOptions options;
    options.zygote = zygote_;
    options.workers = jobs();
    options.process_per_task = settings_.isolation == Isolation::partition;
    options.scratch = scratch();
    options.settings = std::move(settings);
    if (on_threads) return make_mixed_executor(std::move(options), clock_);
    return make_process_executor(std::move(options), clock_);
  }

  Result<RunCounts> execute(TaskSettings settings) {
    if (Status made = make_directories(scratch()); !made) return std::move(made).error();
    Result<std::unique_ptr<Store>> writer = Store::open(settings_.store, clock_);
    if (!writer) return std::move(writer).error();
    RunRecorder recorder(plan_, run_, snapshot_, store_, **writer, settings_, clock_, listener_);
    if (Status prepared = recorder.prepare(); !prepared) return std::move(prepared).error();
    if (Status blocked = recorder.record_blocked(); !blocked) return std::move(blocked).error();
    Result<std::unique_ptr<Executor>> executor = make_executor(std::move(settings));
    if (!executor) return std::move(executor).error();
    ScheduleOptions options;
    options.pools = settings_.pools;
    options.newest_first = request_.order == MaterializeRequest::Order::newest;
    options.most_failures = request_.most_failures;
    options.most_by_dimension = request_.most_by_dimension;
    options.most_worker_deaths = settings_.max_worker_deaths;
    options.timeout = request_.timeout;
    options.clock = &clock_;
    options.interrupts = request_.interrupts;
    return run_plan(plan_, **executor, recorder, options);
  }

  Status sweep() {
    if (Status swept = remove_tree(scratch()); !swept) return swept;
    return remove_tree(staging_directory(settings_, run_));
  }

  Result<MaterializeView> finish(const RunCounts& counts, double seconds) {
    const Index blocked = plan_.blocked_count();
    Result<bool> well = earlier_went_well();
    if (!well) return std::move(well).error();
    RunState state = end_state(counts, blocked, interrupts_of(request_) > 0);
    if (!*well && state == RunState::success) state = RunState::failed;
    if (Status finished = store_.finish_run(run_, state, counts.not_started); !finished)
      return std::move(finished).error();
    if (Status swept = sweep(); !swept) return std::move(swept).error();
    if (Status summed = plan_.checks_only ? Status() : keep_summaries(); !summed)
      return std::move(summed).error();
    MaterializeView view;
    view.run = run_;
    view.result = to_text(state);
    view.kind = to_text(kind());
    view.selection = work_.name;
    view.options = work_.options;
    view.counts = to_counts(counts, plan_);
    view.unchanged = counts.unchanged;
    view.seconds = seconds;
    view.planned = plan_.count() + blocked;
    view.timed_out = counts.timed_out;
    return view;
  }

  // A run that went on may have failed in part before.
  Result<bool> earlier_went_well() {
    if (work_.resumed == 0) return true;
    Result<RunRecord> run = store_.run(run_);
    if (!run) return std::move(run).error();
    for (const auto& [outcome, count] : run->counts) {
      if ((outcome == Outcome::failed || outcome == Outcome::upstream_failed) && count > 0)
        return false;
    }
    return true;
  }

  // Reading the sets now keeps the store's summaries current, so that the next reader need not.
  Status keep_summaries() {
    for (const PlannedAsset& asset : plan_.assets) {
      if (auto sets = store_.outcome_sets(asset.def.key, *asset.space); !sets)
        return std::move(sets).error();
      if (auto made = store_.provenance(asset.def.key, *asset.space); !made)
        return std::move(made).error();
    }
    return {};
  }

  // The run could not go on: what it acknowledged stands, the rest is for the next one. What it
  // staged may be durable and not yet in its place: whoever recovers next puts it there, and
  // sweeps.
  Error abandon(Error error) {
    (void)store_.finish_run(run_, RunState::interrupted);
    return std::move(error).wrap(fmt::format("run {}", run_));
  }

  const Settings& settings_;
  Store& store_;
  Snapshot& snapshot_;
  Zygote* zygote_;
  const Clock& clock_;
  const MaterializeRequest& request_;
  const Work work_;
  RunListener& listener_;
  Plan plan_;
  std::set<std::string> planned_before_;  // assets of plans that had to wait
  std::int64_t planning_micros_ = 0;
  RunId waited_for_ = 0;  // the one that was told last
  RunId run_ = 0;
};

}  // namespace

Result<MaterializeView> Project::State::materialize(const Settings& with, Snapshot& snapshot,
                                                    Work work, const MaterializeRequest& request,
                                                    RunListener& listener) {
  return Materializer(with, *store, snapshot, zygote, *clock, request, std::move(work), listener)
      .run();
}

namespace {

// Nothing failed, and some is held back for what is missing upstream.
bool upstream_would_do(const MaterializeView& view, MaterializeRequest request,
                       Snapshot& snapshot) {
  if (view.counts.contains(DisplayStatus::failed) || request.upstream_missing ||
      !view.counts.contains(DisplayStatus::upstream_failed))
    return false;
  snapshot.renew();
  const Result<Plan> without = plan_of(request, snapshot);
  request.upstream_missing = true;
  const Result<Plan> with = plan_of(request, snapshot);
  return with && without && with->blocked_count() < without->blocked_count();
}

}  // namespace

Result<MaterializeView> Project::materialize(const MaterializeRequest& request,
                                             RunListener& listener) {
  Snapshot snapshot = state_->snapshot();
  Work work{request.selection,
            [&](Snapshot& world, const PartitionsByAsset& taken_over) {
              return plan_of(request, world, taken_over);
            },
            0, options_of(request, state_->config_options)};
  Result<MaterializeView> view =
      state_->materialize(state_->settings, snapshot, std::move(work), request, listener);
  if (view) view->upstream_would_do = upstream_would_do(*view, request, snapshot);
  return view;
}

}  // namespace partita
